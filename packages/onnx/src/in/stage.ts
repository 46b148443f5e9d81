/**
 * What a graph does to its input, one stage after the other: affine maps, factors and shifts of columns, activations,
 * normalisations. Readers turn nodes into stages, and `layers.ts` turns stages into layers.
 */
import type { Activation } from 'vinculum';
import type { ReadGraph, ReadNode } from './graph.ts';

export type Stage =
  | {
      readonly kind: 'affine';
      readonly inputs: number;
      readonly outputs: number;
      /** Row-major, [outputs, inputs]. */
      readonly weight: Float64Array;
      readonly bias: Float64Array;
    }
  /** x ∘ factor + shift, each a number for all columns or one for each column. */
  | { readonly kind: 'columns'; readonly factor: Float64Array; readonly shift: Float64Array }
  | { readonly kind: 'activation'; readonly activation: Activation }
  | {
      readonly kind: 'normalization';
      readonly epsilon: number;
      readonly weight: Float64Array | undefined;
      readonly bias: Float64Array | undefined;
    }
  /** What only the end of a network may be. `two-classes`: from the probability p of a class to (1 − p, p). */
  | { readonly kind: 'softmax' | 'exp' | 'two-classes' };

/** The stages of a node, which come after those of the value `from`. */
export interface Reading {
  readonly from: string;
  readonly stages: readonly Stage[];
}

/** Reads a node of one operator; a text says why this use of it is not read. */
export type Reader = (node: ReadNode, graph: ReadGraph) => Reading | string;

export type Readers = Readonly<Record<string, Reader>>;

/** A reading without stages, for what changes no number. */
export function unchanged(node: ReadNode): Reading {
  return { from: node.inputs[0]!, stages: [] };
}
