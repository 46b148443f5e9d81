/**
 * Temperature scaling: one number T by which the logits of every class are divided, so that the probabilities are as sure as the rows
 * that were held out justify. It changes no order of classes. It is found by the rows that a network has not learned from.
 *
 * Source: Guo, Pleiss, Sun & Weinberger 2017, On Calibration of Modern Neural Networks, section 4.2.
 */
import { exp, log } from '../elementary/index.ts';
import type { RealArray } from '../metrics/metric.ts';

/** Probabilities, row-major, such as a `Prediction` has them. */
export interface Probabilities {
  readonly data: RealArray;
  readonly shape: [rows: number, columns: number];
}

/** Probabilities and the class of each row, with weights of rows, if there are any. */
export interface JudgedProbabilities {
  readonly outputs: Probabilities;
  readonly classes: Int32Array;
  readonly weights?: ArrayLike<number> | undefined;
}

/** The least probability that float32 has; a class with probability 0 counts as this. */
export const LEAST_PROBABILITY = 1.401298464324817e-45;

/** The inverse temperatures between which the best one is sought. */
const LEAST_INVERSE = 0.2;
const MOST_INVERSE = 5;

/** Steps of the search; each makes the interval 0.618 times as long, so the last one is 1e-5 long. */
const STEPS = 28;

/** A temperature must lower the loss by this share to be worth a number in the model. */
const WORTHWHILE = 0.002;

/** Golden ratio − 1, by which the interval of the search shrinks. */
const GOLDEN = 0.6180339887498949;

/**
 * The temperature with the least mean log-loss, −(1/N) Σ log softmax(z/T) of the true class.
 *
 * @param parts - at least one row in all
 * @returns T > 0; 1 if no temperature lowers the loss noticeably
 */
export function fitTemperature(parts: readonly JudgedProbabilities[]): number {
  const logs = parts.map(({ outputs, ...part }) => ({
    ...part,
    columns: outputs.shape[1],
    logs: Float64Array.from(outputs.data, (p) => log(Math.max(p, LEAST_PROBABILITY))),
  }));
  const lossAt = (inverse: number): number => {
    let sum = 0;
    for (const part of logs) sum += lossOf(part, inverse);
    return sum;
  };
  // The loss is convex in the inverse temperature, so a search by sections finds its minimum.
  let [low, high] = [LEAST_INVERSE, MOST_INVERSE];
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [ofLeft, ofRight] = [lossAt(left), lossAt(right)];
  for (let step = 0; step < STEPS; step++) {
    if (ofLeft <= ofRight) {
      [high, right, ofRight] = [right, left, ofLeft];
      left = high - GOLDEN * (high - low);
      ofLeft = lossAt(left);
    } else {
      [low, left, ofLeft] = [left, right, ofRight];
      right = low + GOLDEN * (high - low);
      ofRight = lossAt(right);
    }
  }
  const inverse = (low + high) / 2;
  return lossAt(inverse) < (1 - WORTHWHILE) * lossAt(1) ? 1 / inverse : 1;
}

/** Σ w · (log Σ exp(u·log p) − u·log p of the true class), u the inverse temperature. */
function lossOf(
  {
    logs,
    columns,
    classes,
    weights,
  }: { logs: Float64Array; columns: number } & Pick<JudgedProbabilities, 'classes' | 'weights'>,
  inverse: number,
): number {
  let loss = 0;
  for (let row = 0; row < classes.length; row++) {
    const start = row * columns;
    let most = -Infinity;
    for (let k = 0; k < columns; k++) most = Math.max(most, inverse * logs[start + k]!);
    let sum = 0;
    for (let k = 0; k < columns; k++) sum += exp(inverse * logs[start + k]! - most);
    const own = log(sum) + most - inverse * logs[start + classes[row]!]!;
    loss += (weights?.[row] ?? 1) * own;
  }
  return loss;
}

/**
 * Probabilities at a temperature: pₖ^(1/T) / Σ p^(1/T), which is softmax(z/T). It is computed in float64 and rounded once.
 *
 * @returns new memory; the prediction itself if T is 1
 */
export function atTemperature(prediction: Probabilities, temperature: number): Probabilities {
  if (temperature === 1) return prediction;
  const { data, shape } = prediction;
  const columns = shape[1];
  const result = data.slice();
  const powers = new Float64Array(columns);
  for (let start = 0; start < data.length; start += columns) {
    let most = -Infinity;
    for (let k = 0; k < columns; k++) {
      powers[k] = log(Math.max(data[start + k]!, LEAST_PROBABILITY)) / temperature;
      most = Math.max(most, powers[k]!);
    }
    let sum = 0;
    for (let k = 0; k < columns; k++) sum += powers[k] = exp(powers[k]! - most);
    for (let k = 0; k < columns; k++) result[start + k] = powers[k]! / sum;
  }
  return { data: result, shape };
}
