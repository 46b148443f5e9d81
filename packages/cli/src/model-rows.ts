/**
 * The rows of a data file in the form that a model takes. If the model knows its columns by name, the rows come in
 * batches, so that memory does not grow with the file.
 */
import { dropColumns, type KnownKind } from '@vinculum/io';
import {
  DataError,
  scaleTargets,
  type Column,
  type Label,
  type Matrix,
  type Table,
} from 'vinculum';
import type { RowPlan } from './command-line/common-flags.ts';
import type { RowRange } from './command-line/readers.ts';
import { dataSetOf } from './data-sources.ts';
import { dataFailure, usageFailure } from './failure.ts';
import type { Host } from './host.ts';
import {
  checkExists,
  findColumn,
  numberRows,
  partTable,
  pickRows,
  readDataSet,
  readDataTable,
  type LabelledRows,
} from './labelled-rows.ts';
import type { OpenModel } from './open-model.ts';
import { encodeClasses, targetNumbers } from './scoring.ts';
import { readInBatches, readWhole } from './table-reading.ts';

/** Rows without their truth. */
export interface PlainRows {
  readonly rows: Table | Matrix;
  /** The numbers of the rows in their file, from 1. */
  readonly numbers: Uint32Array;
}

/** Which columns of DATA are passed on beside the inputs. */
interface BesidePlan {
  readonly keep?: readonly string[] | undefined;
  readonly withInput?: boolean;
}

/** Batches of rows to predict. */
export async function* readRows(
  data: string,
  open: OpenModel,
  plan: RowPlan & BesidePlan,
  host: Host,
): AsyncGenerator<PlainRows> {
  const set = dataSetOf(data);
  if (set !== undefined) {
    const { rows, numbers } = (await readDataSet(set, plan.dataDir)).test;
    yield { rows, numbers };
    return;
  }
  const { kinds } = open;
  if (kinds === undefined) {
    const table = await readDataTable(data, plan, host);
    const rows = withoutTarget(table, open.target);
    yield { rows, numbers: numberRows(rows) };
    return;
  }
  await checkExists(data);
  const all = passedOn(kinds, plan);
  for await (const rows of readInBatches(data, plan, host, all, plan.withInput === true)) {
    yield { rows, numbers: numberRows(rows) };
  }
}

/** The kinds of the inputs and of the columns that are passed on; these keep their spelling. */
function passedOn(
  kinds: ReadonlyMap<string, KnownKind>,
  { keep = [], withInput = false }: BesidePlan,
): ReadonlyMap<string, KnownKind> {
  const names = keep.flatMap((word) => word.split(',').map((name) => name.trim()));
  const all = new Map(kinds);
  for (const name of withInput ? kinds.keys() : names) {
    const kind = kinds.get(name) ?? 'text';
    all.set(name, { ...(typeof kind === 'string' ? { kind } : kind), spelled: true });
  }
  return all;
}

/** A batch of rows with their truth, and how many rows without one were left out of it. */
export interface LabelledBatch {
  readonly labelled: LabelledRows;
  readonly skipped: number;
}

/**
 * Batches of rows with their truth.
 *
 * @throws {CommandFailure} exit 2 when neither the flags nor the model say which column is the target
 */
export async function* readLabelledRows(
  data: string,
  open: OpenModel,
  plan: RowPlan,
  host: Host,
): AsyncGenerator<LabelledBatch> {
  const set = dataSetOf(data);
  if (set !== undefined) {
    yield { labelled: (await readDataSet(set, plan.dataDir)).test, skipped: 0 };
    return;
  }
  const target = targetName(open, plan);
  await checkExists(data);
  if (open.kinds === undefined) {
    const table = await readDataTable(data, plan, host);
    findColumn(table, target, '--target');
    yield partTable(table, target);
    return;
  }
  const kinds = labelledKinds(open.kinds, open, target);
  try {
    for await (const table of readInBatches(data, plan, host, kinds)) {
      const batch = partBatch(table, target);
      if (batch !== undefined) yield batch;
    }
  } catch (error) {
    throw await withSuggestion(error, { data, target, plan, host });
  }
}

