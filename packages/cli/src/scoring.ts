/**
 * Measuring a model on rows with truth, batch by batch, so that a file of any size can be measured in constant
 * memory: accuracy, loss, precision, recall and the confusion matrix of classes; R², RMSE and MAE of
 * quantities.
 */
import { evaluate, type Column, type Label } from 'vinculum';
import { cellAt } from 'vinculum';
import { dataFailure, usageFailure } from './failure.ts';
import { countRows, type LabelledRows } from './labelled-rows.ts';
import type { OpenModel } from './open-model.ts';
import { listed } from './rendering/text.ts';

/** How a model does on some rows. */
export interface Score {
  readonly rows: number;
  /** Rows predicted right; 0 for a regression. */
  readonly correct: number;
  /** `accuracy`, `loss`, `precision`, `recall`, `f1`; or `r2`, `rmse`, `mae`, `loss`. */
  readonly metrics: ReadonlyMap<string, number>;
  /** counts[truth · classes + prediction]; empty for a regression. */
  readonly confusion: Float64Array;
}

/** Takes rows in and tells the score of all. */
export interface Scorer {
  add(labelled: LabelledRows): void;
  score(): Score;
}

/**
 * A scorer for a model.
 *
 * @throws {CommandFailure} exit 2 when nothing is known about the outputs of a bare network
 */
export function scorerFor(open: OpenModel): Scorer {
  switch (open.task) {
    case 'classification':
      return new ClassScorer(open);
    case 'regression':
      return new QuantityScorer(open);
    case 'numbers':
      throw usageFailure(
        'the model is a bare network: its file does not say what its outputs mean, so it cannot be measured.',
        { hint: "save a Classifier or Regressor, or train with 'vinculum train'" },
      );
    default:
      return open.task satisfies never;
  }
}

/** The score of all rows at once. */
export function scoreOf(open: OpenModel, labelled: LabelledRows): Score {
  const scorer = scorerFor(open);
  scorer.add(labelled);
  return scorer.score();
}

class ClassScorer implements Scorer {
  readonly #open: OpenModel;
  readonly #confusion: Float64Array;
  #loss = 0;

  constructor(open: OpenModel) {
    this.#open = open;
    this.#confusion = new Float64Array(open.classes.length ** 2);
  }

  add(labelled: LabelledRows): void {
    const { backend, classes, network, loss } = this.#open;
    const rows = countRows(labelled);
    if (rows === 0) return;
    const x = this.#open.inputs(labelled.rows);
    const truths = encodeClasses(classes, labelled);
    const { data } = this.#open.predict(labelled.rows);
    const guesses = Uint32Array.from(truths, (_, row) => largest(data, row, classes.length));
    truths.forEach((truth, row) => {
      const at = truth * classes.length + (guesses[row] ?? 0);
      this.#confusion[at] = (this.#confusion[at] ?? 0) + 1;
    });
    this.#loss += evaluate(network, { x, y: truths }, { backend, loss, metrics: [] }).loss * rows;
  }

  score(): Score {
    const { length } = this.#open.classes;
    const confusion = this.#confusion;
    const rows = confusion.reduce((sum, count) => sum + count, 0);
    let correct = 0;
    for (let k = 0; k < length; k++) correct += confusion[k * length + k] ?? 0;
    const report = classReport(confusion, length).filter((one) => one.support + one.predicted > 0);
    const mean = (name: 'precision' | 'recall' | 'f1'): number =>
      report.reduce((sum, one) => sum + one[name], 0) / Math.max(report.length, 1);
    const metrics = new Map([
      ['accuracy', rows === 0 ? NaN : correct / rows],
      ['loss', rows === 0 ? NaN : this.#loss / rows],
      ['precision', mean('precision')],
      ['recall', mean('recall')],
      ['f1', mean('f1')],
    ]);
    return { rows, correct, metrics, confusion };
  }
}

/** One class of a report, as scikit-learn's `classification_report` has it. */
export interface ClassScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Rows that are of the class. */
  readonly support: number;
  /** Rows that were said to be. */
  readonly predicted: number;
}

/** Precision, recall and F1 of every class; 0 where there is nothing to divide by. */
export function classReport(confusion: Float64Array, classes: number): ClassScore[] {
  return Array.from({ length: classes }, (_, k) => {
    const hits = confusion[k * classes + k] ?? 0;
    let support = 0;
    let predicted = 0;
    for (let other = 0; other < classes; other++) {
      support += confusion[k * classes + other] ?? 0;
      predicted += confusion[other * classes + k] ?? 0;
    }
    return {
      precision: predicted === 0 ? 0 : hits / predicted,
      recall: support === 0 ? 0 : hits / support,
      f1: support + predicted === 0 ? 0 : (2 * hits) / (support + predicted),
      support,
      predicted,
    };
  });
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

class QuantityScorer implements Scorer {
  readonly #open: OpenModel;
  #rows = 0;
  #squared = 0;
  #absolute = 0;
  /** Sums are taken about the first target, so that a large mean costs no digits. */
  #origin: number | undefined;
  #sum = 0;
  #sumOfSquares = 0;

  constructor(open: OpenModel) {
    this.#open = open;
  }

  add(labelled: LabelledRows): void {
    const truths = targetNumbers(labelled.target);
    const { data } = this.#open.predict(labelled.rows);
    truths.forEach((truth, row) => {
      const error = this.#open.unscale(data[row] ?? NaN, 0) - truth;
      this.#squared += error * error;
      this.#absolute += Math.abs(error);
      this.#origin ??= truth;
      const shifted = truth - this.#origin;
      this.#sum += shifted;
      this.#sumOfSquares += shifted * shifted;
      this.#rows++;
    });
  }

  score(): Score {
    const rows = this.#rows;
    const spread = this.#sumOfSquares - (this.#sum * this.#sum) / Math.max(rows, 1);
    const r2 = spread > 0 ? 1 - this.#squared / spread : this.#squared === 0 ? 1 : 0;
    const metrics = new Map([
      ['r2', rows === 0 ? NaN : r2],
      ['rmse', Math.sqrt(this.#squared / rows)],
      ['mae', this.#absolute / rows],
    ]);
    return { rows, correct: 0, metrics, confusion: new Float64Array(0) };
  }
}

/** The index of the first largest of a row's values. */
export function largest(data: ArrayLike<number>, row: number, columns: number): number {
  let best = 0;
  const start = row * columns;
  for (let k = 1; k < columns; k++) {
    if ((data[start + k] ?? NaN) > (data[start + best] ?? NaN)) best = k;
  }
  return best;
}
