/**
 * Log loss: the cross-entropy of the predicted probabilities. Unlike the loss of a run it ignores class weights and label
 * smoothing, so it can compare runs that differ in these.
 */
import { log } from '../elementary/index.ts';
import { ANY_CLASSES, type RealArray, type RowShape, type SumMetric } from './metric.ts';

/** The places of two sums: the row losses times their weights, and the weights. */
const TOTAL = 0;
const WEIGHT = 1;

/**
 * −(1/N) Σ log p(truth), in nats, at least 0; probabilities are clipped to [ε, 1 − ε] first, ε the relative precision of
 * their type (2⁻²³ in float32). Soft targets count −Σ t log p; with several binary outputs it is their mean.
 *
 * Source: scikit-learn's log_loss.
 */
export const logLoss: SumMetric = {
  better: 'down',
  fits: ANY_CLASSES,
  label: 'log loss',
  digits: 'scaled',
  needs: 'sums',
  statistic: {
    size: () => 2,
    add(sums, shape, output, target, rows, weights) {
      const eps = output instanceof Float32Array ? 1 / (1 << 23) : Number.EPSILON;
      for (let row = 0; row < rows; row++) {
        const weight = weights?.[row] ?? 1;
        sums[TOTAL]! +=
          weight *
          (shape.task === 'classes'
            ? classLoss(shape, output, target, row, eps)
            : labelLoss(shape, output, target, row, eps));
        sums[WEIGHT]! += weight;
      }
    },
  },
  value: (sums) => sums[TOTAL]! / sums[WEIGHT]!,
};

function classLoss(
  { columns }: RowShape,
  output: RealArray,
  target: RealArray | Int32Array,
  row: number,
  eps: number,
): number {
  const start = row * columns;
  if (target instanceof Int32Array) return -log(clipped(output[start + target[row]!]!, eps));
  let sum = 0;
  for (let i = start; i < start + columns; i++) {
    if (target[i]! > 0) sum -= target[i]! * log(clipped(output[i]!, eps));
  }
  return sum;
}

function labelLoss(
  { columns }: RowShape,
  output: RealArray,
  target: RealArray | Int32Array,
  row: number,
  eps: number,
): number {
  let sum = 0;
  for (let i = row * columns; i < (row + 1) * columns; i++) {
    const t = target[i]!;
    if (t > 0) sum -= t * log(clipped(output[i]!, eps));
    if (t < 1) sum -= (1 - t) * log(clipped(1 - output[i]!, eps));
  }
  return sum / columns;
}

/** p in [ε, 1 − ε]; NaN stays NaN. */
function clipped(p: number, eps: number): number {
  if (p < eps) return eps;
  return p > 1 - eps ? 1 - eps : p;
}