/** If the target is not in the file: the same failure with the nearest column as a hint, for which the file is read again. */
async function withSuggestion(
  error: unknown,
  {
    data,
    target,
    plan,
    host,
  }: {
    readonly data: string;
    readonly target: string;
    readonly plan: RowPlan;
    readonly host: Host;
  },
): Promise<unknown> {
  const missing = error instanceof DataError && error.row === undefined && error.column === target;
  if (!missing || data === '-') return error;
  try {
    findColumn(await readWhole(data, plan, host), target, '--target');
    return error;
  } catch (better) {
    return better;
  }
}

/**
 * The rows of a range that have a truth.
 *
 * @throws {CommandFailure} exit 3 when the data have no such rows
 */
export async function readRange(
  data: string,
  open: OpenModel,
  plan: RowPlan,
  { first, last }: RowRange,
  host: Host,
): Promise<LabelledRows> {
  const labelled = await readAllLabelled(data, open, plan, host);
  const { numbers } = labelled;
  const wanted = Uint32Array.from(numbers.keys()).filter((index) => {
    const number = numbers[index] ?? 0;
    return number >= first && number <= last;
  });
  if (wanted.length > 0) return pickRows(labelled, wanted);
  const end = numbers.at(-1) ?? 0;
  throw dataFailure(
    end < first
      ? `the data must have row ${first}; the last one with a target is ${end}.`
      : `${first === last ? `row ${first} has` : `rows ${first} to ${last} have`} no value in the target column.`,
    { hint: 'rows are counted from 1, without the header' },
  );
}

async function readAllLabelled(
  data: string,
  open: OpenModel,
  plan: RowPlan,
  host: Host,
): Promise<LabelledRows> {
  const set = dataSetOf(data);
  if (set !== undefined) return (await readDataSet(set, plan.dataDir)).test;
  const target = targetName(open, plan);
  const kinds = open.kinds === undefined ? undefined : labelledKinds(open.kinds, open, target);
  return partTable(await readDataTable(data, plan, host, kinds), target).labelled;
}

function labelledKinds(
  kinds: ReadonlyMap<string, KnownKind>,
  open: OpenModel,
  target: string,
): ReadonlyMap<string, KnownKind> {
  return new Map([...kinds, [target, targetKind(open)]]);
}

/**
 * The targets in the form of the loss: class indices, or numbers on the network's own scale.
 *
 * @throws {CommandFailure} exit 3 when a label is none of the model's classes, or a number is beyond float32
 */
export function truthsOf(open: OpenModel, labelled: LabelledRows): Int32Array | Float64Array {
  if (open.task === 'classification') return encodeClasses(open.classes, labelled);
  const { target, numbers } = labelled;
  const truths = targetNumbers(target);
  const scaled =
    open.model.kind === 'regressor' ? scaleTargets(open.model.targetScaler, truths) : truths;
  const wrong = scaled.findIndex((value) => !Number.isFinite(Math.fround(value)));
  if (wrong === -1) return scaled;
  throw dataFailure(
    `row ${numbers[wrong]}, column '${target.name}': must stay within the range of float32 once standardised; got ${truths[wrong]}.`,
    { hint: 'correct the file there and run the command again' },
  );
}

/** The target that the user named, or that the model was trained on. */
export function targetName(open: OpenModel, plan: RowPlan): string {
  const target = plan.target ?? open.target;
  if (target !== undefined) return target;
  throw usageFailure('the model file does not name its target column.', {
    hint: 'name it with -t COLUMN',
  });
}

function targetKind(open: OpenModel): KnownKind {
  if (open.targetReading !== undefined) return open.targetReading;
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
