/**
 * The tables of layer kinds, the one place that lists them. A new kind needs a row in {@link Layers}, in `KINDS` and in
 * `FORMULAS`; the compiler reports an error if one of them is missing.
 */
import { listed } from '../../words/messages.ts';
import { readByKind } from '../../words/options.ts';
import {
  CATEGORY_EMBEDDING,
  CATEGORY_EMBEDDING_FORMULAS,
  type CategoryEmbeddingLayer,
  type CategoryEmbeddingRole,
} from './category-embedding.ts';
import { DENSE, DENSE_FORMULAS, type DenseLayer, type DenseRole } from './dense.ts';
import { DROPOUT, DROPOUT_FORMULAS, type DropoutLayer, type DropoutRole } from './dropout.ts';
import type { LayerFormulas, LayerKind } from './layer.ts';
import {
  LAYER_NORMALIZATION,
  LAYER_NORMALIZATION_FORMULAS,
  type LayerNormalizationLayer,
  type LayerNormalizationRole,
} from './layer-normalization.ts';
import {
  PERIODIC_EMBEDDING,
  PERIODIC_EMBEDDING_FORMULAS,
  type PeriodicEmbeddingLayer,
  type PeriodicEmbeddingRole,
} from './periodic-embedding.ts';
import { SCALING, SCALING_FORMULAS, type ScalingLayer, type ScalingRole } from './scaling.ts';

/** The record of each kind, and the roles of its quantities. */
interface Layers {
  readonly dense: [DenseLayer, DenseRole];
  readonly dropout: [DropoutLayer, DropoutRole];
  readonly scaling: [ScalingLayer, ScalingRole];
  readonly 'layer-normalization': [LayerNormalizationLayer, LayerNormalizationRole];
  readonly 'periodic-embedding': [PeriodicEmbeddingLayer, PeriodicEmbeddingRole];
  readonly 'category-embedding': [CategoryEmbeddingLayer, CategoryEmbeddingRole];
}

/** A layer as plain data: the result of a factory such as `dense(…)`, and an element of a spec. */
export type Layer = Layers[keyof Layers][0];

const KINDS: { readonly [Kind in keyof Layers]: LayerKind<Layers[Kind][0], Layers[Kind][1]> } = {
  dense: DENSE,
  dropout: DROPOUT,
  scaling: SCALING,
  'layer-normalization': LAYER_NORMALIZATION,
  'periodic-embedding': PERIODIC_EMBEDDING,
  'category-embedding': CATEGORY_EMBEDDING,
};

/** What the trace writes of each kind. It is a table of its own, so that a page without the trace does not carry it. */
const FORMULAS: {
  readonly [Kind in keyof Layers]: LayerFormulas<Layers[Kind][0], Layers[Kind][1]>;
} = {
  dense: DENSE_FORMULAS,
  dropout: DROPOUT_FORMULAS,
  scaling: SCALING_FORMULAS,
  'layer-normalization': LAYER_NORMALIZATION_FORMULAS,
  'periodic-embedding': PERIODIC_EMBEDDING_FORMULAS,
  'category-embedding': CATEGORY_EMBEDDING_FORMULAS,
};

/** The formulas of a layer's kind, by role; give them the same layer. */
export function formulasOf(layer: Layer): LayerFormulas<Layer> {
  // As in kindOf.
  return FORMULAS[layer.kind] as unknown as LayerFormulas<Layer>;
}

/** Everything that is known about a layer's kind. Its functions take layers of that kind only, so give them the same layer. */
export function kindOf(layer: Layer): LayerKind<Layer> {
  // A kind takes only its own records, which the type of a table cannot express.
  return KINDS[layer.kind] as unknown as LayerKind<Layer>;
}

/** The kinds by name. */
export const LAYER_KINDS: readonly Layer['kind'][] = Object.keys(KINDS) as Layer['kind'][];

const USAGES = Object.values(KINDS).map(({ usage }) => usage);

/** Every factory, as messages name it: `dense(…) or dropout(…)`. */
export const LAYER_USAGES: string = listed(USAGES, { last: 'or' });

const READERS = Object.fromEntries(Object.entries(KINDS).map(([kind, { read }]) => [kind, read]));

/**
 * Reads a layer from a spec, with the same checks as the factories.
 *
 * @throws {TypeError} when it is no layer
 */
export function readLayer(where: string, value: unknown): Layer {
  return readByKind<Layer>(where, 'layers', value, READERS, LAYER_USAGES);
}
