/**
 * What one cell of text can be: a number as people write it, true or false, a number that is misspelt, or plain text. No
 * pattern here can be matched in two ways, because a cell of a million digits must not cost more than its length.
 */
import { readWrittenNumber, type WrittenNumber } from './decorations.ts';

/** The form of a cell. A misspelt number has the rule that it breaks. */
export type CellForm =
  | { readonly is: 'number'; readonly number: WrittenNumber }
  | { readonly is: 'truth'; readonly value: boolean }
  | { readonly is: 'misspelt'; readonly rule: string }
  | { readonly is: 'text' };

/** A plain number that `readWrittenNumber` has refused is beyond the largest float64. */
const OVERFLOW = [
  /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i,
  'within the range of float64',
] as const;

/** Forms of cells that look like numbers but are not numbers, with the rule that each breaks. Only short cells are tried. */
const MISSPELT: readonly (readonly [RegExp, string])[] = [
  [/^[+-]?(?:inf|infinity|∞)$/i, 'a finite number'],
  OVERFLOW,
  [/^[+-]?0[xob][\da-f]+$/i, 'a decimal number'],
  [/^[+-]?\d[\d.]*_[\d._]*$/, 'a number without underscores'],
  [/^[+-]?\d+(?:[.,]\d+)+$/, 'a number with a decimal point and no other mark'],
  [/^[+-]?[.,]*\p{Nd}[\p{Nd}.,]*$/u, 'a number in the digits 0–9'],
];

/** No number is longer, not even a misspelt one. */
const LONGEST = 400;

const TEXT: CellForm = { is: 'text' };
const TRUE: CellForm = { is: 'truth', value: true };
const FALSE: CellForm = { is: 'truth', value: false };

/** The form of a trimmed cell that is not missing. */
export function formOf(text: string): CellForm {
  const truth = readTruth(text);
  if (truth !== undefined) return truth ? TRUE : FALSE;
  // A cell of letters alone, which most cells of text are, needs no pattern unless it may be an infinity.
  if (/^[a-hj-z]*$/i.test(text)) return TEXT;
  if (text.length > LONGEST)
    return OVERFLOW[0].test(text) ? { is: 'misspelt', rule: OVERFLOW[1] } : TEXT;
  const number = readWrittenNumber(text);
  if (number !== undefined) return { is: 'number', number };
  const rule = MISSPELT.find(([pattern]) => pattern.test(text))?.[1];
  return rule === undefined ? TEXT : { is: 'misspelt', rule };
}

/** True or false in any case; undefined for any other text. */
export function readTruth(text: string): boolean | undefined {
  if (text.length !== 4 && text.length !== 5) return undefined;
  const word = text.toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : undefined;
}

const INTEGER = /^[+-]?\d+$/;

/** Whether a text is an integer that float64 rounds; this is possible from 2⁵³ + 1 on. */
export function losesDigits(text: string, value: number): boolean {
  return (
    Math.abs(value) > Number.MAX_SAFE_INTEGER &&
    INTEGER.test(text) &&
    BigInt(text) !== BigInt(value)
  );
}

/** Whether digits look like a code: they begin with a needless zero, or have a plus. As a number they would be another text. */
export function looksLikeCode(text: string): boolean {
  return /^[+-]?0\d|^\+\d/.test(text);
}
