/**
 * The marks inside a number as people write it: `7,812`, `-20.999,41`, `1 250,30`. A number has at most one decimal mark,
 * a point or a comma, and the other marks group its digits. Whether `3.881` is about four or nearly four thousand cannot
 * be seen in the cell alone, because both marks are used for both purposes; the other cells of the file decide it.
 */

/** A number as programs write it, with a point and without any decoration. */
export const PLAIN_NUMBER: RegExp = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A decimal mark. */
export type DecimalMark = '.' | ',';

/** Digits, perhaps with marks between them. The sign and every decoration are already removed. */
const BODY = /^(?:\d[\d.,'’ \u00a0\u2009\u202f]*)?\d[.,]?$|^[.,]\d+$/;

/** Groups of three digits after a first group of one to three. A first group that begins with 0 groups nothing. */
const GROUPS: Readonly<Record<DecimalMark, RegExp>> = {
  '.': /^[1-9]\d{0,2}(?:([,'’ \u00a0\u2009\u202f])\d{3})(?:\1\d{3})*$/,
  ',': /^[1-9]\d{0,2}(?:([.'’ \u00a0\u2009\u202f])\d{3})(?:\1\d{3})*$/,
};

/** Lakh and crore, as people in India write them: `12,34,567`. */
const LAKHS = /^[1-9]\d?(?:,\d{2})+,\d{3}$/;

/** No number is longer. */
const LONGEST = 400;

/** What a text says under each decimal mark; undefined for a mark under which it is no number. */
export type MarkedValues = Readonly<Record<DecimalMark, number | undefined>>;

/**
 * The values that digits with marks can have.
 *
 * @returns undefined if the text is no number under either mark
 * @example
 * readMarks('3.881'); // { '.': 3.881, ',': 3881 }
 */
export function readMarks(body: string): MarkedValues | undefined {
  if (body.length > LONGEST || !BODY.test(body)) return undefined;
  const values = { '.': valueUnder(body, '.'), ',': valueUnder(body, ',') };
  return values['.'] === undefined && values[','] === undefined ? undefined : values;
}

/**
 * The only decimal mark under which a number can be read; undefined if it can be read under both, with one value or two.
 *
 * @example
 * onlyMark({ '.': undefined, ',': 28.7 }); // ','
 */
export function onlyMark(values: MarkedValues): DecimalMark | undefined {
  if (values[','] === undefined) return '.';
  return values['.'] === undefined ? ',' : undefined;
}

/** Whether a number has two readings with different values. */
export function hasTwoValues(values: MarkedValues): boolean {
  return onlyMark(values) === undefined && values['.'] !== values[','];
}

function valueUnder(body: string, mark: DecimalMark): number | undefined {
  const at = body.lastIndexOf(mark);
  const whole = at === -1 ? body : body.slice(0, at);
  const fraction = at === -1 ? '' : body.slice(at + 1);
  if (!/^\d*$/.test(fraction) || (whole === '' && fraction === '')) return undefined;
  const plain = /^\d*$/.test(whole);
  if (!plain && !GROUPS[mark].test(whole) && !(mark === '.' && LAKHS.test(whole))) return undefined;
  const value = Number(`${whole.replaceAll(/\D/g, '') || '0'}.${fraction || '0'}`);
  return value < Infinity ? value : undefined;
}
