/**
 * Linear baselines: what a model without hidden layers reaches on the same columns. If a network is not better than it, its layers have
 * learned nothing that a weighted sum of the columns would not say.
 *
 * The columns are prepared as for a network: numbers standardised, categories one-hot. Both models have the penalty of scikit-learn's
 * defaults, and a search that needs no learning rate finds their minimum, so nothing about them has to be tuned.
 */
import { sampleWeightsOf } from '../arrays/sample-weights.ts';
import type { Matrix } from '../arrays/matrix.ts';
import { exp, log } from '../elementary/index.ts';
import { checkSomeRows, countRows, pickRows, readRows, type Rows } from '../estimators/rows.ts';
import { shuffleRows } from '../random/shuffle.ts';
import { fitPreparation } from '../tables/preparation.ts';
import { prepareFor } from '../tables/prepare.ts';
import { fitScaling } from '../tables/scaling.ts';
import { rangeError } from '../words/fault.ts';
import { checkNumber, checkOptions } from '../words/options.ts';
import type { ClassBaseline } from './class-input.ts';
import type { NumberBaseline } from './evaluate-numbers.ts';
import { minimise, type Objective } from './minimise.ts';
import { readClassIndices, readNumbers } from './rows-to-evaluate.ts';

/** Rows to learn from. */
export interface LinearTraining {
  /** As `fit` of an estimator takes them, with the columns of the features only. */
  readonly rows: Rows;
  /** The index of the class of each row, or its number. */
  readonly targets: ArrayLike<number>;
  /** How much each row counts. Default 1 each. */
  readonly sampleWeight?: ArrayLike<number> | undefined;
}

/** Rows to learn from that have classes. */
export interface LinearClassTraining extends LinearTraining {
  /** How many classes there are. */
  readonly classes: number;
}

/** Multiplications of one pass over the rows; of larger tables only some rows, drawn with seed 0, are learned from. */
const MOST_WORK = 2e6;

/** Multiplications of all passes: the more inputs and classes, the fewer steps, so that a baseline takes less than a second. */
const MOST_WORK_OF_ALL = 2e8;

/** The most and the fewest steps of the search. */
const MOST_STEPS = 200;
const FEWEST_STEPS = 40;

/** The gradient of the mean loss at which the fit ends, for columns and targets of variance 1. */
const TOLERANCE = 1e-7;

/**
 * A logistic regression of several classes: probabilities softmax(W x + b) with the least Σ w ℓ + ½ Σ W², where ℓ is the cross-entropy.
 *
 * @param training - rows and the indices of their classes
 * @param rows - to predict, with the same columns
 * @returns a baseline for `evaluateClasses`
 * @throws {TypeError} when an argument is of a wrong kind or unknown
 * @throws {RangeError} when lengths do not match, or there are fewer than two classes
 * @throws {DataError} when there are no rows, or a value cannot be used
 * @example
 * const known = { rows: [[0], [1], [2], [3]], targets: [0, 0, 1, 1], classes: 2 };
 * const { probabilities } = linearClassBaseline(known, [[0], [3]]);
 * probabilities[0]! > 0.5; // true
 *
 * Source: scikit-learn's LogisticRegression with `C=1`; of two classes one has weights and the other the logit 0, as there.
 */
export function linearClassBaseline(training: LinearClassTraining, rows: Rows): ClassBaseline {
  const where = 'linearClassBaseline';
  checkOptions(where, training, ['rows', 'targets', 'sampleWeight', 'classes']);
  const classes = checkNumber(where, 'classes', training.classes, { integer: true, min: 2 });
  const free = classes === 2 ? 1 : classes;
  const { known, test, picked, weights } = readLinear(where, training, rows, free);
  const targets = readClassIndices(where, 'targets', training.targets, classes);
  const own = picked === undefined ? targets : Int32Array.from(picked, (row) => targets[row]!);
  const solution = minimise(
    penalised(known, free, weights, 0.5, (logits, row, adjoint) =>
      crossEntropy(logits, own[row]!, adjoint),
    ),
    (known.columns + 1) * free,
    TOLERANCE,
    stepsFor(known, free),
  );
  const probabilities = new Float64Array(test.rows * classes);
  const logits = new Float64Array(free);
  const shares = new Float64Array(classes);
  for (let row = 0; row < test.rows; row++) {
    logitsInto(logits, test, row, solution);
    softmaxInto(shares, logits);
    probabilities.set(shares, row * classes);
  }
  return { name: 'linear', says: saysOf('a logistic regression', picked), probabilities };
}

