/**
 * Measures a model on rows with true values, batch by batch, so that a file of any size can be measured in constant
 * memory. The library defines and computes the metrics; this file turns a model and a column of true values into
 * predictions and targets. No row is predicted twice.
 */
import { cellAt, type Column, type Label, type MetricName, type MetricValues } from 'vinculum';
import {
  confusion,
  MetricAccumulator,
  measure,
  METRICS,
  metricsFor,
  rowShape,
  type Measurement,
  listed,
} from 'vinculum/internal';
import { dataFailure, usageFailure } from './failure.ts';
import type { LabelledRows } from './labelled-rows.ts';
import { outputsOf, type OpenModel } from './open-model.ts';

/** How a model does on some rows. */
export interface Score {
  readonly rows: number;
  /** Rows predicted right; 0 for a regression. */
  readonly correct: number;
  /** By the names that the command prints, in its order. */
  readonly metrics: ReadonlyMap<string, number>;
  /** counts[truth · classes + prediction]; empty for a regression. */
  readonly confusion: Float64Array;
  /** The first true value that is so far from its finite prediction that the square of the error is infinite. */
  readonly farthest?: TrueValue | undefined;
}

/** A cell of the target column. */
export interface TrueValue {
  readonly row: number;
  readonly column: string;
  readonly value: number;
}

/** Adds rows and computes the score of all of them. */
export interface Scorer {
  add(labelled: LabelledRows): void;
  score(): Score;
  /** Gives the memory back. */
  close(): void;
}

/** The loss, which has no row in the registry of metrics because it is what a run minimises. */
const LOSS = 'loss';

/** The class metrics that the command prints. The macro means have short names, because the command has no other means. */
const OF_CLASSES: readonly (readonly [printed: string, metric: MetricName | typeof LOSS])[] = [
  ['accuracy', 'accuracy'],
  [LOSS, LOSS],
  ['precision', 'macroPrecision'],
  ['recall', 'macroRecall'],
  ['f1', 'macroF1'],
];

/** What it prints of numbers. */
const OF_NUMBERS: readonly (readonly [printed: string, metric: MetricName])[] = [
  ['r2', 'r2'],
  ['rmse', 'rmse'],
  ['mae', 'mae'],
];

/** A metric that a bar may be set for. */
export interface BarMetric {
  readonly name: string;
  readonly better: 'up' | 'down';
}

/** The metrics of a model that have a name on the command line: those that are printed, then all others that fit. */
export function barMetrics(open: OpenModel): BarMetric[] {
  const printed = printedMetrics(open);
  const taken = new Set<string>(printed.flat());
  const fitting = metricsFor(shapeOf(open));
  const others = fitting.filter((name) => !taken.has(name)).map((name) => [name, name] as const);
  return [...printed, ...others].map(([name, metric]) => ({
    name,
    better: metric === LOSS ? 'down' : METRICS[metric].better,
  }));
}

/**
 * A scorer for a model.
 *
 * @param asked - metrics to measure in addition to those that are always printed, by their names in {@link barMetrics}
 * @throws {CommandFailure} exit 2 when nothing is known about the outputs of a bare network
 */
export function scorerFor(open: OpenModel, asked: readonly string[] = []): Scorer {
  const printed = printedMetrics(open);
  const names = new Set(printed.map(([name]) => name));
  const more = metricsFor(shapeOf(open)).filter((name) => asked.includes(name) && !names.has(name));
  const rows = [...printed, ...more.map((name) => [name, name] as const)];
  if (open.task !== 'classification') return new NumberScorer(open, rows);
  const { model } = open;
  const plain = model.kind === 'network' || model.calibration === undefined;
  return plain && open.networks.length === 1
    ? new ClassScorer(open, rows)
    : new ProbabilityScorer(open, rows);
}

/** The score of all rows at once. */
export function scoreOf(open: OpenModel, labelled: LabelledRows): Score {
  const scorer = scorerFor(open);
  try {
    scorer.add(labelled);
    return scorer.score();
  } finally {
    scorer.close();
  }
}

type Printed = readonly (readonly [printed: string, metric: MetricName | typeof LOSS])[];

function shapeOf(open: OpenModel): ReturnType<typeof rowShape> {
  return rowShape(open.loss, outputsOf(open.network));
}

function printedMetrics(open: OpenModel): Printed {
  switch (open.task) {
    case 'classification':
      return OF_CLASSES;
    case 'regression':
      return OF_NUMBERS;
    case 'numbers':
      throw usageFailure(
        'the model is a bare network: its file does not say what its outputs mean, so it cannot be measured.',
        { hint: "save a Classifier or Regressor, or train with 'vinculum train'" },
      );
    default:
      return open.task satisfies never;
  }
}

/** The names that the library measures for a list of printed ones. */
function measuredNames(printed: Printed): MetricName[] {
  return printed.flatMap(([, metric]) => (metric === LOSS ? [] : [metric]));
}

function printedValues(printed: Printed, values: MetricValues, loss: number): Map<string, number> {
  return new Map(
    printed.map(([name, metric]) => [name, metric === LOSS ? loss : (values[metric] ?? NaN)]),
  );
}

class ClassScorer implements Scorer {
  readonly #open: OpenModel;
  readonly #printed: Printed;
  readonly #measured: Measurement;

  constructor(open: OpenModel, printed: Printed) {
    const { network, loss, computing } = open;
    this.#open = open;
    this.#printed = printed;
    this.#measured = measure(network, { loss, ...computing, metrics: measuredNames(printed) });
  }

