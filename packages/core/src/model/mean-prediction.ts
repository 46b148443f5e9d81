/**
 * The prediction of several networks together: the mean of their outputs. The sum runs in float64 in the order of the networks
 * and is rounded once, so it has the same bits on every backend and with any number of threads.
 */
import { newReals } from '../program/memory.ts';
import { clipTo, type TargetSpan } from '../tables/scaling.ts';
import type { Prediction } from './prediction.ts';

/**
 * The mean of predictions, element by element; one prediction is returned as it is.
 *
 * @param predictions - at least one, of the same rows and columns and of one dtype
 * @param span - the range of each column; a member's number outside it counts as the nearest end, so that one wild member
 *   does not spoil the mean. Only several predictions are clipped.
 * @param weights - how much each prediction counts, with the sum 1; absent, each counts the same
 * @returns shape as given; new memory if there are several
 */
export function meanPrediction(
  predictions: readonly Prediction[],
  span?: TargetSpan,
  weights?: readonly number[],
): Prediction {
  const [first, ...others] = predictions as readonly [Prediction, ...Prediction[]];
  if (others.length === 0) return first;
  const { shape } = first;
  const columns = shape[1];
  const dtype = first.data instanceof Float32Array ? 'float32' : 'float64';
  const data = newReals(dtype, first.data.length);
  for (let i = 0; i < data.length; i++) {
    let sum = 0;
    for (let m = 0; m < predictions.length; m++) {
      const value = clipTo(span, predictions[m]!.data[i]!, i % columns);
      sum += weights === undefined ? value : weights[m]! * value;
    }
    data[i] = weights === undefined ? sum / predictions.length : sum;
  }
  return { data, shape };
}
