/**
 * The loss of a network on dual numbers, straight from the definitions: a layer is a matrix product and a
 * function, the loss is a mean over rows. It reads a spec and plain numbers and uses no Program, so that it shares no
 * mistake with the lowering.
 */
import type {
  Activation,
  CategoryEmbeddingLayer,
  DenseLayer,
  LayerNormalizationLayer,
  PeriodicEmbeddingLayer,
} from 'vinculum';
import { dropoutKeep, layoutOf, SELU_ALPHA, SELU_LAMBDA } from 'vinculum/internal';
import {
  absolute,
  add,
  constant,
  cos,
  divide,
  erf,
  exp,
  expm1,
  log,
  logistic,
  multiply,
  scale,
  softplus,
  subtract,
  tanh,
  type Dual,
} from './dual.ts';
import type { Case } from './step.ts';

/** The weighted mean loss of a case and its derivative when the parameters move along a direction. */
export function dualLoss(network: Case, direction: Float64Array): Dual {
  const parameters = Array.from(network.parameters, (value, j) => ({
    value,
    slope: direction[j]!,
  }));
  let sum = constant(0);
  let weights = 0;
  for (let n = 0; n < network.rows; n++) {
    const weight = network.rowWeights?.[n] ?? 1;
    const z = forwardRow(network, parameters, n);
    sum = add(sum, scale(rowLoss(network, z, targetRow(network, z.length, n)), weight));
    weights += weight;
  }
  return scale(sum, 1 / weights);
}

function forwardRow({ spec, x, seed, step }: Case, parameters: readonly Dual[], n: number): Dual[] {
  let values = Array.from(x.subarray(n * spec.inputs, (n + 1) * spec.inputs), constant);
  let dropoutIndex = 0;
  for (const { layer, parameters: places } of layoutOf(spec).layers) {
    const of = (role: string): readonly Dual[] => {
      const place = places.find((one) => one.role === role);
      return place === undefined ? [] : parameters.slice(place.offset, place.offset + place.size);
    };
    switch (layer.kind) {
      case 'dropout': {
        const index = dropoutIndex++;
        values = values.map((value, unit) =>
          dropoutKeep(seed, step, index, n, unit, layer.rate)
            ? scale(value, 1 / (1 - layer.rate))
            : constant(0),
        );
        break;
      }
      case 'dense':
        values = denseRow(layer, of('weight'), of('bias'), values);
        break;
      case 'scaling':
        values = values.map((value, c) => multiply(value, of('weight')[c]!));
        break;
      case 'layer-normalization':
        values = normalizedRow(layer, of('weight'), of('bias'), values);
        break;
      case 'periodic-embedding':
        values = [...values, ...periodicSums(layer, of, values)];
        break;
      case 'category-embedding':
        values = categoryRows(layer, of('weight'), values);
        break;
      default:
        layer satisfies never;
    }
  }
  return values;
}

/** φ(W x + b). */
function denseRow(
  { units, activation }: DenseLayer,
  weight: readonly Dual[],
  bias: readonly Dual[],
  inputs: readonly Dual[],
): Dual[] {
  return Array.from({ length: units }, (_, o) => {
    const products = inputs.map((value, i) => multiply(value, weight[o * inputs.length + i]!));
    return activate(activation, products.reduce(add, bias[o] ?? constant(0)));
  });
}

/** W cos(2π f xᵢ + p) + b for each embedded column i. */
function periodicSums(
  { columns, frequencies, units }: PeriodicEmbeddingLayer,
  of: (role: string) => readonly Dual[],
  x: readonly Dual[],
): Dual[] {
  const [frequency, phase, weight, bias] = [of('frequency'), of('phase'), of('weight'), of('bias')];
  const embedded = columns === 'all' ? x : columns.map((column) => x[column]!);
  return embedded.flatMap((value, c) => {
    const cosines = Array.from({ length: frequencies }, (_, f) => {
      const turns = multiply(frequency[c * frequencies + f]!, value);
      return cos(add(scale(turns, 2 * Math.PI), phase[c * frequencies + f]!));
    });
    return Array.from({ length: units }, (_, e) => {
      const row = c * units + e;
      const products = cosines.map((one, f) => multiply(one, weight[row * frequencies + f]!));
      return products.reduce(add, bias[row]!);
    });
  });
}