/**
 * A ridge regression: predictions W x + b with the least Σ w (W x + b − t)² + Σ W².
 *
 * @param training - rows and their numbers
 * @param rows - to predict, with the same columns
 * @returns a baseline for `evaluateNumbers`
 * @throws {TypeError} when an argument is of a wrong kind or unknown
 * @throws {RangeError} when lengths do not match
 * @throws {DataError} when there are no rows, or a value cannot be used
 * @example
 * const known = { rows: [[0], [1], [2], [3]], targets: [1, 3, 5, 7] };
 * linearNumberBaseline(known, [[1.5]]).predictions[0]; // 4
 *
 * Source: Hoerl & Kennard 1970; scikit-learn's Ridge with `alpha=1`.
 */
export function linearNumberBaseline(training: LinearTraining, rows: Rows): NumberBaseline {
  const where = 'linearNumberBaseline';
  checkOptions(where, training, ['rows', 'targets', 'sampleWeight']);
  const { known, test, picked, weights } = readLinear(where, training, rows, 1);
  const targets = readNumbers(where, 'targets', training.targets);
  const own = Float64Array.from(picked ?? targets.keys(), (row) => targets[row]!);
  // Ridge scales with its targets, and a tolerance needs to know how large they are.
  const { mean, scale } = fitScaling(own);
  const solution = minimise(
    penalised(known, 1, weights, 1, (outputs, row, adjoint) => {
      const error = outputs[0]! - (own[row]! - mean) / scale;
      adjoint[0] = 2 * error;
      return error * error;
    }),
    known.columns + 1,
    TOLERANCE,
    stepsFor(known, 1),
  );
  const output = new Float64Array(1);
  const predictions = Float64Array.from({ length: test.rows }, (_, row) => {
    logitsInto(output, test, row, solution);
    return output[0]! * scale + mean;
  });
  return { name: 'linear', says: saysOf('a ridge regression', picked), predictions };
}

function stepsFor({ rows, columns }: Matrix, outputs: number): number {
  const affordable = Math.floor(MOST_WORK_OF_ALL / (rows * columns * outputs));
  return Math.min(MOST_STEPS, Math.max(FEWEST_STEPS, affordable));
}

function saysOf(model: string, picked: Uint32Array | undefined): string {
  return picked === undefined ? model : `${model} of ${picked.length} training rows`;
}

/** What both baselines read: the prepared rows, and the indices of those that are learned from if they are not all. */
interface ReadLinear {
  readonly known: Matrix;
  readonly test: Matrix;
  readonly picked: Uint32Array | undefined;
  /** Of the rows of `known`. */
  readonly weights: Float64Array | undefined;
}

function readLinear(
  where: string,
  { rows: given, targets, sampleWeight }: LinearTraining,
  rows: Rows,
  outputs: number,
): ReadLinear {
  const all = readRows(where, given);
  const count = countRows(all);
  checkSomeRows(where, count);
  if (targets.length !== count) {
    throw rangeError({
      where,
      subject: 'targets',
      rule: `must be one a row, ${count}`,
      got: targets.length,
    });
  }
  const weights = sampleWeightsOf(where, 'sampleWeight', sampleWeight, count);
  const preparation = fitPreparation(all);
  const most = Math.max(1, Math.floor(MOST_WORK / (preparation.width * outputs)));
  const picked = count > most ? drawnRows(count, most) : undefined;
  return {
    known: prepareFor(where, preparation, picked === undefined ? all : pickRows(all, picked)),
    test: prepareFor(where, preparation, readRows(where, rows, preparation)),
    picked,
    weights:
      picked === undefined || weights === undefined
        ? weights
        : Float64Array.from(picked, (row) => weights[row]!),
  };
}

