/**
 * IDX files as a format of tables: a row for each entry of the first dimension, a column of numbers for each element
 * of it, called '0', '1', … by position as the columns of a matrix are. Images become rows of pixels.
 */
import type { Table } from 'vinculum';
import type { OpenSource } from '../source.ts';
import { requireColumns, type TableFormat, type TableRequest } from '../table-format.ts';
import {
  isIdx,
  LONGEST_HEAD,
  readElements,
  readHead,
  wrongLength,
  type IdxArray,
  type IdxHead,
} from './idx.ts';

/** Rows of a batch: enough that the overhead of a batch is small, few enough that images stay in the cache. */
const BATCH_ROWS = 256;

/** The row of the registry. */
export const IDX: TableFormat = {
  kind: 'table',
  name: 'idx',
  title: 'an IDX file',
  endings: ['.idx', '-ubyte'],
  options: [],
  recognises: isIdx,
  reader() {
    return {
      async read(source, request) {
        const { onRows } = request;
        const array = await readWhole(source, request);
        const names = namesOf(array);
        const table = rowsOf(array, { first: 0, count: array.shape[0]!, names, columns: names });
        onRows(table.rowCount);
        return table;
      },
      async *readBatches(source, request) {
        const { kinds, onRows } = request;
        const array = await readWhole(source, request);
        const names = namesOf(array);
        const columns = names.filter((name) => kinds.has(name));
        const rows = array.shape[0]!;
        for (let first = 0; first < rows; first += BATCH_ROWS) {
          const count = Math.min(BATCH_ROWS, rows - first);
          onRows(first + count);
          yield { ...rowsOf(array, { first, count, names, columns }), firstRow: first + 1 };
        }
      },
    };
  },
};

/** Reads the number of bytes that the head announces, and at most one piece more. */
async function readWhole(source: OpenSource, request: TableRequest): Promise<IdxArray> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  let head: IdxHead | undefined;
  for (let piece = await source.next(); piece !== undefined; piece = await source.next()) {
    pieces.push(piece);
    length += piece.length;
    if (length >= LONGEST_HEAD) head ??= readHead(Buffer.concat(pieces), source.name);
    if (head !== undefined && length > head.fileLength)
      throw wrongLength(head, source.name, 'more');
  }
  const bytes = Buffer.concat(pieces);
  const array = readElements(head ?? readHead(bytes, source.name), bytes, source.name);
  requireColumns(source, namesOf(array), request);
  return array;
}

/** '0', '1', …: one for each element of an entry. */
function namesOf({ shape }: IdxArray): string[] {
  const width = shape.slice(1).reduce((product, size) => product * size, 1);
  return Array.from({ length: width }, (_, index) => String(index));
}

interface Part {
  readonly first: number;
  readonly count: number;
  /** Of all columns, and of those that are wanted. */
  readonly names: readonly string[];
  readonly columns: readonly string[];
}

function rowsOf({ data }: IdxArray, { first, count, names, columns }: Part): Table {
  const width = names.length;
  return {
    rowCount: count,
    columns: columns.map((name) => {
      const values = new Float64Array(count);
      const start = first * width + Number(name);
      for (let row = 0; row < count; row++) values[row] = data[start + row * width]!;
      return { name, kind: 'number', values };
    }),
  };
}
