/**
 * The table of layer kinds, the one place that lists them. A new kind needs a row here and a row in {@link Layers}; the
 * compiler reports an error if one of the two is missing.
 */
import { listed } from '../../words/messages.ts';
import { readByKind } from '../../words/options.ts';
import { DENSE, type DenseLayer } from './dense.ts';
import { DROPOUT, type DropoutLayer } from './dropout.ts';
import type { LayerKind } from './layer.ts';
import { LAYER_NORMALIZATION, type LayerNormalizationLayer } from './layer-normalization.ts';
import { SCALING, type ScalingLayer } from './scaling.ts';

/** The record of each kind. */
interface Layers {
  readonly dense: DenseLayer;
  readonly dropout: DropoutLayer;
  readonly scaling: ScalingLayer;
  readonly 'layer-normalization': LayerNormalizationLayer;
}

/** A layer as plain data: the result of a factory such as `dense(…)`, and an element of a spec. */
export type Layer = Layers[keyof Layers];

const KINDS: { readonly [Kind in keyof Layers]: LayerKind<Layers[Kind]> } = {
  dense: DENSE,
  dropout: DROPOUT,
  scaling: SCALING,
  'layer-normalization': LAYER_NORMALIZATION,
};

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
