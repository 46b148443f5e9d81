/**
 * Words of the command line to values, each with its rule: a wrong one is a usage failure that names the
 * option, says the rule and offers a word that would be right.
 */
import type { RecipeName } from 'vinculum';
import {
  isWithin,
  listed,
  nearest,
  RECIPE_NAMES,
  ruleText,
  type NumberRule,
} from 'vinculum/internal';
import { usageFailure, type CommandFailure } from '../failure.ts';

/** The rule of a number, and a value that would be right, for the hint. */
export interface NumberBounds extends NumberRule {
  readonly example: string;
}

/** A reader of numbers for one option, such as `--epochs`. */
export function numberReader(option: string, bounds: NumberBounds): (word: string) => number {
  return (word) => {
    const value = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(word.trim()) ? Number(word) : NaN;
    if (!isWithin(value, bounds)) {
      throw wrongWord(option, word, ruleText(bounds), bounds.example);
    }
    return value;
  };
}

/** A reader of one word among some; `usual` is suggested if no other word is near. */
export function choiceReader<Choice extends string>(
  option: string,
  choices: readonly Choice[],
  usual: Choice | undefined = choices[0],
): (word: string) => Choice {
  return (word) => {
    const wanted = word.trim().toLowerCase();
    const found = choices.find((choice) => choice === wanted);
    if (found !== undefined) return found;
    const near = nearest(wanted, choices) ?? usual ?? '';
    const rule = choices.length === 1 ? choices[0]! : `one of ${listed(choices, { most: 20 })}`;
    throw wrongWord(option, word, rule, near);
  };
}

/** Hidden layer sizes: `64,32`, or `none` for a network without hidden layers. */
export function readHidden(word: string): number[] {
  if (/^(none|0)$/i.test(word.trim())) return [];
  const sizes = word.split(',').map((size) => (/^\s*\d+\s*$/.test(size) ? Number(size) : NaN));
  if (sizes.some((size) => !isWithin(size, { integer: true, min: 1, max: 1e6 }))) {
    throw wrongWord('--hidden', word, "whole numbers with commas between them, or 'none'", '64,32');
  }
  return sizes;
}

/** Recipes of an ensemble: `relu,tanh`, or `none` for the preset's own settings alone. */
export function readRecipes(word: string): RecipeName[] {
  if (word.trim().toLowerCase() === 'none') return [];
  const read = choiceReader('--recipes', RECIPE_NAMES);
  return word.split(',').map(read);
}

/** Rows held out: one fraction for the test, or three for training, validation and test. */
export interface SplitFractions {
  readonly validation: number | undefined;
  readonly test: number;
}

/** `0.2`, or `0.7/0.1/0.2` (training, validation, test). */
export function readSplit(word: string): SplitFractions {
  const parts = word.split('/').map((part) => (/^\s*[\d.]+\s*$/.test(part) ? Number(part) : NaN));
  const [first, second, third] = parts;
  const sum = parts.reduce((total, part) => total + part, 0);
  const within = parts.every((part) => part >= 0 && part < 1);
  if (parts.length === 1 && within && first !== undefined && first > 0) {
    return { validation: undefined, test: first };
  }
  if (
    parts.length === 3 &&
    within &&
    Math.abs(sum - 1) < 1e-9 &&
    first !== undefined &&
    second !== undefined &&
    third !== undefined &&
    first > 0 &&
    third > 0
  ) {
    return { validation: second / (first + second), test: third };
  }
  throw wrongWord(
    '--split',
    word,
    'the fraction of rows held out, or training/validation/test fractions that sum to 1',
    parts.length === 3 ? '0.7/0.1/0.2' : '0.2',
  );
}

/** Row numbers from 1, both ends included. */
export interface RowRange {
  readonly first: number;
  readonly last: number;
}

/** `5` or `1-8`. */
export function rowRangeReader(option: string): (word: string) => RowRange {
  return (word) => {
    const found = /^\s*(\d+)\s*(?:-\s*(\d+)\s*)?$/.exec(word);
    const first = Number(found?.[1] ?? NaN);
    const last = Number(found?.[2] ?? found?.[1] ?? NaN);
    if (!(Number.isSafeInteger(last) && first >= 1 && last >= first)) {
      const many = option === '--rows';
      const rule = many
        ? 'data rows counted from 1, such as 5 or 1-8'
        : 'a data row counted from 1';
      throw wrongWord(option, word, rule, many ? '1-8' : '1');
    }
    return { first, last };
  };
}

/** A bar that a metric must reach. */
export interface Bar {
  readonly metric: string;
  readonly value: number;
}

/** `accuracy=0.9`. */
export function readBar(word: string): readonly Bar[] {
  const found = /^\s*([\w-]+)\s*=\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*$/.exec(word);
  if (found === null) {
    throw wrongWord('--fail-under', word, 'a metric and its bar', 'accuracy=0.9');
  }
  return [{ metric: found[1] ?? '', value: Number(found[2]) }];
}

/** The failure of a word that an option does not take. */
function wrongWord(option: string, word: string, rule: string, right: string): CommandFailure {
  return usageFailure(`${option} must be ${rule}; got '${word}'.`, {
    hint: `such as ${option} ${right}`,
    replace: { wrong: word, right },
  });
}