/** The columns that are not embedded, then the row of E of each category. */
function categoryRows(
  { columns, size }: CategoryEmbeddingLayer,
  weight: readonly Dual[],
  x: readonly Dual[],
): Dual[] {
  const embedded = new Set(columns.map(({ column }) => column));
  let start = 0;
  const rows = columns.flatMap(({ column, levels }) => {
    const row = start + x[column]!.value;
    start += levels;
    return weight.slice(row * size, (row + 1) * size);
  });
  return [...x.filter((_, column) => !embedded.has(column)), ...rows];
}

function mean(values: readonly Dual[]): Dual {
  return scale(values.reduce(add), 1 / values.length);
}

/** (x − μ) / √(σ² + ε) ∘ γ + β. */
function normalizedRow(
  { epsilon, affine }: LayerNormalizationLayer,
  gamma: readonly Dual[],
  beta: readonly Dual[],
  x: readonly Dual[],
): Dual[] {
  const centre = mean(x);
  const distances = x.map((value) => subtract(value, centre));
  const variance = mean(distances.map((distance) => multiply(distance, distance)));
  // 1/√v = exp(−½ log v).
  const r = exp(scale(log(add(variance, constant(epsilon))), -0.5));
  return distances.map((distance, c) => {
    const normalized = multiply(distance, r);
    return affine ? add(multiply(normalized, gamma[c]!), beta[c]!) : normalized;
  });
}

function activate({ kind, slope = 0, alpha = 0 }: Activation, m: Dual): Dual {
  switch (kind) {
    case 'identity':
      return m;
    case 'relu':
      return m.value > 0 ? m : constant(0);
    case 'leaky-relu':
      return m.value > 0 ? m : scale(m, slope);
    case 'elu':
      return m.value > 0 ? m : scale(expm1(m), alpha);
    case 'selu':
      return scale(m.value > 0 ? m : scale(expm1(m), SELU_ALPHA), SELU_LAMBDA);
    case 'gelu':
      return multiply(scale(m, 0.5), add(constant(1), erf(scale(m, Math.SQRT1_2))));
    case 'silu':
      return multiply(m, logistic(m));
    case 'tanh':
      return tanh(m);
    case 'sigmoid':
      return logistic(m);
    case 'softplus':
      return softplus(m);
    default:
      return kind satisfies never;
  }
}

/** The targets of a row after label smoothing. */
function targetRow({ target, loss }: Case, columns: number, n: number): number[] {
  const row = Array.from({ length: columns }, (_, k) => {
    if (target instanceof Int32Array) return target[n] === k ? 1 : 0;
    return target[n * columns + k]!;
  });
  const e = loss.labelSmoothing;
  const share = loss.kind === 'binary-cross-entropy' ? 2 : columns;
  return row.map((t) => (1 - e) * t + e / share);
}

function rowLoss({ loss }: Case, z: readonly Dual[], t: readonly number[]): Dual {
  if (loss.kind === 'softmax-cross-entropy') {
    const total = z.map(exp).reduce(add);
    const terms = z.map((value, k) => scale(log(divide(exp(value), total)), -t[k]!));
    return terms.reduce(add);
  }
  const terms = z.map((value, k) => {
    const difference = subtract(value, constant(t[k]!));
    const distance = absolute(difference);
    switch (loss.kind) {
      case 'binary-cross-entropy':
        // −t log σ(z) − (1 − t) log(1 − σ(z)), by log σ(z) = −softplus(−z).
        return add(scale(softplus(scale(value, -1)), t[k]!), scale(softplus(value), 1 - t[k]!));
      case 'mse':
        return multiply(difference, difference);
      case 'mae':
        return distance;
      case 'huber':
        return distance.value <= loss.delta
          ? scale(multiply(difference, difference), 0.5)
          : scale(subtract(distance, constant(loss.delta / 2)), loss.delta);
      case 'poisson':
        return subtract(exp(value), scale(value, t[k]!));
      case 'pinball':
        return scale(distance, difference.value < 0 ? loss.quantile : 1 - loss.quantile);
      case 'softmax-cross-entropy':
        throw new Error('softmax cross-entropy is no sum over outputs');
      default:
        return loss.kind satisfies never;
    }
  });
  return scale(terms.reduce(add), 1 / z.length);
}
