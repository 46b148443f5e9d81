/**
 * Objects to columns: each name is a column. The kind of its first value is the kind of the column, and all other values must have it too.
 */
import { DataError, type Cell, type Column, type ColumnKind, type Table } from 'vinculum';
import { readKnownDate, readKnownNumber, readTexts, show } from 'vinculum/internal';
import type { OpenSource } from '../source.ts';
import type { KnownReading } from '../table-format.ts';

/** The cells of one column; those behind its end are missing. */
interface Cells {
  kind: ColumnKind | undefined;
  /** How its texts are read, if the caller knows. */
  readonly reading: KnownReading | undefined;
  values: (string | number | boolean | null)[];
}

const KINDS: ReadonlyMap<string, ColumnKind> = new Map([
  ['number', 'number'],
  ['string', 'text'],
  ['boolean', 'boolean'],
]);

/** Collects objects, row by row. */
export class ObjectColumns {
  /** The rows since the last `take`. */
  rowCount = 0;
  /** The names of all columns that have been met. */
  readonly seen: Set<string> = new Set<string>();
  readonly #source: OpenSource;
  readonly #kinds: ReadonlyMap<string, KnownReading>;
  readonly #onlyWanted: boolean;
  #columns = new Map<string, Cells>();
  #rowsTaken = 0;

  /**
   * @param source - what to name in messages
   * @param kinds - the columns whose kind is known
   * @param onlyWanted - whether all other columns are passed over
   */
  constructor(source: OpenSource, kinds: ReadonlyMap<string, KnownReading>, onlyWanted: boolean) {
    this.#source = source;
    this.#kinds = kinds;
    this.#onlyWanted = onlyWanted;
    this.#begin();
  }

  /** Adds a row. @throws {DataError} when a value is an object, an array or of another kind than those before it */
  add(record: object, line: number): void {
    const row = this.rowCount++;
    for (const [name, value] of Object.entries(record) as [string, unknown][]) {
      this.seen.add(name);
      const cells = this.#columns.get(name) ?? this.#newColumn(name);
      if (cells === undefined) continue;
      const cell = this.#check(name, cells, value, line);
      while (cells.values.length < row) cells.values.push(null);
      cells.values.push(cell);
    }
  }

  /** The table of the rows since the last call. */
  take(): Table {
    const { rowCount } = this;
    const typed = Array.from(this.#columns, ([name, cells]): Column => {
      const values = cells.values;
      while (values.length < rowCount) values.push(null);
      const { kind = 'number' } = cells;
      return kind === 'number' || kind === 'date'
        ? { name, kind, values: Float64Array.from(values, (value) => Number(value ?? NaN)) }
        : ({ name, kind, values } as Column);
    });
    this.#rowsTaken += rowCount;
    this.#begin();
    // Columns whose kind the caller knows are read by it already.
    const open = typed.filter(({ name }) => !this.#kinds.has(name));
    const read = new Map(readTexts(this.#source.where, open).map((one) => [one.name, one]));
    const columns = typed.map((column) => read.get(column.name) ?? column);
    return { rowCount, columns };
  }

  #begin(): void {
    this.rowCount = 0;
    const names = this.#onlyWanted ? [...this.#kinds.keys()] : [];
    this.#columns = new Map(names.map((name) => [name, this.#newCells(name)]));
  }

  #newColumn(name: string): Cells | undefined {
    if (this.#onlyWanted) return undefined;
    const cells = this.#newCells(name);
    this.#columns.set(name, cells);
    return cells;
  }

  #newCells(name: string): Cells {
    const reading = this.#kinds.get(name);
    return { kind: reading?.kind, reading, values: [] };
  }

  #check(name: string, cells: Cells, value: unknown, line: number): NonNullable<Cell> | null {
    if (value === null) return null;
    const read = typeof value === 'string' ? knownValue(cells, value.trim()) : undefined;
    if (typeof read === 'number') return read;
    const kind = KINDS.get(typeof value);
    const isPassedOn = cells.reading?.kind === 'text' && cells.reading.spelled === true;
    if (isPassedOn && kind !== undefined) {
      return typeof value === 'string' ? value : JSON.stringify(value);
    }
    const infinite = value === Infinity || value === -Infinity;
    const fits = kind !== undefined && !infinite && kind === (cells.kind ?? kind);
    if (fits) {
      cells.kind = kind;
      return value as NonNullable<Cell>;
    }
    const rule =
      kind === undefined
        ? 'a number, text, true, false or null, because a table has no place for what is nested'
        : infinite
          ? 'within the range of float64'
          : `${cells.kind === 'number' ? 'a number' : cells.kind === 'text' ? 'text' : 'true or false'}, as this column's other values`;
    const row = this.#rowsTaken + this.rowCount;
    const { where, name: file } = this.#source;
    throw new DataError(
      `${where}: ${file} row ${row} (line ${line}), column ${show(name)} must be ${rule}; got ${show(value)}.`,
      { row, column: name },
    );
  }
}

/** The number that a text spells in a column whose reading is known; undefined if it spells none. */
function knownValue({ reading }: Cells, text: string): number | string | undefined {
  if (reading?.kind === 'number') return readKnownNumber(text, reading, '.');
  return reading?.kind === 'date' ? readKnownDate(text, reading) : undefined;
}
