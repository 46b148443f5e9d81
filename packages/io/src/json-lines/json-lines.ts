/**
 * JSON Lines as a format of tables: one object to a line, whose names are the columns. The kind of a value is the one that
 * it has in JSON, so `"7"` is text and 7 a number; an absent name and null are missing values. Objects and arrays inside a
 * row are refused by name, because a table has no place for them.
 *
 * Source: the JSON Lines format, https://jsonlines.org; RFC 8259 (grammar; of two equal names the last counts).
 */
import { DataError } from 'vinculum';
import { losesDigits, show } from 'vinculum/internal';
import type { OpenSource } from '../source.ts';
import { requireColumns, type TableFormat } from '../table-format.ts';
import { textOf } from '../text.ts';
import { ObjectColumns } from './object-columns.ts';

/** The longest line, in bytes, so that a broken file fails early. */
const MAX_LINE_LENGTH = 1 << 24;

const LF = 10;
const BRACE = 123;
const QUOTE = 34;

/** The row of the registry. */
export const JSON_LINES: TableFormat = {
  kind: 'table',
  name: 'json-lines',
  title: 'a JSON Lines file',
  endings: ['.jsonl', '.ndjson'],
  options: [],
  recognises: (head) => head[0] === BRACE && head[1] === QUOTE,
  reader() {
    return {
      async read(source, request) {
        const { kinds, onRows } = request;
        const columns = new ObjectColumns(source, kinds, false);
        for await (const lines of linesOf(source)) {
          addLines(source, columns, lines);
          onRows(columns.rowCount);
        }
        const table = columns.take();
        const names = table.columns.map(({ name }) => name);
        requireColumns(source, names, request);
        return table;
      },
      async *readBatches(source, request) {
        const { kinds, onRows } = request;
        const columns = new ObjectColumns(source, kinds, true);
        let rows = 0;
        for await (const lines of linesOf(source)) {
          addLines(source, columns, lines);
          const firstRow = rows + 1;
          rows += columns.rowCount;
          onRows(rows);
          if (columns.rowCount > 0) yield { ...columns.take(), firstRow };
        }
        // Only now, because any row may be the first to have a column.
        requireColumns(source, [...columns.seen], request);
      },
    };
  },
};

/** A line of text, and its number from 1. */
interface Line {
  readonly text: string;
  readonly number: number;
}

/** The lines of a text, some at a time. */
async function* linesOf(source: OpenSource): AsyncGenerator<Line[]> {
  const pieces = textOf(source);
  let rest: Uint8Array = new Uint8Array(0);
  let number = 1;
  for (;;) {
    const piece = await pieces.next();
    const bytes = piece === undefined ? rest : Buffer.concat([rest, piece]);
    const lines: Line[] = [];
    let start = 0;
    for (let end = bytes.indexOf(LF, start); end !== -1; end = bytes.indexOf(LF, start)) {
      lines.push({ text: textBetween(bytes, start, end), number: number++ });
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (piece === undefined) lines.push({ text: textBetween(rest, 0, rest.length), number });
    else if (rest.length > MAX_LINE_LENGTH) {
      throw new DataError(
        `${source.where}: ${source.name} must have lines of at most ${MAX_LINE_LENGTH} bytes; line ${number} is longer.`,
      );
    }
    yield lines;
    if (piece === undefined) return;
  }
}

function textBetween(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
}

function addLines(source: OpenSource, columns: ObjectColumns, lines: readonly Line[]): void {
  for (const { text, number } of lines) {
    if (text.trim() !== '') columns.add(parseLine(source, text, number), number);
  }
}

function parseLine({ where, name }: OpenSource, text: string, line: number): object {
  const refuse = (rule: string, got: string): DataError =>
    new DataError(`${where}: ${name} line ${line} must be ${rule}; got ${got}.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse('one JSON object', show(text));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refuse('one JSON object', show(value));
  }
  const rounded = roundedInteger(text);
  if (rounded !== undefined) {
    throw refuse('free of integers that float64 rounds; in quotes they are text', rounded);
  }
  return value;
}

const LONG_INTEGER = /\d{16}/;
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/** An integer of which JSON.parse has lost digits without a word. */
function roundedInteger(text: string): string | undefined {
  if (!LONG_INTEGER.test(text)) return undefined;
  return text.match(TOKENS)?.find(isRounded);
}

function isRounded(token: string): boolean {
  const value = Number(token);
  return Number.isFinite(value) && losesDigits(token, value);
}
