/**
 * The rows of a training run: read and divided, with the task that the target asks for. The test rows are held out here,
 * the validation rows by the recipe. The choice of rows depends only on the seed.
 */
import {
  columnNames,
  dropColumns,
  labelsOfColumn,
  tableKinds,
  type DataSetFormat,
} from '@vinculum/io';
import {
  type TrainPlan,
  classColumn,
  findClasses,
  trainTestSplit,
  type Column,
  type DataNote,
  type Label,
  type Loss,
  type Table,
} from 'vinculum';
import {
  checkData,
  divide,
  lossFacts,
  readingNotes,
  type Division,
  type TargetRows,
  sizedPlan,
} from 'vinculum/internal';
import { DATA_SETS, dataSetOf } from '../../data-sources.ts';
import { dataFailure, usageFailure } from '../../failure.ts';
import type { Host } from '../../host.ts';
import {
  checkExists,
  countRows,
  findColumn,
  partTable,
  pickRows,
  readDataSet,
  readDataTable,
  skippedNote,
  type LabelledRows,
} from '../../labelled-rows.ts';
import type { Tell } from '../../messages.ts';
import { encodeClasses, targetNumbers } from '../../scoring.ts';
import { readWhole } from '../../table-reading.ts';
import type { RowSelection } from './flags.ts';
import { checkTaskFlags, type CommandPlan } from './plan.ts';
import { inferTask, type Task } from './task.ts';

/** What a run learns from and is judged by. */
export interface TrainingData {
  readonly task: Task;
  /** Why this task, in words. */
  readonly reason: string;
  /** In the order of the outputs; empty for a regression. */
  readonly classes: readonly Label[];
  /** Rows to learn from and to stop early by. */
  readonly known: LabelledRows;
  /** The same, in the form of the recipe. */
  readonly numbers: TargetRows;
  readonly division: Division;
  /** The plan for these rows, as its budget has sized it. */
  readonly sized: TrainPlan;
  /** Absent if every row is learned from. */
  readonly test: LabelledRows | undefined;
  /** What is suspicious in the data. */
  readonly warnings: readonly DataNote[];
}

/** Training rows and, if the user gave them, test rows. */
interface ReadRows extends ChosenTask {
  /** The target as the task takes it: classes keep their spelling. */
  readonly known: LabelledRows;
  readonly test: LabelledRows | undefined;
  readonly warnings: readonly DataNote[];
}

/** The task, and why it is the task. */
interface ChosenTask {
  readonly task: Task;
  readonly reason: string;
}

/** Reads DATA and divides it. */
export async function readTrainingData(
  plan: CommandPlan,
  host: Host,
  tell: Tell,
): Promise<TrainingData> {
  const { selection } = plan;
  const { data } = selection;
  const set = dataSetOf(data);
  const read =
    set !== undefined
      ? await readDataSetRows(set, selection)
      : await readTableRows(data, selection, host, tell);
  const { task, reason, warnings } = read;
  checkTaskFlags(plan, task, reason);
  const { known, test } = holdOutTest(read, plan, task);
  if (task === 'regression') {
    checkNumbers(read.known, plan.training.regression.loss);
    const numbers = { rows: known.rows, targets: targetNumbers(known.target), columns: 1 };
    const sized = sizedPlan(plan.training.regression, known.rows, 1);
    const division = divide('train', sized, numbers);
    return { task, reason, classes: [], known, test, numbers, division, sized, warnings };
  }
  const classes = findClasses(labelsOfColumn(read.known.target));
  if (classes.length < 2) {
    throw dataFailure(
      `the target '${read.known.target.name}' must have at least 2 classes; every row is '${String(classes[0])}'.`,
      { hint: 'name another column with -t, or give rows of another class' },
    );
  }
  const numbers = { rows: known.rows, targets: encodeClasses(classes, known), columns: 1 };
  const sized = sizedPlan(plan.training.classification, known.rows, classes.length);
  const division = divide('train', sized, numbers);
  return { task, reason, classes, known, test, numbers, division, sized, warnings };
}

/** @throws {CommandFailure} exit 3 when a target is no number, or one that the loss cannot learn from */
function checkNumbers({ target, numbers }: LabelledRows, { kind }: Loss): void {
  const { least = -Infinity } = lossFacts(kind);
  const values = targetNumbers(target);
  const wrong = values.findIndex((value) => value < least);
  if (wrong === -1) return;
  throw dataFailure(
    `row ${numbers[wrong]}, column '${target.name}': must be at least ${least} for the loss '${kind}'; got ${values[wrong]}.`,
    { hint: `correct the file there, or leave --loss ${kind} off` },
  );
}

/** The rows that early stopping watches, if any. */
export function validationRows({ known, division }: TrainingData): LabelledRows | undefined {
  return division.validation.length === 0 ? undefined : pickRows(known, division.validation);
}

/** How many rows there are for each purpose. */
export function rowCounts({
  division,
  test,
}: TrainingData): Record<'train' | 'validation' | 'test', number> {
  return {
    train: division.training.length,
    validation: division.validation.length,
    test: test === undefined ? 0 : countRows(test),
  };
}

