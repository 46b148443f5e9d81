/**
 * A study of the cells of one column, from which its kind is decided: how many cells have which form. Each distinct text
 * is looked at once, so a column of few words costs one look-up a cell.
 */
import { formOf, losesDigits, type CellForm } from './cell-form.ts';
import { DATE_FORMATS, readDate, type DateFormat } from './date-formats.ts';
import { hasTwoValues, onlyMark } from './marks.ts';

/** From this share of numbers on, another cell in a column is a fault and not a sign of a text column. */
export const STRAY_SHARE = 0.9;

/** A text that occurs in a column. */
export interface StudiedText {
  readonly form: CellForm;
  count: number;
  /** The index of the first row with it. */
  readonly row: number;
}

/** The cells of a column of unknown kind. */
export interface TextCells {
  readonly name: string;
  /** Trimmed, as the source spells them; null where the source has no cell. */
  readonly texts: readonly (string | null)[];
  readonly missing: ReadonlySet<string>;
}

/** What a study found. */
export interface Study {
  readonly cells: TextCells;
  /** Distinct texts that are not missing, in the order of their first rows. */
  readonly found: ReadonlyMap<string, StudiedText>;
  /** How often each word for "missing" occurs; the empty cell counts too. */
  readonly missing: ReadonlyMap<string, number>;
  /** Cells that are not missing, and how many of them are numbers, misspelt numbers, and true or false. */
  readonly present: number;
  readonly numbers: number;
  readonly misspelt: number;
  readonly truths: number;
  /** How many cells have each unit; the empty unit is that of bare numbers. */
  readonly units: ReadonlyMap<string, number>;
  /** Integers of which float64 would lose digits. */
  readonly lossy: number;
}

/** Studies a column. */
export function studyOf(cells: TextCells): Study {
  const found = new Map<string, StudiedText>();
  const missing = new Map<string, number>();
  cells.texts.forEach((text, row) => {
    if (text === null) return;
    const known = found.get(text);
    if (known !== undefined) known.count++;
    else if (cells.missing.has(text)) missing.set(text, (missing.get(text) ?? 0) + 1);
    else found.set(text, { form: formOf(text), count: 1, row });
  });
  const counts = { number: 0, misspelt: 0, truth: 0, text: 0 };
  const units = new Map<string, number>();
  let lossy = 0;
  for (const [text, { form, count }] of found) {
    counts[form.is] += count;
    if (form.is !== 'number') continue;
    const { unit, values } = form.number;
    units.set(unit, (units.get(unit) ?? 0) + count);
    if (values['.'] !== undefined && losesDigits(text, values['.'])) lossy += count;
  }
  const present = counts.number + counts.misspelt + counts.truth + counts.text;
  const { number: numbers, misspelt, truth: truths } = counts;
  return { cells, found, missing, present, numbers, misspelt, truths, units, lossy };
}

/** Whether a column is meant as numbers: nearly all of its cells are, or all that are no misspelt numbers. */
export function isMeantAsNumbers({ present, numbers, misspelt, units }: Study): boolean {
  if (numbers === 0 || units.size > MOST_UNITS) return false;
  return numbers + misspelt === present || numbers >= STRAY_SHARE * present;
}

/** Numbers of one column may be bare or have one unit. Many words behind numbers are text, such as addresses. */
const MOST_UNITS = 3;

/** Cells that can only be read with a decimal point, with a decimal comma, or with either and two values. */
export interface MarkEvidence {
  readonly point: string | undefined;
  readonly comma: string | undefined;
  readonly either: string | undefined;
  /** How many cells need the comma. */
  readonly commas: number;
}

/** The evidence in a column of numbers: the first text of each sort. */
export function markEvidenceOf(study: Study): MarkEvidence {
  let point: string | undefined;
  let comma: string | undefined;
  let either: string | undefined;
  let commas = 0;
  for (const [text, { form, count }] of study.found) {
    if (form.is !== 'number') continue;
    const { values } = form.number;
    const mark = onlyMark(values);
    if (mark === '.') point ??= text;
    if (mark === ',') comma ??= text;
    if (mark === ',') commas += count;
    if (hasTwoValues(values)) either ??= text;
  }
  return { point, comma, either, commas };
}

/** The formats under which nearly all cells are dates, and how many cells each reads. */
export function dateFormatsOf({ found, present }: Study): ReadonlyMap<DateFormat, number> {
  const first = found.keys().next().value;
  const able = new Map<DateFormat, number>();
  if (first === undefined) return able;
  for (const format of DATE_FORMATS) {
    let count = 0;
    let tried = 0;
    for (const [text, one] of found) {
      tried += one.count;
      if (readDate(text, format) !== undefined) count += one.count;
      if (tried - count > (1 - STRAY_SHARE) * present) break;
    }
    if (count >= STRAY_SHARE * present) able.set(format, count);
  }
  return able;
}
