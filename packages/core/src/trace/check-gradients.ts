/**
 * `checkGradients`: the gradients of a network, eq. (11)–(25), against finite differences, on the reference in
 * float64. Users can run this test on their own networks and data. vinculum's own tests draw random networks and
 * require the same bound.
 */
import { mustBe, rangeError, typeError } from '../words/fault.ts';
import { readMatrixFor, type MatrixInput } from '../arrays/matrix.ts';
import { sampleWeightsOf } from '../arrays/sample-weights.ts';
import { readTargets, type TargetInput, type Targets } from '../arrays/targets.ts';
import { readLoss, type Loss, type LossOption } from '../losses/loss.ts';
import { layoutOf, parameterAt } from '../network/layout.ts';
import type { ReadableNetwork } from '../network/readable.ts';
import { anyOption, isRecord, numberOption, readOptions } from '../words/options.ts';
import { derivativeAt } from './gradient-probe.ts';
import { BoundStep } from './step.ts';

export interface CheckGradientsOptions {
  readonly loss: LossOption;
  /** One non-negative weight a row; all 1 if absent. */
  readonly sampleWeights?: ArrayLike<number>;
  /** The seed of the dropout masks, which stay fixed while a parameter moves. Default `net.spec.seed`. */
  readonly seed?: number;
  /** The step of the dropout masks, from 1. Default 1. */
  readonly step?: number;
  /** The most elements that are checked, spread evenly over the parameters. Default 10,000. */
  readonly maxElements?: number;
}

/** One element of the gradient, both ways. */
export interface GradientElement {
  /** `layers.K.weight` or `layers.K.bias`. */
  readonly parameter: string;
  /** Flat index in that parameter, row-major. */
  readonly index: number;
  /** By backpropagation. */
  readonly analytic: number;
  /** By the stencil. */
  readonly numeric: number;
  /** |analytic − numeric|. */
  readonly error: number;
}

export interface GradientCheck {
  /** Whether at least one element was checked, and every one is within 1e-8·|n| + 1e-10·max(1, |loss|) of the stencil's n. */
  readonly passed: boolean;
  /** The element with the largest error relative to its bound; undefined if none was checked. */
  readonly worst: GradientElement | undefined;
  /** ‖a − n‖ / ‖n‖ over the checked elements; 0 if both norms are 0. */
  readonly relativeNorm: number;
  /** The loss at the network's parameters. */
  readonly loss: number;
  readonly checked: number;
  /** Elements that were skipped, because a kink of an activation or loss is within two steps and has no derivative. */
  readonly skipped: number;
}

const RELATIVE_TOLERANCE = 1e-8;
const ABSOLUTE_TOLERANCE = 1e-10;

/**
 * Compares the gradient of the loss with the 5-point stencil
 * n = (L(θ − 2h) − 8 L(θ − h) + 8 L(θ + h) − L(θ + 2h)) / 12h, h = 1e-3·max(1, |θ|), element by element. The
 * stencil's own error grows with the fourth power of h times the inputs, so bring inputs to a scale near 1 first.
 *
 * @param net - the network; it is not changed
 * @param x - shape [rows, inputs]; a few rows are enough
 * @param y - targets, as `fit` takes them
 * @param options - `loss` must be given
 * @returns the worst error and its place
 * @throws {TypeError} when an option is unknown or an argument is of a wrong kind
 * @throws {RangeError} when a value is wrong or shapes do not fit
 * @throws {DataError} when data or a target cannot be used
 * @example
 * const { passed, worst } = checkGradients(net, [[0.5, -1]], [1], { loss: 'softmax-cross-entropy' });
 *
 * Source: Abramowitz & Stegun 1964, table 25.2 (the stencil).
 */