  add(labelled: LabelledRows): void {
    const { classes } = this.#open;
    const x = this.#open.inputs(labelled.rows);
    this.#measured.add({ x, y: encodeClasses(classes, labelled) });
  }

  score(): Score {
    const { loss, metrics } = this.#measured.result();
    const { rows } = this.#measured;
    return {
      rows,
      ...countsOf(this.#measured.confusion(), this.#open.classes.length),
      metrics: printedValues(this.#printed, metrics, loss),
    };
  }

  close(): void {
    this.#measured.close();
  }
}

/**
 * Measures the probabilities that are predicted, those of an ensemble or at a temperature, which are not those of one network. The loss is
 * their log loss.
 */
class ProbabilityScorer implements Scorer {
  readonly #open: OpenModel;
  readonly #printed: Printed;
  readonly #measured: MetricAccumulator;

  constructor(open: OpenModel, printed: Printed) {
    this.#open = open;
    this.#printed = printed;
    const names = new Set<MetricName>([...measuredNames(printed), 'logLoss']);
    this.#measured = new MetricAccumulator([...names], open.loss, open.classes.length);
  }

  add(labelled: LabelledRows): void {
    const truths = encodeClasses(this.#open.classes, labelled);
    const { data } = this.#open.predict(labelled.rows);
    this.#measured.add(data, truths, truths.length);
  }

  score(): Score {
    const { rows } = this.#measured;
    const values = this.#measured.results();
    const metrics = printedValues(this.#printed, values, values.logLoss ?? NaN);
    const counts = this.#measured.sumsOf(confusion);
    return { rows, ...countsOf(counts, this.#open.classes.length), metrics };
  }

  close(): void {
    // It holds only sums.
  }
}

/** The confusion matrix, and how many rows are on its diagonal. */
function countsOf(
  counts: Float64Array | undefined,
  classes: number,
): Pick<Score, 'confusion' | 'correct'> {
  const matrix = counts ?? new Float64Array(classes ** 2);
  let correct = 0;
  for (let k = 0; k < classes; k++) correct += matrix[k * classes + k] ?? 0;
  return { confusion: matrix, correct };
}

/** Numbers are measured in the unit of the target, which the network's own outputs are not. */
class NumberScorer implements Scorer {
  readonly #open: OpenModel;
  readonly #printed: Printed;
  readonly #measured: MetricAccumulator;
  #farthest: TrueValue | undefined;

  constructor(open: OpenModel, printed: Printed) {
    const outputs = outputsOf(open.network);
    if (outputs !== 1) {
      throw usageFailure(
        `the model predicts ${outputs} numbers a row; the command measures one target column.`,
        { hint: 'measure it in a program, with the score method of Regressor' },
      );
    }
    this.#open = open;
    this.#printed = printed;
    this.#measured = new MetricAccumulator(measuredNames(printed), open.loss, 1);
  }

  add(labelled: LabelledRows): void {
    const truths = targetNumbers(labelled.target);
    const { data } = this.#open.predict(labelled.rows);
    const guesses = new Float64Array(data.length);
    for (let row = 0; row < guesses.length; row++) {
      guesses[row] = this.#open.unscale(data[row]!, 0);
    }
    this.#measured.add(guesses, truths, truths.length);
    if (this.#farthest !== undefined) return;
    const far = truths.findIndex((truth, row) => isTooFar(guesses[row] ?? NaN, truth));
    if (far === -1) return;
    const { numbers, target } = labelled;
    const row = numbers[far] ?? NaN;
    this.#farthest = { row, column: target.name, value: truths[far] ?? NaN };
  }

  score(): Score {
    const metrics = printedValues(this.#printed, this.#measured.results(), NaN);
    return {
      rows: this.#measured.rows,
      correct: 0,
      metrics,
      confusion: new Float64Array(0),
      farthest: this.#farthest,
    };
  }

  close(): void {
    // It holds only sums.
  }
}

function isTooFar(guess: number, truth: number): boolean {
  return Number.isFinite(guess) && !Number.isFinite((guess - truth) * (guess - truth));
}

/**
 * The class index of every row.
 *
 * @throws {CommandFailure} exit 3 when a label is none of the model's classes
 */
export function encodeClasses(classes: readonly Label[], labelled: LabelledRows): Int32Array {
  const { target, numbers } = labelled;
  const indexOf = new Map(classes.map((label, index) => [label, index]));
  return Int32Array.from(numbers, (number, row) => {
    const label = cellAt(target, row);
    const index = label === null ? undefined : indexOf.get(label);
    if (index !== undefined) return index;
    throw dataFailure(
      `row ${number}, column '${target.name}': the model knows no class '${String(label)}'. Its classes are ${listed(classes.map(String))}.`,
      { hint: 'leave such rows out, or train on rows of every class' },
    );
  });
}

/** The numbers of a target column. @throws {CommandFailure} exit 3 when it holds something else */
export function targetNumbers(target: Column): Float64Array {
  if (target.kind === 'number') return target.values;
  if (target.kind === 'boolean') return Float64Array.from(target.values, Number);
  throw dataFailure(
    `the target '${target.name}' must hold numbers for a regression; it holds text such as '${String(target.values.find((value) => value !== null))}'.`,
    { hint: 'leave --task off, or use --task classification' },
  );
}
