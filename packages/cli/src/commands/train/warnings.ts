/**
 * What makes the score of a run worth less than it seems, as sentences with a code: the person sees them, and `--json` has
 * them too. Each warning is a row of a table.
 */
import { cellAt, type Column, type DataNote, type History, type Label } from 'vinculum';
import { classReport, rowKeys } from 'vinculum/internal';
import { countRows } from '../../labelled-rows.ts';
import type { Score } from '../../scoring.ts';
import type { TrainingData } from './rows.ts';

/** The score of a model that always gives the most frequent class, or the mean, of the training rows. */
export interface Baseline {
  readonly metrics: Readonly<Record<string, number>>;
  /** What it does, in words. */
  readonly says: string;
}

/** With fewer rows held out, a score is mostly chance. */
const FEWEST_HELD_OUT = 20;

/** Of the held-out rows, so many may repeat a row of the training. */
const REPEATED_SHARE = 0.1;

/** Held-out rows of a class from which on it is strange that the class is never predicted. */
const SEEN_OFTEN = 2;

/** What is known at the end of a run. */
export interface Finished {
  readonly rows: TrainingData;
  readonly test: Score | undefined;
  readonly baseline: Baseline | undefined;
  /** One for each network. */
  readonly histories: readonly History[];
  readonly epochs: number;
}

const WARNINGS: readonly ((run: Finished) => DataNote[])[] = [
  fewRows,
  fewOfEachClass,
  neverPredicted,
  noBetter,
  repeatedRows,
  notConverged,
];

/** The warnings of a run. */
export function warningsOf(run: Finished): DataNote[] {
  return [...run.rows.warnings, ...WARNINGS.flatMap((warning) => warning(run))];
}

/** The baseline on the held-out rows. */
export function baselineOf({ task, known, test, division }: TrainingData): Baseline | undefined {
  if (test === undefined || countRows(test) === 0) return undefined;
  if (task === 'classification') {
    const counts = new Map<Label, number>();
    for (const row of division.training) {
      const label = cellAt(known.target, row);
      if (label !== null) counts.set(label, (counts.get(label) ?? 0) + 1);
    }
    const [[usual, most] = ['', 0]] = [...counts].toSorted((a, b) => b[1] - a[1]);
    if (most === 0) return undefined;
    const truths = cellsOf(test.target);
    const accuracy = truths.filter((label) => label === usual).length / truths.length;
    return { metrics: { accuracy }, says: `always '${String(usual)}'` };
  }
  const learned = Array.from(division.training, (row) => Number(cellAt(known.target, row)));
  const mean = learned.reduce((sum, value) => sum + value, 0) / Math.max(1, learned.length);
  const errors = cellsOf(test.target).map((value) => Number(value) - mean);
  const squares = errors.reduce((sum, error) => sum + error * error, 0) / errors.length;
  const mae = errors.reduce((sum, error) => sum + Math.abs(error), 0) / errors.length;
  return { metrics: { r2: 0, rmse: Math.sqrt(squares), mae }, says: 'always the mean' };
}

function cellsOf(column: Column): (string | number | boolean | null)[] {
  return Array.from({ length: column.values.length }, (_, row) => cellAt(column, row));
}

function fewRows({ test }: Finished): DataNote[] {
  if (test === undefined || test.rows >= FEWEST_HELD_OUT) return [];
  const message = `only ${test.rows} rows are held out, so the score is mostly chance; --fit-all trains on every row`;
  return [{ code: 'few-rows', count: test.rows, message }];
}

/** Integers that were taken for classes although there are few rows of each. */
function fewOfEachClass({ rows }: Finished): DataNote[] {
  const { classes, known, reason } = rows;
  const isGuess = typeof classes[0] === 'number' && reason !== 'as --task says';
  if (!isGuess || classes.length < 6 || countRows(known) >= 10 * classes.length) return [];
  const message = `the ${classes.length} integers of '${known.target.name}' are taken for classes, with few rows of each; --task regression takes them for quantities`;
  return [{ code: 'counts-as-classes', column: known.target.name, message }];
}

function neverPredicted({ rows, test }: Finished): DataNote[] {
  if (test === undefined) return [];
  const { classes } = rows;
  const { confusion } = test;
  return classReport(confusion, classes.length).flatMap(({ support, predicted }, k): DataNote[] => {
    if (predicted > 0 || support < SEEN_OFTEN) return [];
    const message = `class '${String(classes[k])}' is never predicted, although ${support} of ${test.rows} held-out rows are of it; try --class-weight balanced`;
    return [{ code: 'never-predicted', count: support, message }];
  });
}

function noBetter({ test, baseline }: Finished): DataNote[] {
  if (test === undefined || baseline === undefined) return [];
  const name = baseline.metrics['accuracy'] === undefined ? 'r2' : 'accuracy';
  const [own = NaN, base = NaN] = [test.metrics.get(name), baseline.metrics[name]];
  if (!(own <= base) || base === 1) return [];
  const message = `the model is no better than a guess (${baseline.says})`;
  return [{ code: 'no-better-than-baseline', message }];
}

function repeatedRows({ rows: { known, test, division }, histories }: Finished): DataNote[] {
  if (test === undefined || 'data' in known.rows || 'data' in test.rows) return [];
  const keys = rowKeys(known.rows);
  // The members of an ensemble learn from all rows together.
  const learned = new Set(
    histories.length > 1 ? keys : Array.from(division.training, (row) => keys[row]),
  );
  const count = rowKeys(test.rows).filter((key) => learned.has(key)).length;
  const all = countRows(test);
  if (count <= REPEATED_SHARE * all) return [];
  const message = `${count} of ${all} held-out rows have the inputs of a row that was learned from, so the score rewards memory`;
  return [{ code: 'repeated-across-split', count, message }];
}

/** Of an ensemble one network is enough, because each of them may train longer. */
function notConverged({ histories, epochs }: Finished): DataNote[] {
  const unfinished = histories.find(
    ({ stoppedBy, bestEpoch, epochs: { length } }) =>
      stoppedBy === 'epochs' && length >= epochs && bestEpoch >= 0.9 * length,
  );
  if (unfinished === undefined) return [];
  const done = unfinished.epochs.length;
  const message = `the loss was still falling at the last of ${done} epochs; try --epochs ${2 * done}`;
  return [{ code: 'not-converged', message }];
}
