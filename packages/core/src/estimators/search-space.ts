/**
 * What a search may try: for each option a list of values, or a range. A drawn value depends on the seed, the number of the trial
 * and the name of the option alone, so that a longer search begins with the trials of a shorter one, and another option in the
 * space changes no value of the others.
 */
import { exp, log } from '../elementary/index.ts';
import { blockInto, PURPOSES, uniform } from '../random/streams.ts';
import { mustBe, rangeError, typeError } from '../words/fault.ts';
import {
  isRecord,
  readOptions,
  booleanOption,
  numberOption,
  choiceOption,
} from '../words/options.ts';

/** The numbers from `min` to `max`. */
export interface SearchRange {
  readonly min: number;
  readonly max: number;
  /** `'log'`: each factor of two is as likely as any other, for numbers above 0. Default `'linear'`. */
  readonly scale?: 'linear' | 'log';
  /** Whether only integers are drawn. Default false. */
  readonly integer?: boolean;
}

/** Values to choose from, each as likely as the others, or a range, for each option by its name. */
export type SearchSpace<Options = Readonly<Record<string, unknown>>> = {
  readonly [Name in keyof Options]?: readonly Options[Name][] | SearchRange;
};

/** A checked dimension of a space. */
export interface Dimension {
  readonly name: string;
  /** The value of a number from 0 to 1, without 1. */
  readonly valueAt: (u: number) => unknown;
}

/**
 * The dimensions of a space.
 *
 * @throws {TypeError} when it is no record of lists and ranges
 * @throws {RangeError} when a list is empty, or a range has no numbers
 */
export function readSpace(where: string, given: unknown): Dimension[] {
  if (!isRecord(given)) {
    throw typeError(mustBe(where, 'space', 'a record of lists and ranges by option', given));
  }
  return Object.entries(given)
    .filter(([, values]) => values !== undefined)
    .map(([name, values]) => dimensionOf(where, name, values));
}

/** The values of a trial, by option. */
export function drawTrial(
  dimensions: readonly Dimension[],
  seed: number,
  trial: number,
): Record<string, unknown> {
  const words = new Uint32Array(4);
  return Object.fromEntries(
    dimensions.map(({ name, valueAt }) => {
      blockInto(words, seed, PURPOSES.search, trial, codeOf(name), 0, 0);
      return [name, valueAt(uniform(words[0]!))];
    }),
  );
}

function dimensionOf(where: string, name: string, given: unknown): Dimension {
  const subject = `space.${name}`;
  if (Array.isArray(given)) {
    const values: readonly unknown[] = given;
    if (values.length === 0) {
      throw rangeError({ where, subject, rule: 'must have values', got: 'an empty list' });
    }
    return { name, valueAt: (u) => values[Math.floor(u * values.length)] };
  }
  if (!isRecord(given)) {
    throw typeError(mustBe(where, subject, 'a list of values or { min, max }', given));
  }
  const range = readOptions<Required<SearchRange>>(
    where,
    given,
    {
      min: numberOption({}),
      max: numberOption({}),
      scale: choiceOption(['linear', 'log'], 'linear'),
      integer: booleanOption(false),
    },
    `${subject}.`,
  );
  checkRange(where, subject, range);
  return { name, valueAt: (u) => inRange(range, u) };
}

function checkRange(where: string, subject: string, range: Required<SearchRange>): void {
  const { min, max, scale, integer } = range;
  const rule =
    min >= max
      ? 'must have a max above its min'
      : scale === 'log' && min <= 0
        ? "must be above 0 with scale 'log'"
        : integer && !(Number.isSafeInteger(min) && Number.isSafeInteger(max))
          ? 'must have integers as its ends'
          : undefined;
  if (rule !== undefined) throw rangeError({ where, subject, rule, got: `${min} to ${max}` });
}

/** Three digits, because a fourth one decides nothing and is hard to read. */
const DIGITS = 3;

function inRange({ min, max, scale, integer }: Required<SearchRange>, u: number): number {
  // An integer range includes its largest number.
  const last = integer ? max + 1 : max;
  const value =
    scale === 'log' ? exp(log(min) + u * (log(last) - log(min))) : min + u * (last - min);
  if (integer) return Math.min(Math.max(Math.floor(value), min), max);
  return Math.min(Math.max(Number(value.toPrecision(DIGITS)), min), max);
}

/** A number of 32 bits for a name: FNV-1a over its code units. */
function codeOf(name: string): number {
  let code = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) code = Math.imul(code ^ name.charCodeAt(i), 0x01000193);
  return code >>> 0;
}
