/**
 * What one cell of text says: missing, a number, true or false, a number that is misspelt, or plain text. No pattern here
 * can be matched in two ways, because a cell of a million digits must not cost more than its length.
 */

/** The spellings of "missing", which are compared after trimming. */
export const MISSING_VALUES: readonly string[] = [
  '',
  'NA',
  'na',
  'N/A',
  'n/a',
  '#N/A',
  '<NA>',
  '?',
  'NaN',
  'nan',
  'NAN',
  'null',
  'NULL',
  'Null',
  'None',
];

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const COMMA_NUMBER = /^[+-]?(?:\d+,\d*|,\d+)(?:[eE][+-]?\d+)?$/;
const INTEGER = /^[+-]?\d+$/;

/** Forms of cells that look like numbers but are not numbers, with the rule that each breaks. Only short cells are tried. */
const MISSPELT: readonly (readonly [RegExp, string])[] = [
  [/^[+-]?(?:inf|infinity|∞)$/i, 'a finite number'],
  [/^[+-]?0[xob][\da-f]+$/i, 'a decimal number'],
  [/^[+-]?\d[\d.]*_[\d._]*$/, 'a number without underscores'],
  [/^[+-]?\d+(?:[.,]\d+)+$/, 'a number with a decimal point and no other mark'],
  [/^[+-]?[.,]*\p{Nd}[\p{Nd}.,]*$/u, 'a number in the digits 0–9'],
];

/** No number is longer, not even a misspelt one. */
const LONGEST = 400;

/**
 * The result of reading a cell as a number.
 *
 * @param decimalComma - whether `1,5` is a number too
 * @returns the number, the rule it breaks, or undefined for text
 */
export function readNumber(text: string, decimalComma: boolean): number | string | undefined {
  if (beginsAsWord(text)) return undefined;
  if (NUMBER.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : 'within the range of float64';
  }
  if (decimalComma && COMMA_NUMBER.test(text)) return readNumber(text.replace(',', '.'), false);
  if (text.length > LONGEST) return undefined;
  return MISSPELT.find(([pattern]) => pattern.test(text))?.[1];
}

/** Whether a text begins with a Latin letter with which no number begins, not even a misspelt one; an i may begin `inf`. */
function beginsAsWord(text: string): boolean {
  const letter = text.charCodeAt(0) | 0x20;
  return letter >= 0x61 && letter <= 0x7a && letter !== 0x69;
}

/** Whether a text is an integer that float64 rounds; this is possible from 2⁵³ + 1 on. */
export function losesDigits(text: string, value: number): boolean {
  return (
    Math.abs(value) > Number.MAX_SAFE_INTEGER &&
    INTEGER.test(text) &&
    BigInt(text) !== BigInt(value)
  );
}

/** True or false in any case; undefined for any other text. */
export function readTruth(text: string): boolean | undefined {
  if (text.length !== 4 && text.length !== 5) return undefined;
  const word = text.toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : undefined;
}
