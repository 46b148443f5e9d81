/**
 * Parquet as a format of tables: a column for each column of the file, with the kind that its type says. Integers that
 * float64 would round become text by their spelling, decimals are read digit by digit, dates and times are dates; nulls are
 * missing values. Columns that hold several values in a row are refused by name, because a table has no place for them.
 *
 * Source: the Apache Parquet format 2.11; the file is taken apart by hyparquet.
 */
import type { Column, DataNote, Table } from 'vinculum';
import { dataError, readTexts, show } from 'vinculum/internal';
import type { OpenSource } from '../source.ts';
import { requireColumns, type KnownReading, type TableFormat } from '../table-format.ts';
import { ParquetColumn, type FileColumn } from './columns.ts';
import { openParquet, type ParquetFile } from './file.ts';
import { titleOfType } from './values.ts';

/** Rows of a batch, as many as a piece of a CSV file has. */
const BATCH_ROWS = 4096;

/** How pandas names an index that it writes as a column. */
const PANDAS_INDEX = /^__index_level_\d+__$/;

/** The row of the registry. */
export const PARQUET: TableFormat = {
  kind: 'table',
  name: 'parquet',
  title: 'a Parquet file',
  endings: ['.parquet', '.pq'],
  options: [],
  recognises: (head) => Buffer.from(head).toString('latin1') === 'PAR1',
  reader() {
    return {
      async read(source, { kinds, onRows }) {
        const file = await openParquet(source);
        try {
          requireColumns(source, namesOf(file), kinds);
          const left = file.columns.filter(
            ({ name }) => PANDAS_INDEX.test(name) && !kinds.has(name),
          );
          const wanted = file.columns
            .filter((column) => !left.includes(column))
            .map((column) => readable(source, column));
          const columns = wanted.map(
            (column) => new ParquetColumn(source, column, kinds.get(column.name), file.rowCount),
          );
          let rows = 0;
          for (const [index, count] of file.groupRows.entries()) {
            for (const column of columns) column.add(await file.read(index, column.name), rows + 1);
            rows += count;
            onRows(rows);
          }
          const notes = left.map(indexNote);
          const table = { rowCount: file.rowCount, columns: finish(source, columns) };
          return notes.length === 0 ? table : { ...table, notes };
        } finally {
          file.close();
        }
      },
      async *readBatches(source, { kinds, onRows }) {
        const file = await openParquet(source);
        try {
          requireColumns(source, namesOf(file), kinds);
          const wanted = file.columns
            .filter(({ name }) => kinds.has(name))
            .map((column) => readable(source, column));
          let rows = 0;
          for (const index of file.groupRows.keys()) {
            const group = await readGroup(source, file, { index, wanted, kinds, rows });
            for (const batch of batchesOf(group, rows + 1)) {
              rows += batch.rowCount;
              onRows(rows);
              yield batch;
            }
          }
        } finally {
          file.close();
        }
      },
    };
  },
};

function namesOf(file: ParquetFile): string[] {
  return file.columns.map(({ name }) => name);
}

/** @throws {DataError} when a table has no place for the values of the column */
function readable(
  source: OpenSource,
  { name, type, element }: ParquetFile['columns'][number],
): FileColumn {
  if (type !== undefined) return { name, type };
  const isNested = element.type === undefined || element.repetition_type === 'REPEATED';
  throw dataError(
    {
      where: source.where,
      subject: `${source.name} column ${show(name)}`,
      rule: isNested
        ? 'must hold one value in each row, because a table has no place for what is nested'
        : 'must hold numbers, texts, dates or truth values',
      got: isNested ? 'a list or a record' : titleOfType(element),
      remedy: ` Write the file without this column, or with a column for each of its values, as df.drop(columns=[${JSON.stringify(name)}]).to_parquet(…) does in pandas.`,
    },
    { column: name },
  );
}

function indexNote({ name }: { readonly name: string }): DataNote {
  return {
    code: 'index',
    message: `column ${show(name)} is left out: it is the index of a pandas data frame`,
  };
}

/** The columns, with texts that are numbers or dates read as such, as in every source that has types. */
function finish({ where }: OpenSource, columns: readonly ParquetColumn[]): Column[] {
  const finished = columns.map((column) => ({ isOpen: column.isOpen, column: column.finish() }));
  const open = finished.filter(({ isOpen }) => isOpen).map(({ column }) => column);
  const read = new Map(readTexts(where, open).map((column) => [column.name, column]));
  return finished.map(({ column }) => read.get(column.name) ?? column);
}

interface GroupRequest {
  readonly index: number;
  readonly wanted: readonly FileColumn[];
  readonly kinds: ReadonlyMap<string, KnownReading>;
  /** Rows of the groups before. */
  readonly rows: number;
}

async function readGroup(
  source: OpenSource,
  file: ParquetFile,
  { index, wanted, kinds, rows }: GroupRequest,
): Promise<Table> {
  const rowCount = file.groupRows[index]!;
  const columns: Column[] = [];
  for (const one of wanted) {
    const column = new ParquetColumn(source, one, kinds.get(one.name), rowCount);
    column.add(await file.read(index, one.name), rows + 1);
    columns.push(column.finish());
  }
  return { rowCount, columns };
}

function* batchesOf({ rowCount, columns }: Table, firstRow: number): Generator<Table> {
  for (let first = 0; first < rowCount; first += BATCH_ROWS) {
    const end = Math.min(rowCount, first + BATCH_ROWS);
    yield {
      rowCount: end - first,
      columns: columns.map((column) => part(column, first, end)),
      firstRow: firstRow + first,
    };
  }
}

function part(column: Column, first: number, end: number): Column {
  const values = column.values.slice(first, end);
  const spellings = column.spellings?.slice(first, end);
  return { ...column, values, ...(spellings && { spellings }) } as Column;
}
