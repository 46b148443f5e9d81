/**
 * The table of decorations, and how a number is read that wears some of them. To add a decoration, write its file and
 * list it here.
 */
import { CURRENCY } from './currency.ts';
import type { Decoration } from './decoration.ts';
import { PLAIN_NUMBER, readMarks, type MarkedValues } from './marks.ts';
import { PERCENT_SIGN } from './percent.ts';
import { SIGNS } from './signs.ts';
import { UNIT_OF_MEASURE } from './unit.ts';

/** In the order in which they are tried; each is removed at most once. */
const DECORATIONS: readonly Decoration[] = [SIGNS, PERCENT_SIGN, CURRENCY, UNIT_OF_MEASURE];

/** A number as it is written. */
export interface WrittenNumber {
  /** With the sign. */
  readonly values: MarkedValues;
  /** What it counts; empty for a bare number. */
  readonly unit: string;
  /** Whether it has a mark that groups digits, or a decoration: `Number(text)` would not read it. */
  readonly decorated: boolean;
}

const EXPONENT = /[eE]/;

/**
 * Reads a number with its decorations.
 *
 * @param text - trimmed
 * @returns undefined for any other text
 * @example
 * readWrittenNumber('(1,200 €)')?.values; // { '.': -1200, ',': -1.2 }
 */
export function readWrittenNumber(text: string): WrittenNumber | undefined {
  if (!/\d/.test(text)) return undefined;
  if (EXPONENT.test(text) && PLAIN_NUMBER.test(text)) {
    const value = Number(text);
    if (value - value !== 0) return undefined;
    return {
      values: { '.': value, ',': text.includes('.') ? undefined : value },
      unit: '',
      decorated: false,
    };
  }
  let rest = text;
  let negative = false;
  let unit = '';
  const left = [...DECORATIONS];
  for (;;) {
    const values = readMarks(rest);
    if (values !== undefined) {
      return { values: signed(values, negative), unit, decorated: !PLAIN_NUMBER.test(text) };
    }
    let found = false;
    for (const decoration of left) {
      const removed = decoration.remove(rest);
      if (removed === undefined) continue;
      if (removed.unit !== undefined && unit !== '') return undefined;
      rest = removed.rest;
      unit = removed.unit ?? unit;
      negative = removed.negative ?? negative;
      left.splice(left.indexOf(decoration), 1);
      found = true;
      break;
    }
    if (!found) return undefined;
  }
}

/** What the decorations of a text are called: `a currency`. */
export function titleOfDecoration(text: string): string {
  return (
    DECORATIONS.find((one) => one.remove(text)?.unit !== undefined)?.title ?? 'marks between digits'
  );
}

function signed(values: MarkedValues, negative: boolean): MarkedValues {
  return negative ? { '.': minus(values['.']), ',': minus(values[',']) } : values;
}

function minus(value: number | undefined): number | undefined {
  return value === undefined ? undefined : -value;
}
