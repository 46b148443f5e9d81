/**
 * Cells of a column whose reading is known: the rows of a prediction are read as those of the training were.
 */
import { formOf } from './cell-form.ts';
import { dateFormat, readDate } from './date-formats.ts';
import { PLAIN_NUMBER, type DecimalMark } from './marks.ts';
import type { ColumnReading } from './reading.ts';

/** What a known column of numbers or dates demands of a cell. */
export interface KnownReading extends Pick<ColumnReading, 'unit' | 'format'> {
  readonly decimal?: DecimalMark | undefined;
}

/**
 * The number in a cell.
 *
 * @param text - trimmed, not missing
 * @param usual - the decimal mark if the reading does not say it; under `','` a plain number with a point is read too
 * @returns the number, or the rule that the cell breaks, without "must be"
 */
export function readKnownNumber(
  text: string,
  { unit = '', decimal }: KnownReading,
  usual: DecimalMark,
): number | string {
  const form = formOf(text);
  if (form.is === 'misspelt') return form.rule;
  if (form.is !== 'number') return 'a number';
  const { number } = form;
  if (number.unit !== '' && number.unit !== unit) {
    return unit === '' ? 'a bare number' : `a number in '${unit}'`;
  }
  if (decimal === undefined && PLAIN_NUMBER.test(text)) return Number(text);
  const value = number.values[decimal ?? usual];
  if (value !== undefined) return value;
  const mark = (decimal ?? usual) === '.' ? 'point' : 'comma';
  return `a number with a decimal ${mark} and no other mark`;
}

/** The date in a cell, or the rule that it breaks. */
export function readKnownDate(text: string, { format = 'ymd' }: KnownReading): number | string {
  const row = dateFormat(format);
  return readDate(text, row) ?? `a date as ${row.title}`;
}
