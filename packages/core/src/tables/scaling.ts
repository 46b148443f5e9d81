/**
 * Mean and standard deviation of columns, for standardising the inputs and the targets of a regression. They are
 * population statistics, as in scikit-learn's StandardScaler. A column that is constant up to rounding gets scale 1, so
 * that it becomes 0, or a rounding error, and never NaN or a large number. Sums run in row order in float64, with a
 * shifted origin, so that nearly equal numbers lose no digits.
 */
import { isList } from '../arrays/matrix.ts';
import { changed, piecesOf, type Numbers } from './number-source.ts';
import { orderStatistics } from './order-statistics.ts';
import { mustBe, rangeError, typeError } from '../words/fault.ts';
import { checkNumber, isRecord } from '../words/options.ts';

/** z = (value − mean) / scale; its inverse is z · scale + mean. */
export interface Scaling {
  readonly mean: number;
  /** The population standard deviation, or 1 for a column that is constant up to rounding. Above 0. */
  readonly scale: number;
}

/** Beyond these magnitudes a square would overflow or underflow, so the values are first scaled to about 1. */
const LARGE = 1e150;
const SMALL = 1e-150;

/**
 * Mean and population standard deviation, σ² = (1/N) Σ (x − μ)².
 *
 * @param values - finite numbers
 * @returns mean 0, scale 1 for no values; scale 1 for a column that is constant up to rounding
 *
 * Source: Chan, Golub & LeVeque 1983, the two-pass algorithm with shifted data (their eq. 1.7). The tolerance is the
 * tolerance of scikit-learn's `_is_constant_feature`, which cites the error bound of the same paper.
 */