export function checkGradients(
  net: ReadableNetwork,
  x: MatrixInput,
  y: TargetInput,
  options: CheckGradientsOptions,
): GradientCheck {
  const where = 'checkGradients';
  if (!isRecord(net) || !('spec' in net) || !('parameters' in net)) {
    throw typeError(mustBe(where, 'net', 'made by network(…)', net));
  }
  const { spec } = net;
  const { loss, seed, step, maxElements, sampleWeights } = readOptions<CheckSettings>(
    where,
    options,
    {
      loss: (_, __, value) => readLoss(where, value),
      sampleWeights: anyOption,
      seed: numberOption({ integer: true, min: 0 }, spec.seed),
      step: numberOption({ integer: true, min: 1 }, 1),
      maxElements: numberOption({ integer: true, min: 1 }, 10_000),
    },
  );
  const layout = layoutOf(spec);
  const matrix = readMatrixFor(where, x, { columns: spec.inputs });
  const { rows } = matrix;
  if (rows === 0)
    throw rangeError({ where, subject: 'x', rule: 'must have at least one row', got: 0 });
  const targets = readTargets(where, y, { loss: loss.kind, outputs: layout.outputs, rows });
  const bound = new BoundStep({
    spec,
    flat: [...net.parameters().values()].flatMap((values) => [...values]),
    matrix,
    targets: normalised(targets, loss),
    weights: sampleWeightsOf(where, 'sampleWeights', sampleWeights, rows),
    loss,
    seed,
    step,
  });
  try {
    return compare(bound, maxElements);
  } finally {
    bound.close();
  }
}

/** The checked options. */
interface CheckSettings {
  readonly loss: Loss;
  readonly sampleWeights: unknown;
  readonly seed: number;
  readonly step: number;
  readonly maxElements: number;
}

function compare(bound: BoundStep, maxElements: number): GradientCheck {
  bound.compute('forward');
  bound.compute('backward');
  const loss = bound.meanLoss();
  const gradient = Float64Array.from(bound.adjoints);
  const { layout } = bound;
  const total = layout.parameterCount;
  const count = Math.min(total, maxElements);
  const slack = ABSOLUTE_TOLERANCE * Math.max(1, Math.abs(loss));
  let worst: GradientElement | undefined;
  let worstRatio = -1;
  let skipped = 0;
  let differenceSquared = 0;
  let normSquared = 0;
  for (let turn = 0; turn < count; turn++) {
    const place = Math.floor((turn * total) / count);
    const numeric = derivativeAt(bound, place);
    if (numeric === undefined) {
      skipped++;
      continue;
    }
    const analytic = gradient[place]!;
    const error = Math.abs(analytic - numeric);
    const ratio = error / (RELATIVE_TOLERANCE * Math.abs(numeric) + slack);
    differenceSquared += error * error;
    normSquared += numeric * numeric;
    // Written as a negated comparison so that NaN becomes the worst ratio and is never replaced.
    if (ratio <= worstRatio || Number.isNaN(worstRatio)) continue;
    worstRatio = ratio;
    const { name, offset } = parameterAt(layout, place);
    worst = { parameter: name, index: place - offset, analytic, numeric, error };
  }
  return {
    passed: worst !== undefined && worstRatio <= 1,
    worst,
    relativeNorm:
      differenceSquared === 0 ? 0 : Math.sqrt(differenceSquared) / Math.sqrt(normSquared),
    loss,
    checked: count - skipped,
    skipped,
  };
}

/** Soft rows sum to 1 only within 1e-5. Here they are scaled to sum to 1 in float64, because otherwise y − t is not the gradient. */
function normalised(targets: Targets, { kind }: Loss): Targets {
  if (kind !== 'softmax-cross-entropy' || targets.kind === 'labels') return targets;
  const { columns } = targets;
  const data = Float64Array.from(targets.data);
  for (let start = 0; start < data.length; start += columns) {
    const row = data.subarray(start, start + columns);
    const sum = row.reduce((total, value) => total + value, 0);
    row.forEach((value, k) => (row[k] = value / sum));
  }
  return { ...targets, data };
}
