/**
 * The rows of a training run: read and divided, with the task that the target asks for. The test rows are held out here,
 * the validation rows by the recipe. The choice of rows depends only on the seed and on the columns of a role.
 */
import { columnNames, labelsOfColumn, tableKinds, type DataSetFormat } from '@vinculum/io';
import {
  type TrainPlan,
  classColumn,
  DataError,
  findClasses,
  trainTestSplit,
  type Column,
  type DataNote,
  type Label,
  type Table,
  type ValidationSplit,
} from 'vinculum';
import {
  checkData,
  divide,
  readingNotes,
  readSplitRoles,
  type TargetRows,
  sizedPlan,
} from 'vinculum/internal';
import { DATA_SETS, dataSetOf } from '../../data-sources.ts';
import { dataFailure, failureOf, usageFailure } from '../../failure.ts';
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
  type Targets,
} from '../../labelled-rows.ts';
import type { Tell } from '../../messages.ts';
import { NO_ROLES, splitRolesOf, weightsOf, type Roles } from '../../roles.ts';
import { encodeClasses, targetNumbers, yesOrNo } from '../../target-values.ts';
import { readWhole } from '../../table-reading.ts';
import type { RowSelection } from './row-flags.ts';
import { checkTaskFlags, type CommandPlan } from './plan.ts';
import { assignRoles, columnsOf, textColumns } from './role-flags.ts';
import { checkRows } from './row-checks.ts';
import { chooseTask, type ChosenTask, type Task } from './task.ts';

/** What a run learns from and is judged by. */
export interface TrainingData extends ChosenTask {
  /** In the order of the outputs: the classes, or the names of the labels; empty for a regression. */
  readonly classes: readonly Label[];
  /** Rows to learn from and to stop early by. */
  readonly known: LabelledRows;
  /** The same, in the form of the recipe. */
  readonly numbers: TargetRows;
  readonly division: ValidationSplit;
  /** The plan for these rows, as its budget has sized it. */
  readonly sized: TrainPlan;
  /** Absent if every row is learned from. */
  readonly test: LabelledRows | undefined;
  readonly roles: Roles;
  /** What is suspicious in the data. */
  readonly warnings: readonly DataNote[];
}

/** Training rows and, if the user gave them, test rows. */
interface ReadRows extends ChosenTask {
  /** The targets as the task takes them: classes keep their spelling. */
  readonly known: LabelledRows;
  readonly test: LabelledRows | undefined;
  readonly roles: Roles;
  readonly warnings: readonly DataNote[];
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
  const { task, reason, warnings, roles } = read;
  checkTaskFlags(plan, task, reason);
  // Values that are wrong are refused in the order of the file, whether or not a split holds them out.
  const classes = classesOf(read);
  const { sampleWeights } = numbersOf(read.known, task, classes, roles);
  checkRows({
    ...read,
    sampleWeights,
    stopsEarly: plan.training[task].validationFraction > 0,
    holdsOut: plan.testFraction > 0 && read.test === undefined,
    loss: plan.training[task].loss,
  });
  const { known, test } = holdOutTest(read, plan, task);
  const numbers = numbersOf(known, task, classes, roles);
  const outputs = task === 'classification' ? classes.length : numbers.columns;
  const sized = sizedPlan(plan.training[task], known.rows, outputs);
  const division = divide('train', sized, numbers);
  return { task, reason, classes, known, test, numbers, division, sized, roles, warnings };
}

/** The classes of a classification, or the names of the labels. */
function classesOf({ task, known: { targets } }: ReadRows): readonly Label[] {
  if (task === 'multilabel') return targets.map(({ name }) => name);
  if (task === 'regression') return [];
  const [target] = targets;
  const classes = findClasses(labelsOfColumn(target));
  if (classes.length >= 2) return classes;
  throw dataFailure(
    `the target '${target.name}' must have at least 2 classes; every row is '${String(classes[0])}'.`,
    { hint: 'name another column with -t, or give rows of another class' },
  );
}

