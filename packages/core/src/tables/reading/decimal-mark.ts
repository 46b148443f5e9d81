/**
 * The decimal mark of a file. It is one for all columns, because whoever wrote the file wrote it on one machine: `28,7` in
 * one column says that `3.881` in another is nearly four thousand.
 */
import type { DataError } from '../../words/errors.ts';
import type { Choice } from '../../words/fault.ts';
import { show } from '../../words/messages.ts';
import type { DecimalMark } from './marks.ts';
import { isMeantAsNumbers, markEvidenceOf, type MarkEvidence, type Study } from './study.ts';

/** How a source is read, and how its faults are reported. */
export interface SourceRules {
  /** As the caller says; `'auto'` lets the cells decide. */
  readonly decimal: DecimalMark | 'auto';
  /** The mark of a file whose cells leave it open. */
  readonly usualDecimal: DecimalMark;
  /** The mark for which that rule is too weak: cells that have only this mark, with two values each, are refused. */
  readonly unclearMark: DecimalMark | undefined;
  /** Whether commas separate the columns, so that a decimal comma must be in quotes and is rare. */
  readonly commaDelimited: boolean;
  /** Whether the source has types, so that text which is spelled like a code was meant as text. */
  readonly typed: boolean;
  /** Whether the caller says which words are missing, so that they are missing in a target of text too. */
  readonly ownMissing: boolean;
  /** Makes the error for a cell; the row counts from 0. */
  fault(site: CellFault): DataError;
}

/** A cell that breaks a rule. */
export interface CellFault {
  readonly column: string;
  readonly row: number;
  readonly text: string;
  /** What the cell must be, without "must be". */
  readonly rule: string;
  readonly remedy?: string | undefined;
  readonly remedyInCode?: string | undefined;
  readonly choices?: readonly Choice[] | undefined;
}

/** The evidence of a column; `found` gives the first row of a text. */
export interface ColumnEvidence extends MarkEvidence {
  readonly name: string;
  readonly present: number;
  rowOf(text: string): number;
}

/** The evidence of a study; undefined if the column is not meant as numbers. */
export function evidenceOf(study: Study): ColumnEvidence | undefined {
  if (!isMeantAsNumbers(study)) return undefined;
  return {
    ...markEvidenceOf(study),
    name: study.cells.name,
    present: study.present,
    rowOf: (text) => study.found.get(text)?.row ?? 0,
  };
}

/** The decimal mark, and whether a cell or the caller says so. */
export interface DecidedMark {
  readonly mark: DecimalMark;
  readonly known: boolean;
}

/**
 * The decimal mark.
 *
 * @throws {DataError} when columns disagree, or every marked number has two readings
 */
export function decimalMarkOf(columns: readonly ColumnEvidence[], rules: SourceRules): DecidedMark {
  if (rules.decimal !== 'auto') return { mark: rules.decimal, known: true };
  const point = columns.find((column) => column.point !== undefined);
  const comma = columns.find(({ comma: text, commas, present }) =>
    // Among columns that commas separate, a few commas inside numbers are more likely slips.
    rules.commaDelimited && point === undefined ? 2 * commas > present : text !== undefined,
  );
  if (point === undefined && comma !== undefined) return { mark: ',', known: true };
  if (point !== undefined && (comma === undefined || rules.commaDelimited)) {
    return { mark: '.', known: true };
  }
  if (point !== undefined && comma !== undefined) throw disagreement(columns, rules, point, comma);
  const unclear = rules.unclearMark;
  const open = columns.find(({ either }) => unclear !== undefined && either?.includes(unclear));
  if (open?.either === undefined) return { mark: rules.usualDecimal, known: false };
  throw twoReadings(open, open.either, rules);
}

function disagreement(
  columns: readonly ColumnEvidence[],
  rules: SourceRules,
  point: ColumnEvidence,
  comma: ColumnEvidence,
): DataError {
  const both = columns.find((one) => one.point !== undefined && one.comma !== undefined);
  const wrong = both ?? point;
  const other = both ?? comma;
  const text = wrong.point!;
  const place = `in row ${other.rowOf(other.comma!) + 1}${both === undefined ? ` of column ${show(other.name)}` : ''}`;
  return rules.fault({
    column: wrong.name,
    row: wrong.rowOf(text),
    text,
    rule: `written with one decimal mark, and ${show(other.comma)} ${place} has the other`,
    choices: [asText(wrong.name)],
  });
}

function twoReadings(column: ColumnEvidence, text: string, rules: SourceRules): DataError {
  const digits = text.replaceAll(/[.,]/g, '');
  const fraction = text.replaceAll(',', '.');
  const isPoint = text.includes('.');
  return rules.fault({
    column: column.name,
    row: column.rowOf(text),
    text,
    rule: `a number with one reading, and no cell of the data says whether its mark is decimal`,
    choices: [
      { option: 'decimal', value: '.', does: `reads ${isPoint ? fraction : digits}` },
      { option: 'decimal', value: ',', does: `reads ${isPoint ? digits : fraction}` },
    ],
  });
}

/** The choice to take a column as text. */
export function asText(name: string): Choice {
  const does = 'takes the column as text';
  const inCode = `kinds: { ${JSON.stringify(name)}: 'text' }`;
  return { option: 'kinds', value: `${name}=text`, does, inCode };
}
