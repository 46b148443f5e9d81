/**
 * The names by which the host asks a Program for its tensors, each with the possible array types of its memory. A
 * misspelt name is a type error, and the array needs no cast. The tensors that a layer writes have no name here, because
 * the Program lists them, and the trace, which shows every tensor, takes them from the Program too.
 */
import type { RealArray } from './memory.ts';

/** The memory of each tensor that the host reads or writes, by name. */
export interface HostTensors {
  /** The flat regions: all weights, then all biases. */
  readonly parameters: RealArray;
  readonly adjoints: RealArray;
  readonly firstMoments: RealArray;
  readonly secondMoments: RealArray;
  readonly thirdMoments: RealArray;
  readonly best: RealArray;
  /** Buffers in which the adjoints of shards wait for each other. */
  readonly [spare: `adjoints.${number}`]: RealArray;
  /** The data window, from which batches are gathered. */
  readonly 'window.x': RealArray | Uint8Array;
  readonly 'window.target': RealArray | Int32Array;
  readonly 'window.weights': RealArray;
  /** The window row of each row of the batch. */
  readonly rows: Uint32Array;
  /** The inputs and targets of the batch. */
  readonly x: RealArray;
  readonly target: RealArray | Int32Array;
}

export type TensorName = keyof HostTensors;

/** A spare buffer of adjoints, from 0. */
export function spareAdjoints(level: number): `adjoints.${number}` {
  return `adjoints.${level}`;
}