/** Rows in the form of the recipe. */
function numbersOf(
  labelled: LabelledRows,
  task: Task,
  classes: readonly Label[],
  roles: Roles,
): TargetRows {
  const { rows, targets } = labelled;
  const count = countRows(labelled);
  return {
    rows,
    targets:
      task === 'classification'
        ? encodeClasses(classes, labelled)
        : task === 'multilabel'
          ? yesOrNo(labelled)
          : targetNumbers(targets),
    columns: targets.length,
    sampleWeights: weightsOf(labelled, roles),
    split: readSplitRoles('train', splitRolesOf(labelled, roles), count),
  };
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
  const { target = [] } = options;
  const foreign = target.find((name) => name !== set.target);
  if (foreign !== undefined) {
    throw usageFailure(`--target of ${set.name} is '${set.target}'; got '${foreign}'.`, {
      hint: `leave --target off`,
      replace: { wrong: foreign, right: set.target },
    });
  }
  const ofTables = (['drop', 'id', 'weight', 'group', 'time', 'test'] as const).find(
    (name) => options[name] !== undefined,
  );
  if (ofTables !== undefined) {
    throw usageFailure(`--${ofTables} goes with tables; ${set.name} has its own test rows.`, {
      hint: `vinculum train ${set.name}`,
    });
  }
  const { train, test: own } = await readDataSet(set, options.dataDir);
  const chosen = chooseTask(train.targets, options.task);
  return { known: train, test: own, roles: NO_ROLES, warnings: [], ...chosen };
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
  const table = await readWithCategories(data, options, host);
  if (options.target === undefined) throw missingTarget(data, table);
  const targets = columnsOf(table, options.target, '--target');
  const { roles, leftOut, needed, notes } = assignRoles(table, targets, options);
  const noted = withNotes(table, [...targets, ...leftOut], targets, notes);
  const parts = { targets, roles: needed, leftOut };
  const known = partTable(noted, parts);
  if (known.skipped > 0) tell(skippedNote(known.skipped, targets));
  const chosen = chooseTask(known.labelled.targets, options.task);
  const isClass = chosen.task === 'classification';
  const asTask = (labelled: LabelledRows): LabelledRows => ({
    ...labelled,
    targets: isClass ? (labelled.targets.map(classColumn) as unknown as Targets) : labelled.targets,
  });
  const learned = asTask(known.labelled);
  const warnings = targets.flatMap((name, index) => checkTarget(known.labelled, index, name));
  if (options.test === undefined)
    return { known: learned, test: undefined, roles, warnings, ...chosen };
  await checkExists(options.test);
  const kinds = tableKinds(noted);
  for (const name of leftOut) if (!needed.includes(name)) kinds.delete(name);
  if (isClass) for (const target of learned.targets) kinds.set(target.name, target.kind);
  const other = await readWhole(options.test, options, host, kinds);
  const there = new Set(columnNames(other));
  const present = leftOut.filter((name) => there.has(name));
  const test = partTable(other, { ...parts, leftOut: present });
  if (test.skipped > 0) tell(`${options.test}: ${skippedNote(test.skipped, targets)}`);
  return { known: learned, test: asTask(test.labelled), roles, warnings, ...chosen };
}

/** DATA, with the columns that `--text` names as categories read as text. */
async function readWithCategories(data: string, options: RowSelection, host: Host): Promise<Table> {
  const categories = textColumns(options, 'category');
  const given = categories.find((name) => options.kinds?.some(([column]) => column === name));
  if (given !== undefined) {
    throw usageFailure(`--text and --kinds must name different columns; both name '${given}'.`, {
      hint: 'leave it out of one of them',
    });
  }
  if (categories.length === 0) return readDataTable(data, options, host);
  try {
    const kinds = new Map(categories.map((name) => [name, 'text'] as const));
    return await readDataTable(data, options, host, kinds);
  } catch (error) {
    if (!(error instanceof DataError) || !categories.includes(String(error.column))) throw error;
    throw dataFailure(`--text: ${failureOf(error).message}`, {
      hint: 'correct the name there, or leave it out of --text',
      cause: error,
    });
  }
}

/** What is suspicious in the inputs beside one of the targets. */
function checkTarget({ rows, targets }: LabelledRows, index: number, name: string): DataNote[] {
  const target = targets[index];
  return 'data' in rows || target === undefined ? [] : checkData(withColumn(rows, target), name);
}

/** The rows with their target again, for the checks that compare the two. */
function withColumn(table: Table, column: Column): Table {
  return { ...table, columns: [...table.columns, column] };
}

/**
 * A table with the notes that still hold: those of the columns that are learned from, without words for "missing" in a target of
 * text, which are classes, and with how the targets were read and what the other columns are for.
 *
 * @param others - the columns that are no inputs
 */
function withNotes(
  table: Table,
  others: readonly string[],
  targets: readonly string[],
  roleNotes: readonly DataNote[],
): Table {
  const isInput = (name: string): boolean => !others.includes(name);
  const columns = targets.map((name) => findColumn(table, name, '--target'));
  const kept = (table.notes ?? []).filter(({ column: name, code }) => {
    if (name === undefined || isInput(name)) return true;
    const target = columns.find((column) => column.name === name);
    return target !== undefined && (code !== 'missing-words' || target.spellings === undefined);
  });
  const read = columns.flatMap((column) => (column.kind === 'number' ? readingNotes(column) : []));
  return { ...table, notes: [...kept, ...read, ...roleNotes] };
}

function missingTarget(data: string, table: Table): Error {
  const names = columnNames(table);
  const last = names.at(-1) ?? 'target';
  return usageFailure(
    `train needs the column to predict: -t, --target. The columns of '${data}' are ${names.slice(0, 12).join(', ')}${names.length > 12 ? `, … ${last}` : ''}.`,
    { hint: `vinculum train ${data} -t ${last}` },
  );
}

/** Holds out test rows, stratified if there are classes, or by group or time, unless the user gave test rows. */
function holdOutTest(
  { known, test, roles }: ReadRows,
  { testFraction, seed }: CommandPlan,
  task: Task,
): { readonly known: LabelledRows; readonly test: LabelledRows | undefined } {
  if (testFraction === 0) return { known, test: undefined };
  if (test !== undefined) return { known, test };
  const labels = task === 'classification' ? { labels: labelsOfColumn(known.targets[0]) } : {};
  const rule = { ...labels, ...splitRolesOf(known, roles) };
  const held = trainTestSplit(countRows(known), { testFraction, seed, ...rule });
  return { known: pickRows(known, held.train), test: pickRows(known, held.test) };
}
