/**
 * Measures a model on rows with true values, batch by batch, so that a file of any size can be measured in constant
 * memory. The library defines and computes the metrics; this file turns a model and columns of true values into
 * predictions and targets. No row is predicted twice.
 */
import type { MetricName } from 'vinculum';
import {
  confusion,
  MetricAccumulator,
  measure,
  METRICS,
  metricsFor,
  rowShape,
  type Measurement,
} from 'vinculum/internal';
import { usageFailure } from './failure.ts';
import { countRows, sliceLabelled, type LabelledRows } from './labelled-rows.ts';
import { NumberScorer } from './number-scorer.ts';
import { outputsOf, type OpenModel } from './open-model.ts';
import { weightsOf, type Roles } from './roles.ts';
import {
  LOSS,
  measuredNames,
  printedValues,
  type Printed,
  type Score,
  type Scorer,
} from './score.ts';
import { encodeClasses, yesOrNo } from './target-values.ts';

/** The class metrics that the command prints. The macro means have short names, because the command has no other means. */
const OF_CLASSES: Printed = [
  ['accuracy', 'accuracy'],
  [LOSS, LOSS],
  ['precision', 'macroPrecision'],
  ['recall', 'macroRecall'],
  ['f1', 'macroF1'],
];

/** What it prints of several labels a row. As in scikit-learn, a row is right for the accuracy if every label is. */
const OF_LABELS: Printed = [['accuracy', 'subsetAccuracy'], ...OF_CLASSES.slice(1)];

/** What it prints of numbers. */
const OF_NUMBERS: Printed = [
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
  if (open.task === 'regression') return new NumberScorer(open, rows, outputsOf(open.network));
  const { model } = open;
  const plain = model.kind === 'network' || model.calibration === undefined;
  return plain && open.networks.length === 1
    ? new ClassScorer(open, rows)
    : new ProbabilityScorer(open, rows);
}

/** Rows that are measured together; more of them would need memory that grows with the rows. */
const ROWS_AT_ONCE = 1 << 16;

/**
 * The score of rows, by the weights that their roles say.
 *
 * @param rowsAtOnce - rows for which the model predicts together
 */
export function scoreOf(
  open: OpenModel,
  labelled: LabelledRows,
  roles: Roles,
  rowsAtOnce: number = ROWS_AT_ONCE,
): Score {
  const scorer = scorerFor(open);
  const rows = countRows(labelled);
  try {
    const weights = weightsOf(labelled, roles);
    for (let first = 0; first === 0 || first < rows; first += rowsAtOnce) {
      const end = Math.min(first + rowsAtOnce, rows);
      const isAll = end - first === rows;
      scorer.add(
        isAll ? labelled : sliceLabelled(labelled, first, end),
        isAll ? weights : weights?.subarray(first, end),
      );
    }
    return { ...scorer.score(), weight: weights === undefined ? undefined : roles.weight };
  } finally {
    scorer.close();
  }
}

function shapeOf(open: OpenModel): ReturnType<typeof rowShape> {
  return rowShape(open.loss, outputsOf(open.network));
}

function printedMetrics(open: OpenModel): Printed {
  switch (open.task) {
    case 'classification':
      return OF_CLASSES;
    case 'multilabel':
      return OF_LABELS;
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

/** Classes and labels of one network. */
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

  add(labelled: LabelledRows, weights?: Float64Array): void {
    const x = this.#open.inputs(labelled.rows);
    const y = answersOf(this.#open, labelled);
    const shape = [countRows(labelled), outputsOf(this.#open.network)];
    const target = y instanceof Int32Array ? y : { data: y, shape };
    this.#measured.add({ x, y: target }, weights);
  }

  score(): Score {
    const { loss, metrics } = this.#measured.result();
    const { rows } = this.#measured;
    return {
      rows,
      ...countsOf(this.#open, this.#measured.confusion(), rows, metrics.subsetAccuracy),
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

  add(labelled: LabelledRows, weights?: Float64Array): void {
    const truths = answersOf(this.#open, labelled);
    const { data } = this.#open.predict(labelled.rows);
    this.#measured.add(data, truths, countRows(labelled), weights);
  }

  score(): Score {
    const { rows } = this.#measured;
    const values = this.#measured.results();
    const metrics = printedValues(this.#printed, values, values.logLoss ?? NaN);
    const counts = this.#measured.sumsOf(confusion);
    return { rows, ...countsOf(this.#open, counts, rows, values.subsetAccuracy), metrics };
  }

  close(): void {
    // It holds only sums.
  }
}

/** The true answers in the form of the loss. */
function answersOf(open: OpenModel, labelled: LabelledRows): Int32Array | Float64Array {
  return open.task === 'multilabel' ? yesOrNo(labelled) : encodeClasses(open.classes, labelled);
}

/** The confusion matrix, and how many rows are on its diagonal, or have every label right. */
function countsOf(
  { classes: { length }, task }: OpenModel,
  counts: Float64Array | undefined,
  rows: number,
  subsetAccuracy = NaN,
): Pick<Score, 'confusion' | 'correct'> {
  if (task === 'multilabel') {
    return {
      confusion: counts ?? new Float64Array(4 * length),
      correct: Math.round(rows * subsetAccuracy),
    };
  }
  const matrix = counts ?? new Float64Array(length ** 2);
  let correct = 0;
  for (let k = 0; k < length; k++) correct += matrix[k * length + k] ?? 0;
  return { confusion: matrix, correct };
}
