/**
 * Intervals that hold a new target with a given probability, from the errors of networks on rows that they have not learned from. Each network
 * guesses what it would have been wrong by: its own output, plus and minus each of its own errors. The bounds are quantiles of all these
 * guesses together. With one network this is the split conformal method.
 *
 * For a single network the interval holds the target with at least the probability that was asked for, if new rows come from the same
 * source as the known ones. For several networks, 1 − 2α is proved and about 1 − α is what is seen (α is 1 minus the probability).
 *
 * Source: Barber, Candès, Ramdas & Tibshirani 2021, Predictive inference with the jackknife+, section 3 (CV+); Vovk, Gammerman &
 * Shafer 2005 for one network.
 */
import { rangeError } from '../words/fault.ts';
import { checkNumber } from '../words/options.ts';

/** The errors |y − ŷ| of one network on the rows that it has held out, in the units of the targets. Plain JSON. */
export interface HeldOutErrors {
  /** How many rows. */
  readonly rows: number;
  /** For each target of a row, ascending; at most {@link MOST_ERRORS}, of more rows their quantiles. */
  readonly errors: readonly (readonly number[])[];
}

/** The most errors that a model holds for one network and target. Quantiles are rounded up, so that no interval is too narrow. */
export const MOST_ERRORS = 256;

/** Digits of an error in a model. */
const DIGITS = 6;

/** Predictions in the units of the targets. */
export interface JudgedPredictions {
  /** Of the model. */
  readonly mean: Float64Array;
  /** Of each network, row-major like the mean. */
  readonly members: readonly Float64Array[];
  /** The errors of each network, in the same order. */
  readonly held: readonly HeldOutErrors[];
}

/** The bounds of intervals, row-major like the predictions. */
export interface Intervals {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/**
 * The errors of a network.
 *
 * @param outputs - in the units of the targets, shape [rows, columns]
 * @param targets - of the same shape
 */
export function heldOutErrors(
  outputs: ArrayLike<number>,
  targets: ArrayLike<number>,
  columns: number,
): HeldOutErrors {
  const rows = outputs.length / columns;
  const errors = Array.from({ length: columns }, (_, k) => {
    const all = Float64Array.from({ length: rows }, (_row, row) =>
      Math.abs(targets[row * columns + k]! - outputs[row * columns + k]!),
    ).toSorted();
    const kept = Math.min(rows, MOST_ERRORS);
    return Array.from({ length: kept }, (_place, place) =>
      Number(all[Math.ceil(((place + 1) * rows) / kept) - 1]!.toPrecision(DIGITS)),
    );
  });
  return { rows, errors };
}

/**
 * The intervals of rows.
 *
 * @param known - the predictions, and what they are made of
 * @param level - the probability, above 0 and below 1
 * @throws {RangeError} when the level needs more held-out rows than there were
 */
export function intervalsFor(
  where: string,
  { mean, members, held }: JudgedPredictions,
  level: number,
): Intervals {
  checkNumber(where, 'level', level, { above: 0, below: 1 });
  const rows = held.reduce((sum, one) => sum + one.rows, 0);
  // 0.9 · 10 is 9.000000000000002 in floating point, so a rounding error must not ask for one more row.
  const rank = Math.ceil(level * (rows + 1) * (1 - 1e-12));
  if (rank > rows) {
    throw rangeError({
      where,
      subject: 'level',
      rule: `must be at most ${largestLevel(rows)}, because only ${rows} rows were held out`,
      got: level,
      remedy: ' Ask for a smaller level, or train on more rows.',
    });
  }
  const columns = held[0]!.errors.length;
  const low = new Float64Array(mean.length);
  const high = new Float64Array(low.length);
  const guesses = new Guesses(held, rank);
  for (let i = 0; i < low.length; i++) {
    // The prediction itself lies in its interval, which is nearly always so anyway.
    high[i] = Math.max(mean[i]!, guesses.bound(members, i, i % columns, 1));
    low[i] = Math.min(mean[i]!, -guesses.bound(members, i, i % columns, -1));
  }
  return { low, high };
}

/** The largest level that so many rows allow, rounded down, so that it may be asked for. */
function largestLevel(rows: number): string {
  const digits = Math.max(3, String(rows).length + 1);
  return String(rows / (rows + 1))
    .padEnd(2 + digits, '0')
    .slice(0, 2 + digits);
}

/** The guesses of all networks for one number. */
class Guesses {
  readonly #held: readonly HeldOutErrors[];
  /** How many rows must have a guess that is not larger; a rounding error must not ask for one more. */
  readonly #wanted: number;

  constructor(held: readonly HeldOutErrors[], rank: number) {
    this.#held = held;
    this.#wanted = rank * (1 - 1e-12);
  }

  /**
   * The smallest of the guesses sign · output + error of all networks and errors that at least the wanted number of rows do not exceed.
   * The errors of each network are in order, so it is sought by halves in each list.
   */
  bound(members: readonly Float64Array[], index: number, column: number, sign: 1 | -1): number {
    let best = Infinity;
    for (const [m, { errors }] of this.#held.entries()) {
      const own = errors[column]!;
      const output = sign * members[m]![index]!;
      const place = firstPlace(own.length, (at) => {
        const guess = output + own[at]!;
        return guess >= best || this.#rowsUpTo(guess, members, index, column, sign) >= this.#wanted;
      });
      if (place < own.length) best = Math.min(best, output + own[place]!);
    }
    return best;
  }

  /** How many rows have a guess that is not larger; an error that stands for several rows counts as often. */
  #rowsUpTo(
    guess: number,
    members: readonly Float64Array[],
    index: number,
    column: number,
    sign: 1 | -1,
  ): number {
    let count = 0;
    for (let m = 0; m < members.length; m++) {
      const { rows, errors } = this.#held[m]!;
      const own = errors[column]!;
      const output = sign * members[m]![index]!;
      count += (rows / own.length) * firstPlace(own.length, (at) => output + own[at]! > guess);
    }
    return count;
  }
}

/** The first place from 0 on for which `holds` is true, `length` if there is none; it stays true from there on. */
function firstPlace(length: number, holds: (place: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