export function fitScaling(values: Numbers): Scaling {
  if (values.length === 0) return { mean: 0, scale: 1 };
  let low = Infinity;
  let high = -Infinity;
  for (const piece of piecesOf(values)) {
    for (let i = 0; i < piece.length; i++) {
      const value = piece[i]!;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (low === high) return { mean: low, scale: 1 };
  const magnitude = Math.max(Math.abs(low), Math.abs(high));
  if (magnitude > LARGE || high - low < SMALL) {
    const unit = magnitude > LARGE ? magnitude : high - low;
    const scaled = moments(changed(values, (piece) => piece.map((value) => value / unit)));
    return { mean: scaled.mean * unit, scale: scaled.deviation * unit || 1 };
  }
  const { mean, deviation } = moments(values);
  return { mean, scale: deviation || 1 };
}

// These are index loops, because `for … of` over the same memory took three times as long (60,000 × 784 values, Node 20).
function moments(values: Numbers): { readonly mean: number; readonly deviation: number } {
  const origin = firstOf(values);
  let shift = 0;
  for (const piece of piecesOf(values)) {
    for (let i = 0; i < piece.length; i++) shift += piece[i]! - origin;
  }
  shift /= values.length;
  let squares = 0;
  let rest = 0;
  for (const piece of piecesOf(values)) {
    for (let i = 0; i < piece.length; i++) {
      const deviation = piece[i]! - origin - shift;
      squares += deviation * deviation;
      rest += deviation;
    }
  }
  const count = values.length;
  const variance = Math.max((squares - (rest * rest) / count) / count, 0);
  const mean = origin + shift;
  return { mean, deviation: isRounding(variance, mean, count) ? 0 : Math.sqrt(variance) };
}

function firstOf(values: Numbers): number {
  for (const piece of piecesOf(values)) if (piece.length > 0) return piece[0]!;
  return NaN;
}

/** Whether a variance is so small that rounding errors of values near the mean alone can explain it. */
function isRounding(variance: number, mean: number, count: number): boolean {
  const error = count * mean * Number.EPSILON;
  return variance <= count * Number.EPSILON * variance + error * error;
}

/**
 * The middle value (if the count is even, the mean of the two middle values).
 *
 * @param values - finite numbers, at least one; not changed
 */
export function median(values: Numbers): number {
  const middle = Math.floor(values.length / 2);
  if (!(values instanceof Float64Array)) {
    const [below, above] = orderStatistics(values, [Math.max(middle - 1, 0), middle]);
    return values.length % 2 === 1 ? above! : below! / 2 + above! / 2;
  }
  const parted = values.slice();
  const upper = selectSmallest(parted, middle);
  if (parted.length % 2 === 1) return upper;
  let lower = -Infinity;
  for (let i = 0; i < middle; i++) if (parted[i]! > lower) lower = parted[i]!;
  return lower / 2 + upper / 2;
}

/**
 * The value that would be at `index` if the values were sorted. It moves the values, so that none before `index` is
 * greater and none after it is smaller. Its time is linear in the number of values; sorting a million takes half a second.
 *
 * Source: C. A. R. Hoare 1961, *Algorithm 65: find*, with the middle one of three values as the bound.
 */
function selectSmallest(values: Float64Array, index: number): number {
  let first = 0;
  let last = values.length - 1;
  // The chosen bounds nearly always halve the remaining values. If they do not, as in data made for that purpose, sorting ends the search.
  for (let trials = 0; first < last; trials++) {
    if (trials === MOST_TRIALS) {
      values.set(values.toSorted());
      break;
    }
    const bound = middleOfThree(values[first]!, values[(first + last) >> 1]!, values[last]!);
    let left = first;
    let right = last;
    while (left <= right) {
      while (values[left]! < bound) left++;
      while (values[right]! > bound) right--;
      if (left > right) break;
      const moved = values[left]!;
      values[left++] = values[right]!;
      values[right--] = moved;
    }
    if (index <= right) last = right;
    else if (index >= left) first = left;
    else break;
  }
  return values[index]!;
}

/** Many more halvings than any array needs. */
const MOST_TRIALS = 128;

function middleOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/** How the targets of a regression were brought to mean 0 and variance 1, or to mean 1, with one entry for each output. Plain JSON. */
export interface TargetScaler {
  readonly mean: readonly number[];
  readonly scale: readonly number[];
  /** The range that predictions must not leave, in the units of the targets; absent if there is none. */
  readonly span?: TargetSpan;
}

/** The smallest and the largest target that was learned from, for each output. */
export interface TargetSpan {
  readonly min: readonly number[];
  readonly max: readonly number[];
}

/**
 * The scaler of regression targets.
 *
 * @param data - row-major, shape [rows, columns]
 * @param columns - outputs of the network
 * @throws {TypeError} when an argument is of a wrong kind
 * @throws {RangeError} when the data are no whole rows
 * @example
 * fitTargetScaler(Float64Array.of(1, 2, 3), 1).mean; // [2]
 */
export function fitTargetScaler(data: ArrayLike<number>, columns: number): TargetScaler {
  const where = 'fitTargetScaler';
  checkNumbers(where, data);
  checkNumber(where, 'columns', columns, { integer: true, min: 1 });
  const rows = data.length / columns;
  if (!Number.isInteger(rows)) {
    throw rangeError(mustBe(where, 'data', `whole rows of ${columns} numbers`, data));
  }
  const scalings = Array.from({ length: columns }, (_, column) =>
    fitScaling(Float64Array.from({ length: rows }, (_row, row) => data[row * columns + column]!)),
  );
  return {
    mean: scalings.map((scaling) => scaling.mean),
    scale: scalings.map((scaling) => scaling.scale),
  };
}

/**
 * The scaler of targets that must stay above 0, such as counts: their mean becomes 1, and 0 stays 0. A mean of 0 has the scale 1.
 *
 * @param data - row-major, shape [rows, columns]; not below 0
 * @param columns - outputs of the network
 */
export function fitTargetUnit(data: ArrayLike<number>, columns: number): TargetScaler {
  const { mean } = fitTargetScaler(data, columns);
  return { mean: mean.map(() => 0), scale: mean.map((one) => (one > 0 ? one : 1)) };
}

/**
 * (y − mean) / scale, element by element, in new memory; shape as given.
 *
 * @throws {TypeError} when an argument is of a wrong kind
 * @example
 * Array.from(scaleTargets({ mean: [2], scale: [4] }, Float64Array.of(2, 6))); // [0, 1]
 */
export function scaleTargets(scaler: TargetScaler, data: ArrayLike<number>): Float64Array {
  checkScaler('scaleTargets', scaler);
  checkNumbers('scaleTargets', data);
  const columns = scaler.mean.length;
  // A loop, because `from` of a typed array first makes a list of all numbers, which takes three times their memory.
  const scaled = new Float64Array(data.length);
  for (let i = 0; i < scaled.length; i++) {
    scaled[i] = (data[i]! - scaler.mean[i % columns]!) / scaler.scale[i % columns]!;
  }
  return scaled;
}

/**
 * z · scale + mean: the inverse of {@link scaleTargets}, in new memory; shape as given. If the scaler has a span, a finite
 * result outside it becomes the nearest end of the span.
 *
 * @throws {TypeError} when an argument is of a wrong kind
 * @example
 * Array.from(unscaleTargets({ mean: [2], scale: [4] }, Float64Array.of(0, 1))); // [2, 6]
 */
export function unscaleTargets(scaler: TargetScaler, data: ArrayLike<number>): Float64Array {
  checkScaler('unscaleTargets', scaler);
  checkNumbers('unscaleTargets', data);
  const columns = scaler.mean.length;
  const unscaled = new Float64Array(data.length);
  for (let i = 0; i < unscaled.length; i++) {
    const column = i % columns;
    const value = data[i]! * scaler.scale[column]! + scaler.mean[column]!;
    unscaled[i] = clipTo(scaler.span, value, column);
  }
  return unscaled;
}

/**
 * A scaler with the span of the given targets, so that no prediction leaves it.
 *
 * @param data - the targets that are learned from, row-major; at least one row
 */
export function withSpan(scaler: TargetScaler, data: ArrayLike<number>): TargetScaler {
  const columns = scaler.mean.length;
  const min = scaler.span?.min.slice() ?? scaler.mean.map(() => Infinity);
  const max = scaler.span?.max.slice() ?? scaler.mean.map(() => -Infinity);
  for (let i = 0; i < data.length; i++) {
    const column = i % columns;
    min[column] = Math.min(min[column]!, data[i]!);
    max[column] = Math.max(max[column]!, data[i]!);
  }
  return { ...scaler, span: { min, max } };
}

/** The span of a scaler in the units of the network's outputs. */
export function outputSpan(scaler: TargetScaler | undefined): TargetSpan | undefined {
  if (scaler?.span === undefined) return undefined;
  const { min, max } = scaler.span;
  return {
    min: Array.from(scaleTargets(scaler, min)),
    max: Array.from(scaleTargets(scaler, max)),
  };
}

/**
 * A value of a column, or the nearest end of the span if it is outside. A value that is not finite is returned as it is,
 * because it is a fault of the model, which must stay visible.
 */
export function clipTo(span: TargetSpan | undefined, value: number, column: number): number {
  if (span === undefined || !Number.isFinite(value)) return value;
  return Math.min(Math.max(value, span.min[column]!), span.max[column]!);
}

function checkScaler(where: string, scaler: unknown): void {
  if (isRecord(scaler) && isList(scaler['mean']) && isList(scaler['scale'])) return;
  throw typeError(
    mustBe(where, 'scaler', 'a scaler of targets, as fitTargetScaler makes it', scaler),
  );
}

function checkNumbers(where: string, data: unknown): void {
  if (isList(data)) return;
  throw typeError(mustBe(where, 'data', 'a typed array or an array of numbers', data));
}
