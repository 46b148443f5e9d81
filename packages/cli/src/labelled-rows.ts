/**
 * Rows with their true values, for training and measuring: a table and its target column, or images and their labels.
 * This file reads, selects and splits rows; it changes no numbers.
 */
import { access, readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import {
  columnNames,
  dropColumns,
  selectColumns,
  type DataSetFormat,
  type KnownKind,
  type LabelledMatrix,
} from '@vinculum/io';
import { counted } from '@vinculum/report';
import {
  cellAt,
  classColumn,
  selectMatrixRows,
  selectRows,
  type Column,
  type Matrix,
  type Table,
} from 'vinculum';
import { listed, nearest, rowNumberOf, sliceRows, sliceTable } from 'vinculum/internal';
import type { ReaderPlan } from './command-line/reader-flags.ts';
import { DATA_FORMS, DATA_SETS } from './data-sources.ts';
import { dataFailure, type CommandFailure } from './failure.ts';
import type { Host } from './host.ts';
import { readWhole } from './table-reading.ts';

/** The target columns: one, or several that one model predicts together. */
export type Targets = readonly [Column, ...Column[]];

/** Rows and their true values; all have the same length. */
export interface LabelledRows {
  readonly rows: Table | Matrix;
  readonly targets: Targets;
  /** Columns that say how the rows count or belong together; absent if no column does. */
  readonly roles?: Table | undefined;
  /** The numbers of the rows in their file, from 1. */
  readonly numbers: Uint32Array;
}

/**
 * The table in a file, or in stdin for `-`.
 *
 * @param kinds - the columns whose kind is known; they must be there
 * @throws {CommandFailure} exit 3, with a file of a similar name as hint if there is one
 */
export async function readDataTable(
  data: string,
  plan: ReaderPlan,
  host: Host,
  kinds?: ReadonlyMap<string, KnownKind>,
): Promise<Table> {
  await checkExists(data);
  const table = await readWhole(data, plan, host, kinds);
  if (table.rowCount === 0)
    throw dataFailure(`'${data}' must have rows; it has only a header.`, {
      hint: 'give a file with a line for each row below the names of the columns',
    });
  return table;
}

/** @throws {CommandFailure} exit 3 when DATA is a path to a file that does not exist */
export async function checkExists(data: string): Promise<void> {
  if (data === '-') return;
  try {
    await access(data);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw await nearestFile(data, `DATA is ${DATA_FORMS}`);
    }
  }
}

/**
 * The failure for a file that does not exist, exit 3; if another file beside it has a similar name, that one is
 * offered.
 */
export async function nearestFile(path: string, otherwise: string): Promise<CommandFailure> {
  const folder = dirname(path);
  const near = nearestName(basename(path), await fileNames(folder));
  const right =
    near === undefined ? nearest(path, DATA_SETS) : folder === '.' ? near : join(folder, near);
  return dataFailure(`there is no file '${path}'.`, {
    hint: otherwise,
    replace: right === undefined ? undefined : { wrong: path, right },
  });
}

/** The regular files of a folder. A typing error never means a device or a pipe. */
async function fileNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

/** The nearest name; an ending that two names share says nothing about how near they are. */
function nearestName(name: string, names: readonly string[]): string | undefined {
  const ending = extname(name);
  const stems = names.map((one) =>
    one.endsWith(ending) ? one.slice(0, one.length - ending.length) : one,
  );
  const near = nearest(name.slice(0, name.length - ending.length), stems);
  return near === undefined ? undefined : names[stems.indexOf(near)];
}

/** Names of columns for {@link partTable}. */
export interface Parts {
  readonly targets: readonly string[];
  /** Columns that say how rows count or belong together. */
  readonly roles?: readonly string[];
  /** Columns that are not learned from, in addition to the targets. */
  readonly leftOut?: readonly string[];
}

/**
 * A table divided into rows, targets and columns of a role. Rows without a target are omitted; `skipped` is their number.
 *
 * @throws {CommandFailure} exit 3 when there is no such column, with the nearest as hint
 */
export function partTable(
  table: Table,
  { targets: wanted, roles = [], leftOut = [] }: Parts,
): { readonly labelled: LabelledRows; readonly skipped: number } {
  const targets = wanted.map((name) => {
    const found = findColumn(table, name, '--target');
    // In a target of text only the empty cell is missing, because `None` may be a class.
    return found.kind === 'text' || found.kind === 'date' ? classColumn(found) : found;
  });
  const known = rowsWithValues(targets, table.rowCount);
  if (known.length === 0) throw withoutValues(wanted);
  const all = {
    rows: dropColumns(table, [...wanted, ...leftOut]),
    targets: targets as unknown as Targets,
    numbers: numberRows(table),
    ...(roles.length === 0 ? {} : { roles: selectColumns(table, roles) }),
  };
  const labelled = known.length === table.rowCount ? all : pickRows(all, known);
  return { labelled, skipped: table.rowCount - known.length };
}

