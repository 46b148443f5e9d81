/**
 * The rows of a data file in the form that a model takes. If the model knows its columns by name, the rows come in
 * batches, so that memory does not grow with the file.
 */
import { dropColumns, type KnownKind } from '@vinculum/io';
import { cellAt, DataError, type Column, type Label, type Matrix, type Table } from 'vinculum';
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
  quoted,
  readDataSet,
  readDataTable,
  type LabelledRows,
} from './labelled-rows.ts';
import { outputsOf, type OpenModel } from './open-model.ts';
import type { Roles } from './roles.ts';
import { readInBatches, readWhole } from './table-reading.ts';

/** Rows without their truth. */
export interface PlainRows {
  readonly rows: Table | Matrix;
  /** The numbers of the rows in their file, from 1. */
  readonly numbers: Uint32Array;
}

/** Which column weighs the rows; absent, the one that the model names. */
export interface WeightPlan {
  readonly weight?: string | undefined;
}

/** Which columns of DATA are passed on beside the inputs. */
interface BesidePlan {
  readonly keep?: readonly string[] | undefined;
  readonly withInput?: boolean;
  /** Called with the names of all columns of DATA, if the model finds its columns by name. */
  readonly onColumns?: (names: readonly string[]) => void;
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
    const rows = withoutTargets(table, open.targets);
    yield { rows, numbers: numberRows(rows) };
    return;
  }
  await checkExists(data);
  const all = passedOn(open, kinds, plan);
  const { withInput = false, onColumns } = plan;
  try {
    for await (const rows of readInBatches(data, plan, host, all, { withInput, onColumns })) {
      yield { rows, numbers: numberRows(rows) };
    }
  } catch (error) {
    const kept = namesIn(plan.keep ?? []).filter((name) => !kinds.has(name));
    const flags = new Map(kept.map((name) => [name, '--keep']));
    throw await withSuggestion(error, { data, flags, plan, host });
  }
}

/** The kinds of the inputs and of the columns that are passed on; these keep their spelling. */
function passedOn(
  { roles }: OpenModel,
  kinds: ReadonlyMap<string, KnownKind>,
  { keep = [], withInput = false }: BesidePlan,
): ReadonlyMap<string, KnownKind> {
  const all = new Map(kinds);
  const pass = (name: string, optional: boolean): void => {
    const kind = kinds.get(name) ?? 'text';
    all.set(name, { optional, ...(typeof kind === 'string' ? { kind } : kind), spelled: true });
  };
  for (const name of roles.id) pass(name, true);
  for (const name of withInput ? kinds.keys() : namesIn(keep)) pass(name, false);
  return all;
}

/** The names in the words of a flag, which have commas between them. */
export function namesIn(words: readonly string[]): string[] {
  return words.flatMap((word) => word.split(',').map((name) => name.trim()));
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
  plan: RowPlan & WeightPlan,
  host: Host,
): AsyncGenerator<LabelledBatch> {
  const set = dataSetOf(data);
  if (set !== undefined) {
    if (plan.weight !== undefined) {
      throw usageFailure(`--weight goes with tables; ${set.name} has no columns of weights.`, {
        hint: 'leave --weight off',
      });
    }
    yield { labelled: (await readDataSet(set, plan.dataDir)).test, skipped: 0 };
    return;
  }
  const targets = targetNames(open, plan);
  await checkExists(data);
  const { weight } = weightRole(open, plan);
  if (open.kinds === undefined) {
    const table = await readDataTable(data, plan, host);
    const roles = plan.weight === undefined ? [] : [plan.weight];
    for (const target of targets) findColumn(table, target, '--target');
    for (const role of roles) findColumn(table, role, '--weight');
    yield partTable(table, { targets, roles, leftOut: roles });
    return;
  }
  const kinds = labelledKinds(open.kinds, open, targets);
  if (weight !== undefined) {
    kinds.set(weight, { kind: 'number', optional: plan.weight === undefined });
  }
  try {
    for await (const table of readInBatches(data, plan, host, kinds)) {
      const batch = partBatch(table, targets, weight);
      if (batch !== undefined) yield batch;
    }
  } catch (error) {
    const flags = new Map([
      ...targets.map((name) => [name, '--target'] as const),
      ...(plan.weight === undefined ? [] : [[plan.weight, '--weight'] as const]),
    ]);
    throw await withSuggestion(error, { data, flags, plan, host });
  }
}

