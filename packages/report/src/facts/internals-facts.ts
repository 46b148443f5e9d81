/**
 * Looks inside a trained network: how its parameters and their gradients are spread, and which units of its layers say the
 * same for every row.
 */
import { backward, forward, type LossOption, type MatrixInput, type Network } from 'vinculum';
import { layoutOf, predictionLayers } from 'vinculum/internal';
import type { Histogram } from '../record/data-facts.ts';
import type { InternalsFacts, TensorFacts, UnitFacts } from '../record/insight-facts.ts';
import { evenEdges, histogramOf } from './column-facts.ts';

const BINS = 30;

/** Where an activation is almost flat, so that no gradient comes through; the values are those after the activation. */
const SATURATED: Readonly<Record<string, (value: number) => boolean>> = {
  tanh: (value) => Math.abs(value) > 0.97,
  sigmoid: (value) => value < 0.03 || value > 0.97,
  relu: (value) => value === 0,
};

/** Rows of the network, prepared, with the targets that `fit` would get. */
export interface ProbeRows {
  readonly x: MatrixInput;
  readonly y: Parameters<typeof backward>[2];
  readonly loss: LossOption;
}

/**
 * The inside of a network.
 *
 * @param network - after the training
 * @param rows - held-out rows; a few hundred are enough. Without them only the parameters are described
 */
export function describeInternals(network: Network, rows?: ProbeRows): InternalsFacts {
  const gradients =
    rows && backward(network, rows.x, rows.y, { loss: rows.loss, training: false }).gradients;
  const places = new Map(layoutOf(network.spec).parameters.map((one) => [one.name, one.shape]));
  const tensors = [...network.parameters()].map(([name, values]): TensorFacts => {
    const gradient = gradients?.get(name);
    return {
      name,
      shape: places.get(name) ?? [values.length],
      ...spreadOf(values),
      weights: histogram(values),
      ...(gradient === undefined
        ? {}
        : { gradients: histogram(gradient), gradientNorm: normOf(gradient) }),
    };
  });
  return { tensors, units: rows === undefined ? [] : unitsOf(network, rows.x) };
}

function spreadOf(
  values: ArrayLike<number>,
): Pick<TensorFacts, 'mean' | 'deviation' | 'min' | 'max' | 'zeros' | 'notFinite'> {
  const all = Array.from(values);
  const finite = all.filter(Number.isFinite);
  const count = Math.max(1, finite.length);
  const mean = finite.reduce((sum, value) => sum + value / count, 0);
  const variance = finite.reduce((sum, value) => sum + (value - mean) ** 2 / count, 0);
  return {
    mean,
    deviation: Math.sqrt(variance),
    min: finite.reduce((least, value) => Math.min(least, value), Infinity),
    max: finite.reduce((most, value) => Math.max(most, value), -Infinity),
    zeros: all.filter((value) => value === 0).length,
    notFinite: all.length - finite.length,
  };
}

/** With the same distance to both sides of zero, so that a skew is seen. */
function histogram(values: ArrayLike<number>): Histogram {
  const sorted = Float64Array.from(values).filter(Number.isFinite).toSorted();
  const most = Math.max(Math.abs(sorted[0] ?? 0), Math.abs(sorted.at(-1) ?? 0), 1e-12);
  return histogramOf(sorted, evenEdges(-most, most, BINS));
}

function normOf(values: ArrayLike<number>): number {
  return Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));
}

/** The units of every layer with an activation. */
function unitsOf(network: Network, x: MatrixInput): UnitFacts[] {
  const { activations } = forward(network, x);
  return predictionLayers(network.spec.layers).flatMap((layer, at): UnitFacts[] => {
    const values = activations[at];
    if (values === undefined || !('activation' in layer)) return [];
    const { kind } = layer.activation;
    if (kind === 'identity') return [];
    const [rows, units] = values.shape;
    const isFlat = SATURATED[kind];
    const all = Array.from(values.data);
    const dead = Array.from({ length: units }, (_, unit) => unit).filter((unit) =>
      Array.from({ length: rows }, (_, row) => values.data[row * units + unit]).every(
        (value) => value === values.data[unit],
      ),
    ).length;
    const saturated = isFlat === undefined ? 0 : all.filter(isFlat).length / all.length;
    return [{ layer: `layer ${at + 1}`, activation: kind, units, dead, saturated }];
  });
}
