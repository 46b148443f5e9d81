/**
 * What makes the score of a run worth less than it seems, as sentences with a code: the person sees them, and `--json` has
 * them too. Each warning is a row of a table.
 */
import type { DataNote, History } from 'vinculum';
import { classReport, rowKeys } from 'vinculum/internal';
import { countRows } from '../../labelled-rows.ts';
import { encodeClasses } from '../../target-values.ts';
import type { Score } from '../../score.ts';
import type { Baseline } from './baseline.ts';
import type { TrainingData } from './rows.ts';

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

function fewRows({ test }: Finished): DataNote[] {
  if (test === undefined || test.rows >= FEWEST_HELD_OUT) return [];
  const message = `only ${test.rows} rows are held out, so the score is mostly chance; --fit-all trains on every row`;
  return [{ code: 'few-rows', count: test.rows, message }];
}

/** Integers that were taken for classes although there are few rows of each. */
function fewOfEachClass({ rows }: Finished): DataNote[] {
  const { classes, known, reason } = rows;
  const [{ name }] = known.targets;
  const isGuess = typeof classes[0] === 'number' && reason !== 'as --task says';
  if (!isGuess || classes.length < 6 || countRows(known) >= 10 * classes.length) return [];
  const message = `the ${classes.length} integers of '${name}' are taken for classes, with few rows of each; --task regression takes them for quantities`;
  return [{ code: 'counts-as-classes', column: name, message }];
}

function neverPredicted({ rows, test }: Finished): DataNote[] {
  if (test === undefined || rows.test === undefined || rows.task !== 'classification') return [];
  const { classes } = rows;
  const { confusion } = test;
  const truths = encodeClasses(classes, rows.test);
  return classReport(confusion, classes.length).flatMap(({ predicted }, k): DataNote[] => {
    const support = truths.filter((truth) => truth === k).length;
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
  if (keys.length === 0) return [];
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
  if (unfinished === undefined || !stillFell(unfinished)) return [];
  const done = unfinished.epochs.length;
  const message = `the loss was still falling at the last of ${done} epochs; try --epochs ${2 * done}`;
  return [{ code: 'not-converged', message }];
}

/** Whether the last tenth of the epochs gained at least a hundredth of all that the run gained; a loss near 0 falls for ever. */
function stillFell({ epochs }: History): boolean {
  const losses = epochs.map(({ loss, validation }) => validation?.loss ?? loss);
  const [first = 0] = losses;
  const before = Math.min(...losses.slice(0, Math.ceil(0.9 * losses.length)));
  const best = Math.min(...losses);
  return losses.length < 10 || before - best >= 0.01 * (first - best);
}
