/**
 * The rows of a data file in the form a model takes, in batches where the model knows its columns by name, so
 * that memory does not grow with the file.
 */
import { readTableBatches } from '@vinculum/io';
import {
  dropColumns,
  type Column,
  type ColumnKind,
  type Label,
  type Matrix,
  type Table,
} from 'vinculum';
import { usageFailure } from './failure.ts';
import type { Host } from './host.ts';
import {
  checkExists,
  FASHION_MNIST,
  findColumn,
  numberRows,
  partTable,
  readDataTable,
  readFashion,
  sourceOf,
  type LabelledRows,
} from './labelled-rows.ts';
import type { OpenModel } from './open-model.ts';

/** The options that tell where rows and truth are. */
export interface RowOptions {
  readonly target?: string;
  readonly dataDir?: string;
}

/** Rows without their truth. */
export interface PlainRows {
  readonly rows: Table | Matrix;
  /** The numbers of the rows in their file, from 1. */
  readonly numbers: Uint32Array;
}

/** Batches of rows to predict. */
export async function* readRows(
  data: string,
  open: OpenModel,
  options: RowOptions,
  host: Host,
): AsyncGenerator<PlainRows> {
  if (data === FASHION_MNIST) {
    const { rows, numbers } = (await readFashion(options.dataDir)).test;
    yield { rows, numbers };
    return;
  }
  const { kinds } = open;
  if (kinds === undefined) {
    const table = await readDataTable(data, host);
    const rows = withoutTarget(table, open.target);
    yield { rows, numbers: numberRows(rows) };
    return;
  }
  await checkExists(data);
  for await (const rows of readTableBatches(sourceOf(data, host), { kinds })) {
    yield { rows, numbers: numberRows(rows) };
  }
}

/** A batch of rows with their truth, and how many rows without one were left out of it. */
export interface LabelledBatch {
  readonly labelled: LabelledRows;
  readonly skipped: number;
}

/**
 * Batches of rows with their truth.
 *
 * @throws {CommandFailure} exit 2 when nobody says which column is the truth
 */
export async function* readLabelledRows(
  data: string,
  open: OpenModel,
  options: RowOptions,
  host: Host,
): AsyncGenerator<LabelledBatch> {
  if (data === FASHION_MNIST) {
    yield { labelled: (await readFashion(options.dataDir)).test, skipped: 0 };
    return;
  }
  const target = targetName(open, options);
  await checkExists(data);
  if (open.kinds === undefined) {
    const table = await readDataTable(data, host);
    findColumn(table, target, '--target');
    yield partTable(table, target);
    return;
  }
  const kinds = new Map([...open.kinds, [target, targetKind(open)] as const]);
  for await (const table of readTableBatches(sourceOf(data, host), { kinds })) {
    const batch = partBatch(table, target);
    if (batch !== undefined) yield batch;
  }
}

/** The target that the user named, or that the model was trained on. */
export function targetName(open: OpenModel, options: RowOptions): string {
  const target = options.target ?? open.target;
  if (target !== undefined) return target;
  throw usageFailure('the model file does not name its target column.', {
    hint: 'name it with -t COLUMN',
  });
}

function targetKind(open: OpenModel): ColumnKind {
  const [label] = open.classes as readonly (Label | undefined)[];
  if (typeof label === 'string') return 'text';
  return typeof label === 'boolean' ? 'boolean' : 'number';
}

/** As `partTable`; a batch may be without any truth. */
function partBatch(table: Table, target: string): LabelledBatch | undefined {
  const column = table.columns.find((one) => one.name === target);
  if (column === undefined || table.rowCount === 0) return undefined;
  return hasTruth(column) ? partTable(table, target) : undefined;
}

function hasTruth(column: Column): boolean {
  return column.kind === 'number'
    ? column.values.some((value) => !Number.isNaN(value))
    : (column.values as readonly unknown[]).some((value) => value !== null);
}

function withoutTarget(table: Table, target: string | undefined): Table {
  const there = target !== undefined && table.columns.some((column) => column.name === target);
  return there ? dropColumns(table, [target]) : table;
}