/** The role of the column that weighs the rows of an evaluation: the flag says it, or else the model. */
export function weightRole({ roles }: OpenModel, { weight }: WeightPlan): Roles {
  return { id: [], weight: weight ?? roles.weight };
}

/** If a column that a flag names is not in the file: the same failure with the nearest column as a hint, for which the file is read again. */
async function withSuggestion(
  error: unknown,
  {
    data,
    flags,
    plan,
    host,
  }: {
    readonly data: string;
    readonly flags: ReadonlyMap<string, string>;
    readonly plan: RowPlan;
    readonly host: Host;
  },
): Promise<unknown> {
  if (!(error instanceof DataError) || error.row !== undefined || data === '-') return error;
  const { column } = error;
  const flag = typeof column === 'string' ? flags.get(column) : undefined;
  if (flag === undefined || typeof column !== 'string') return error;
  try {
    findColumn(await readWhole(data, plan, host), column, flag);
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

/** All rows that have a truth, in memory. */
export async function readAllLabelled(
  data: string,
  open: OpenModel,
  plan: RowPlan,
  host: Host,
): Promise<LabelledRows> {
  const set = dataSetOf(data);
  if (set !== undefined) return (await readDataSet(set, plan.dataDir)).test;
  const targets = targetNames(open, plan);
  const kinds = open.kinds === undefined ? undefined : labelledKinds(open.kinds, open, targets);
  return partTable(await readDataTable(data, plan, host, kinds), { targets }).labelled;
}

function labelledKinds(
  kinds: ReadonlyMap<string, KnownKind>,
  open: OpenModel,
  targets: readonly string[],
): Map<string, KnownKind> {
  return new Map([
    ...kinds,
    ...targets.map((target, index) => [target, targetKind(open, index)] as const),
  ]);
}

/**
 * The targets that the user named, or that the model was trained on.
 *
 * @throws {CommandFailure} exit 2 when neither is known, or the model has another number of targets
 */
export function targetNames(open: OpenModel, plan: RowPlan): readonly string[] {
  const targets = plan.target ?? open.targets;
  const count = open.task === 'classification' ? 1 : outputsOf(open.network);
  if (targets.length === 0) {
    throw usageFailure(
      `the model file does not name its target ${count === 1 ? 'column' : 'columns'}.`,
      {
        hint:
          count === 1 ? 'name it with -t COLUMN' : `name its ${count} targets with -t COLUMN each`,
      },
    );
  }
  if (targets.length === count) return targets;
  throw usageFailure(
    `--target must be given ${count === 1 ? 'once' : `${count} times, once for each target of the model`}; got ${quoted(targets)}.`,
    {
      hint:
        open.targets.length === count
          ? `leave it off: the model names ${quoted(open.targets)}`
          : "'vinculum inspect MODEL' tells what the model predicts",
    },
  );
}

function targetKind({ task, model, targetReadings, classes }: OpenModel, index: number): KnownKind {
  const reading = targetReadings[index];
  if (reading !== undefined) return reading;
  if (task === 'multilabel' && model.kind === 'classifier') return model.labels ?? 'number';
  const [label] = classes as readonly (Label | undefined)[];
  if (typeof label === 'string') return 'text';
  return typeof label === 'boolean' ? 'boolean' : 'number';
}

/** As `partTable`; a batch may be without any row that has every truth. */
function partBatch(
  table: Table,
  targets: readonly string[],
  weight: string | undefined,
): LabelledBatch | undefined {
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  const columns = targets.flatMap((name) => byName.get(name) ?? []);
  if (columns.length < targets.length || table.rowCount === 0) return undefined;
  const roles = weight !== undefined && byName.has(weight) ? [weight] : [];
  return hasTruth(columns, table.rowCount) ? partTable(table, { targets, roles }) : undefined;
}

function hasTruth(columns: readonly Column[], rows: number): boolean {
  for (let row = 0; row < rows; row++) {
    if (columns.every((column) => cellAt(column, row) !== null)) return true;
  }
  return false;
}

function withoutTargets(table: Table, targets: readonly string[]): Table {
  const there = targets.filter((name) => table.columns.some((column) => column.name === name));
  return there.length === 0 ? table : dropColumns(table, there);
}
