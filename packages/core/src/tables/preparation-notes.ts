/**
 * What a user should know of a preparation: columns that were left out, cells that were read as something else than they
 * seem, and what the reader of the file left out. The command prints these notes, and an estimator carries them.
 */
import { show } from '../words/messages.ts';
import type { ColumnPreparation, IgnoredPreparation, TablePreparation } from './preparation.ts';
import type { ColumnReading, DataNote } from './reading/reading.ts';

const LEFT_OUT: Readonly<Record<IgnoredPreparation['reason'], string>> = {
  empty: 'it has no values',
  identifiers: 'nearly every row has its own text',
  constant: 'it has the same date in all rows',
};

/** What a column was read as, for the readings that may surprise. */
const READ_AS: Readonly<Partial<Record<ColumnReading['code'], string>>> = {
  'decorated-numbers': 'is read as numbers',
  'numbers-as-text': 'is read as numbers',
  codes: 'stays text',
  'long-integers': 'stays text',
  date: 'is read as dates',
  'ambiguous-date': 'is read as dates',
};

/**
 * The notes, a sentence each.
 *
 * @example
 * preparationNotes(fitPreparation(table)); // []
 */
export function preparationNotes({ notes = [], columns }: TablePreparation): DataNote[] {
  return [...notes, ...columns.flatMap(columnNotes)];
}

/** The note on how the cells of a column were read, if that may surprise. */
export function readingNotes({
  name,
  reading,
}: Pick<ColumnPreparation, 'name' | 'reading'>): DataNote[] {
  const readAs = reading === undefined ? undefined : READ_AS[reading.code];
  if (reading === undefined || readAs === undefined) return [];
  const message = `column ${show(name)} ${readAs}: ${reading.why}`;
  return [{ code: reading.code, column: name, message }];
}

function columnNotes(column: ColumnPreparation): DataNote[] {
  const { name } = column;
  const begin = `column ${show(name)}`;
  const notes = readingNotes(column);
  if (column.kind === 'ignored') {
    const message = `${begin} is left out: ${LEFT_OUT[column.reason]}`;
    notes.push({ code: column.reason, column: name, message });
  }
  if (column.kind === 'text' && column.omitted > 0) {
    const message = `${begin}: ${column.omitted} rare categories are read as unknown`;
    notes.push({ code: 'rare-categories', column: name, message });
  }
  return notes;
}