/** The rows that have a value of each target. */
function rowsWithValues(targets: readonly Column[], rows: number): Uint32Array {
  const known = new Uint32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    if (targets.every((target) => cellAt(target, row) !== null)) known[count++] = row;
  }
  return known.subarray(0, count);
}

function withoutValues(targets: readonly string[]): CommandFailure {
  const [only] = targets;
  return targets.length === 1
    ? dataFailure(`the target '${only}' must have values; it has none.`, {
        hint: 'name another column with -t',
      })
    : dataFailure(
        `the targets ${quoted(targets)} must have values in the same row; no row has all of them.`,
        { hint: 'train a model for each of them' },
      );
}

/** `'a', 'b' and 'c'` */
export function quoted(names: readonly string[]): string {
  return listed(
    names.map((name) => `'${name}'`),
    { last: 'and' },
  );
}

/** The column of a name that the user gave. */
export function findColumn(table: Table, name: string, option: string): Column {
  const found = table.columns.find((column) => column.name === name);
  if (found !== undefined) return found;
  const names = columnNames(table);
  const near = nearest(name, names);
  const [only = ''] = names;
  if (names.length === 1 && only.split(/\s+/).includes(name)) {
    throw dataFailure(`${option}: there is no column '${name}'; the only column is '${only}'.`, {
      hint: `if spaces separate the columns, add --delimiter space`,
    });
  }
  throw dataFailure(
    `${option}: there is no column '${name}'. ${near === undefined ? `The columns are ${listed(names)}.` : `Did you mean '${near}'?`}`,
    {
      hint: `${option} takes the name of a column, as in the first line of the file`,
      replace: near === undefined ? undefined : { wrong: name, right: near },
    },
  );
}

/** Row numbers of a table in its file. */
export function numberRows(table: Table): Uint32Array {
  if (table.rowNumbers instanceof Uint32Array) return table.rowNumbers;
  return Uint32Array.from({ length: table.rowCount }, (_, row) => rowNumberOf(table, row));
}

/** The rows at the given indices. */
export function pickRows(labelled: LabelledRows, indices: Uint32Array): LabelledRows {
  const { rows, targets, roles, numbers } = labelled;
  const ofTargets = { rowCount: numbers.length, columns: targets, rowNumbers: numbers };
  const picked = selectRows(ofTargets, indices);
  const pickedNumbers = numberRows(picked);
  return {
    rows:
      'data' in rows
        ? selectMatrixRows(rows, indices)
        : { ...selectRows(rows, indices), rowNumbers: pickedNumbers },
    targets: picked.columns as unknown as Targets,
    numbers: pickedNumbers,
    ...(roles === undefined ? {} : { roles: selectRows(roles, indices) }),
  };
}

/** Rows [first, end). Of a table that waits on the disk only these rows are loaded. */
export function sliceLabelled(
  { rows, targets, roles, numbers }: LabelledRows,
  first: number,
  end: number,
): LabelledRows {
  const part = sliceTable({ rowCount: numbers.length, columns: targets }, first, end);
  return {
    rows: sliceRows(rows, first, end),
    targets: part.columns as unknown as Targets,
    numbers: numbers.subarray(first, end),
    ...(roles === undefined ? {} : { roles: sliceTable(roles, first, end) }),
  };
}

/** How many rows there are. */
export function countRows({ numbers }: LabelledRows): number {
  return numbers.length;
}

/** The rows of a data set, each part numbered from 1. */
export async function readDataSet(
  format: DataSetFormat,
  directory: string | undefined,
): Promise<{ readonly train: LabelledRows; readonly test: LabelledRows }> {
  const { train, test } = await format.read(directory);
  return { train: numbered(train), test: numbered(test) };
}

function numbered({ rows, target }: LabelledMatrix): LabelledRows {
  const numbers = Uint32Array.from({ length: rows.rows }, (_, row) => row + 1);
  return { rows, targets: [target], numbers };
}

/** `3 rows without a value of 'sex' left out` */
export function skippedNote(skipped: number, targets: readonly string[]): string {
  return `${counted(skipped, 'row')} without a value of ${quoted(targets)} left out`;
}