/** Some of the rows, each as likely as any other. */
function drawnRows(rows: number, count: number): Uint32Array {
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  shuffleRows(order, 0, 0, 'split');
  return order.slice(0, count).toSorted();
}

/** The loss of one row by its outputs; writes ∂loss/∂outputs. */
type RowLoss = (outputs: Float64Array, row: number, adjoint: Float64Array) => number;

/**
 * (Σ w loss + factor · Σ W²) / Σ w, a function of W and b: the weights of output 0, its bias, the weights of output 1, and so on.
 */
function penalised(
  matrix: Matrix,
  outputs: number,
  weights: Float64Array | undefined,
  factor: number,
  rowLoss: RowLoss,
): Objective {
  const { data, rows, columns } = matrix;
  const total = weights?.reduce((sum, one) => sum + one, 0) ?? rows;
  const values = new Float64Array(outputs);
  const adjoint = new Float64Array(outputs);
  return (point, gradient) => {
    gradient.fill(0);
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      logitsInto(values, matrix, row, point);
      const weight = weights?.[row] ?? 1;
      sum += weight * rowLoss(values, row, adjoint);
      for (let k = 0; k < outputs; k++) {
        const own = weight * adjoint[k]!;
        const start = k * (columns + 1);
        for (let i = 0; i < columns; i++) gradient[start + i]! += own * data[row * columns + i]!;
        gradient[start + columns]! += own;
      }
    }
    for (let i = 0; i < point.length; i++) {
      if (i % (columns + 1) === columns) continue;
      sum += factor * point[i]! * point[i]!;
      gradient[i]! += 2 * factor * point[i]!;
    }
    for (let i = 0; i < gradient.length; i++) gradient[i]! /= total;
    return sum / total;
  };
}

/** W x + b of one row. */
function logitsInto(
  out: Float64Array,
  { data, columns }: Matrix,
  row: number,
  point: Float64Array,
): void {
  for (let k = 0; k < out.length; k++) {
    const start = k * (columns + 1);
    let sum = point[start + columns]!;
    for (let i = 0; i < columns; i++) sum += point[start + i]! * data[row * columns + i]!;
    out[k] = sum;
  }
}

/** −log softmax(logits) of a class; writes p − t. A single logit is that of the second class, and the first class has the logit 0. */
function crossEntropy(logits: Float64Array, truth: number, adjoint: Float64Array): number {
  const offset = logits.length === 1 ? 1 : 0;
  let most = offset === 1 ? 0 : -Infinity;
  for (const one of logits) most = Math.max(most, one);
  let sum = offset === 1 ? exp(-most) : 0;
  for (const one of logits) sum += exp(one - most);
  for (let k = 0; k < logits.length; k++) {
    adjoint[k] = exp(logits[k]! - most) / sum - Number(truth === k + offset);
  }
  const own = truth < offset ? 0 : logits[truth - offset]!;
  return log(sum) + most - own;
}

/** Probabilities of logits; see {@link crossEntropy} for a single logit. */
function softmaxInto(out: Float64Array, logits: Float64Array): void {
  const offset = out.length - logits.length;
  let most = offset === 1 ? 0 : -Infinity;
  for (const one of logits) most = Math.max(most, one);
  let sum = 0;
  for (let k = 0; k < out.length; k++) {
    out[k] = exp((k < offset ? 0 : logits[k - offset]!) - most);
    sum += out[k]!;
  }
  for (let k = 0; k < out.length; k++) out[k]! /= sum;
}