async function readDataSetRows(set: DataSetFormat, options: RowSelection): Promise<ReadRows> {
  const { target, drop, test } = options;
  if (target !== undefined && target !== set.target) {
    throw usageFailure(`--target of ${set.name} is '${set.target}'; got '${target}'.`, {
      hint: `leave --target off`,
      replace: { wrong: target, right: set.target },
    });
  }
  if (drop !== undefined || test !== undefined) {
    throw usageFailure(
      `--${drop === undefined ? 'test' : 'drop'} goes with tables; ${set.name} has its own test rows.`,
      { hint: `vinculum train ${set.name}` },
    );
  }
  const { train, test: own } = await readDataSet(set, options.dataDir);
  return { known: train, test: own, warnings: [], ...chooseTask(train.target, options) };
}

async function readTableRows(
  data: string,
  options: RowSelection,
  host: Host,
  tell: Tell,
): Promise<ReadRows> {
  if (options.dataDir !== undefined) {
    throw usageFailure(`--data-dir goes with ${DATA_SETS.join(' and ')}; got '${data}'.`, {
      hint: `vinculum train ${DATA_SETS[0]} --data-dir ${options.dataDir}`,
    });
  }
  const table = await readDataTable(data, options, host);
  const { target } = options;
  if (target === undefined) throw missingTarget(data, table);
  findColumn(table, target, '--target');
  const kept = withTargetNotes(dropColumns(table, droppedColumns(table, options)), target);
  const known = partTable(kept, target);
  if (known.skipped > 0) tell(skippedNote(known.skipped, target));
  const chosen = chooseTask(known.labelled.target, options);
  const asTask = ({ target: column, ...rest }: LabelledRows): LabelledRows => ({
    ...rest,
    target: chosen.task === 'classification' ? classColumn(column) : column,
  });
  const learned = asTask(known.labelled);
  const { rows } = known.labelled;
  const warnings = 'data' in rows ? [] : checkData(withColumn(rows, known.labelled.target), target);
  if (options.test === undefined) return { known: learned, test: undefined, warnings, ...chosen };
  await checkExists(options.test);
  const kinds = tableKinds(kept);
  if (chosen.task === 'classification') kinds.set(target, learned.target.kind);
  const test = partTable(await readWhole(options.test, options, host, kinds), target);
  if (test.skipped > 0) tell(`${options.test}: ${skippedNote(test.skipped, target)}`);
  return { known: learned, test: asTask(test.labelled), warnings, ...chosen };
}

/** The rows with their target again, for the checks that compare the two. */
function withColumn(table: Table, column: Column): Table {
  return { ...table, columns: [...table.columns, column] };
}

/**
 * A table with the notes that still hold: those of its own columns, without words for "missing" in a target of text, which
 * are classes, and with how the target was read.
 */
function withTargetNotes(table: Table, target: string): Table {
  const column = findColumn(table, target, '--target');
  const names = new Set(columnNames(table));
  const kept = (table.notes ?? []).filter(
    (note) =>
      (note.column === undefined || names.has(note.column)) &&
      (note.code !== 'missing-words' || note.column !== target || column.spellings === undefined),
  );
  const notes = [...kept, ...(column.kind === 'number' ? readingNotes(column) : [])];
  return { ...table, notes };
}

function missingTarget(data: string, table: Table): Error {
  const names = columnNames(table);
  const last = names.at(-1) ?? 'target';
  return usageFailure(
    `train needs the column to predict: -t, --target. The columns of '${data}' are ${names.slice(0, 12).join(', ')}${names.length > 12 ? `, … ${last}` : ''}.`,
    { hint: `vinculum train ${data} -t ${last}` },
  );
}

/** The columns of `--drop`. A name with commas is not split if there is a column of that name. */
function droppedColumns(table: Table, options: RowSelection): string[] {
  const known = new Set(columnNames(table));
  const names = (options.drop ?? []).flatMap((word) =>
    known.has(word) ? [word] : word.split(',').map((name) => name.trim()),
  );
  for (const name of names) {
    findColumn(table, name, '--drop');
    if (name === options.target) {
      throw usageFailure(`--drop must not name the target; got '${name}'.`, {
        hint: 'leave it out of --drop: the target is never an input',
      });
    }
  }
  return names;
}

function chooseTask(target: Column, options: RowSelection): ChosenTask {
  const inferred = inferTask(target);
  return options.task === undefined ? inferred : { task: options.task, reason: 'as --task says' };
}

/** Holds out test rows, stratified if there are classes, unless the user gave test rows. */
function holdOutTest(
  { known, test }: ReadRows,
  { testFraction, seed }: CommandPlan,
  task: Task,
): { readonly known: LabelledRows; readonly test: LabelledRows | undefined } {
  if (testFraction === 0) return { known, test: undefined };
  if (test !== undefined) return { known, test };
  const labels = task === 'classification' ? { labels: labelsOfColumn(known.target) } : {};
  const held = trainTestSplit(countRows(known), { testFraction, seed, ...labels });
  return { known: pickRows(known, held.train), test: pickRows(known, held.test) };
}
