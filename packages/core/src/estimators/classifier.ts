/**
 * `Classifier`: rows in, labels out. It chooses nothing that its options do not say: it reads the rows,
 * prepares them, trains a network with softmax cross-entropy, and gives predictions in the caller's labels,
 * whose type it knows.
 */
import {
  encodeLabels,
  findClasses,
  type Classes,
  type Label,
  type LabelInput,
} from '../data/labels.ts';
import type { NumericArray } from '../data/matrix.ts';
import { prepare } from '../data/prepare.ts';
import type { TablePreparation } from '../data/preparation.ts';
import { DataError, VinculumError } from '../errors.ts';
import type { Network, Prediction } from '../model.ts';
import { checkNumber, checkOptions, nearest, show } from '../options.ts';
import type { History } from '../train/history.ts';
import { argmax } from '../train/metrics.ts';
import { readEstimatorOptions, type EstimatorOptions, type EstimatorSettings } from './options.ts';
import { asInput, countRows, readPredictionRows, readTrainingRows, type Rows } from './rows.ts';
import { savedOptions, type ClassifierState } from './state.ts';
import { trainEstimator, type LabelledRows } from './training.ts';

export interface ClassifierOptions extends EstimatorOptions {
  /**
   * Factors of the classes in the loss: `'balanced'`, or by label, as a record or as pairs `[label, factor]`
   * (1 where absent). Default none.
   */
  readonly classWeight?: ClassWeight;
  /** t′ = (1 − e)·t + e/K. Default 0. */
  readonly labelSmoothing?: number;
  /** Rows to validate on in place of a split; the best weights on them come back. */
  readonly validationData?: { readonly rows: Rows; readonly labels: LabelInput };
}

/** The forms of the option `classWeight`. */
export type ClassWeight =
  'balanced' | Readonly<Record<string, number>> | readonly (readonly [Label, number])[];

/** What `fit` takes besides rows and labels. */
export interface SampleOptions {
  /** One a row, non-negative; a weight of 2 counts as the row given twice. */
  readonly sampleWeight?: ArrayLike<number>;
}

/** A classifier that may not be fitted yet. */
export interface Classifier {
  readonly kind: 'classifier';
  readonly options: ClassifierOptions;
  /**
   * Learns from rows and labels.
   *
   * @param rows - records by column name, arrays, a table, or `{ data, shape: [rows, columns] }`; missing
   *   values (null, undefined, NaN in records and arrays) are filled, text becomes one-hot
   * @param labels - one a row: text, numbers or booleans, all of one type, at least two classes
   * @param options - `sampleWeight`
   * @returns this same object, typed as fitted with the labels' type
   * @throws {TypeError} when rows or labels are of a wrong kind
   * @throws {RangeError} when there are not as many labels as rows
   * @throws {DataError} when a value cannot be used; with row and column
   * @throws {NonFiniteError} when training diverges; an earlier fit stays as it was
   */
  fit<const One extends Label>(
    rows: Rows,
    labels: readonly One[],
    options?: SampleOptions,
  ): Promise<FittedClassifier<One>>;
  fit(rows: Rows, labels: NumericArray, options?: SampleOptions): Promise<FittedClassifier<number>>;
}

/** A fitted classifier of labels of one type. */
export interface FittedClassifier<One extends Label = Label> extends Classifier {
  /** Numbers by value, text by code unit, false before true. */
  readonly classes: Classes<One>;
  /** The trained network; its outputs are in the order of `classes`. */
  readonly network: Network;
  /** How the rows become the network's inputs. */
  readonly preparation: TablePreparation;
  /** Of the fit; without epochs for a classifier that was loaded from a file. */
  readonly history: History;
  /** The most probable label of each row; ties go to the first class. @throws {DataError} as `fit` does */
  predict(rows: Rows): One[];
  /** Probabilities, shape [rows, classes], in the order of `classes`. @throws {DataError} as `fit` does */
  predictProbabilities(rows: Rows): Prediction;
  /** The share of rows predicted right, in [0, 1]. @throws {DataError} when there are no rows */
  score(rows: Rows, labels: LabelInput<One>): number;
}

interface Fitted {
  readonly classes: Classes;
  readonly network: Network;
  readonly preparation: TablePreparation;
  readonly history: History;
}

class ClassifierModel implements FittedClassifier {
  readonly kind = 'classifier' as const;
  readonly options: ClassifierOptions;
  readonly #settings: EstimatorSettings;
  #fitted: Fitted | undefined;

  constructor(options: ClassifierOptions = {}, fitted?: Fitted) {
    this.#settings = readEstimatorOptions('Classifier', options, CLASSIFIER_OPTIONS);
    checkNumber('Classifier', 'labelSmoothing', options.labelSmoothing ?? 0, { min: 0, below: 1 });
    checkClassWeight(options.classWeight);
    this.options = options;
    this.#fitted = fitted;
  }

  fit<const One extends Label>(
    rows: Rows,
    labels: readonly One[],
    options?: SampleOptions,
  ): Promise<FittedClassifier<One>>;
  fit(rows: Rows, labels: NumericArray, options?: SampleOptions): Promise<FittedClassifier<number>>;
  async fit(
    rows: Rows,
    labels: LabelInput,
    options: SampleOptions = {},
  ): Promise<FittedClassifier> {
    const where = 'Classifier.fit';
    checkOptions(where, options, ['sampleWeight']);
    const training = readTrainingRows(where, rows);
    const classes = findClasses(labels, where);
    const encoded = labelledRows(where, training, classes, labels);
    if (classes.length < 2) {
      throw new DataError(
        `${where}: labels must have at least 2 classes; got ${classes.length === 0 ? 'none' : `only ${show(classes[0])}`}.`,
      );
    }
    const { validationData, labelSmoothing = 0, classWeight } = this.options;
    const result = await trainEstimator({
      where,
      training: encoded,
      validation: validationData && readValidation(where, validationData, classes),
      sampleWeight: options.sampleWeight,
      outputs: classes.length,
      loss: { kind: 'softmax-cross-entropy', labelSmoothing },
      penaltyFactor: 1,
      score: 'accuracy',
      classWeights: classFactors(where, classWeight, classes),
      settings: this.#settings,
      options: this.options,
      encodeTargets: () => (targets) => targets,
    });
    this.#fitted = { ...result, classes };
    return this;
  }

  get classes(): Classes {
    return this.#state('classes').classes;
  }

  get network(): Network {
    return this.#state('network').network;
  }

  get preparation(): TablePreparation {
    return this.#state('preparation').preparation;
  }

  get history(): History {
    return this.#state('history').history;
  }

  predict(rows: Rows): Label[] {
    const { classes } = this.#state('predict');
    const { data, shape } = this.#probabilities('Classifier.predict', rows);
    const columns = shape[1];
    return Array.from(
      { length: shape[0] },
      (_, row) => classes[argmax(data, row * columns, columns)]!,
    );
  }

  predictProbabilities(rows: Rows): Prediction {
    return this.#probabilities('Classifier.predictProbabilities', rows);
  }

  score(rows: Rows, labels: LabelInput): number {
    const where = 'Classifier.score';
    const { classes } = this.#state('score');
    const truths = encodeLabels(classes, labels, where);
    const { data, shape } = this.#probabilities(where, rows);
    if (shape[0] !== truths.length || truths.length === 0) {
      throw new DataError(
        `${where}: there must be rows, and as many labels; got ${shape[0]} rows and ${truths.length} labels.`,
      );
    }
    const hits = truths.reduce(
      (sum, truth, row) => sum + (argmax(data, row * shape[1], shape[1]) === truth ? 1 : 0),
      0,
    );
    return hits / truths.length;
  }

  /** What is saved; see `estimatorState`. */
  toState(): ClassifierState {
    const { classes, network, preparation } = this.#state('toState');
    const { classWeight } = this.options;
    // As pairs, since a class may be called `__proto__`, a name that strict readers refuse.
    const weights =
      classWeight === undefined || classWeight === 'balanced'
        ? {}
        : { classWeight: classWeightPairs(classWeight) };
    const options = savedOptions({ ...this.options, ...weights });
    return { kind: 'classifier', version: 1, options, preparation, classes, network };
  }

  #probabilities(where: string, rows: Rows): Prediction {
    const { preparation, network } = this.#state(where);
    const given = readPredictionRows(where, rows, preparation);
    return network.predict(asInput(prepare(preparation, given, where)));
  }

  #state(what: string): Fitted {
    if (this.#fitted !== undefined) return this.#fitted;
    throw new VinculumError(
      'not-fitted',
      `Classifier: ${what.replace('Classifier.', '')} must come after fit. Call await classifier.fit(rows, labels) first.`,
    );
  }
}

/** What `new Classifier(…)` is. */
export interface ClassifierConstructor {
  /**
   * A classifier, to be fitted.
   *
   * @param options - see {@link ClassifierOptions}; the defaults are scikit-learn's
   * @throws {TypeError} when an option is unknown or of a wrong kind
   * @throws {RangeError} when a value is wrong, or `solver` is `'lbfgs'`, which is not offered
   * @example
   * const model = await new Classifier({ hiddenLayerSizes: [64, 32] }).fit(rows, ['cat', 'dog', 'cat']);
   * model.predict(rows); // ('cat' | 'dog')[]
   *
   * Source: the interface of scikit-learn's MLPClassifier.
   */
  new (options?: ClassifierOptions): Classifier;
  readonly prototype: Classifier;
}

/** A classifier of rows by a feed-forward network; see {@link ClassifierConstructor}. */
export const Classifier: ClassifierConstructor = ClassifierModel;

/** A fitted classifier from checked parts, as a model file holds them. */
export function restoreClassifier(
  options: ClassifierOptions,
  fitted: Omit<Fitted, 'history'>,
): FittedClassifier {
  const history: History = { epochs: [], bestEpoch: 0, stoppedBy: 'epochs', skippedSteps: 0 };
  return new ClassifierModel(options, { ...fitted, history });
}

/** The state behind a fitted classifier, or undefined for anything else. */
export function classifierState(value: unknown): ClassifierState | undefined {
  return value instanceof ClassifierModel ? value.toState() : undefined;
}

const CLASSIFIER_OPTIONS = ['classWeight', 'labelSmoothing', 'validationData'] as const;

function labelledRows(
  where: string,
  rows: LabelledRows['rows'],
  classes: Classes,
  labels: LabelInput,
): LabelledRows {
  const encoded = encodeLabels(classes, labels, where);
  if (encoded.length !== countRows(rows)) {
    throw new RangeError(
      `${where}: labels must be one a row; got ${encoded.length} for ${countRows(rows)} rows.`,
    );
  }
  return { rows, targets: { kind: 'labels', labels: encoded } };
}

function readValidation(
  where: string,
  given: NonNullable<ClassifierOptions['validationData']>,
  classes: Classes,
): LabelledRows {
  checkOptions(where, given, ['rows', 'labels']);
  return labelledRows(where, readTrainingRows(where, given.rows), classes, given.labels);
}

function checkClassWeight(given: unknown): void {
  const pairs =
    Array.isArray(given) && given.every((one) => Array.isArray(one) && one.length === 2);
  const record = typeof given === 'object' && given !== null && !Array.isArray(given);
  if (given === undefined || given === 'balanced' || record || pairs) return;
  throw new TypeError(
    `Classifier: classWeight must be 'balanced', a record by label or pairs [label, factor]; got ${show(given)}.`,
  );
}

/** Pairs of either form; labels as text. */
function classWeightPairs(given: Exclude<ClassWeight, 'balanced'>): [string, number][] {
  const pairs = isPairs(given) ? given : Object.entries(given);
  return pairs.map(([label, factor]) => [String(label), factor]);
}

function isPairs(given: ClassWeight): given is readonly (readonly [Label, number])[] {
  return Array.isArray(given);
}

function classFactors(
  where: string,
  given: ClassifierOptions['classWeight'],
  classes: Classes,
): 'balanced' | number[] | undefined {
  if (given === undefined || given === 'balanced') return given;
  const names = classes.map(String);
  const factors = new Map(classWeightPairs(given));
  for (const [name, factor] of factors) {
    checkNumber(where, `classWeight.${name}`, factor, { min: 0 });
    if (names.includes(name)) continue;
    const near = nearest(name, names);
    throw new RangeError(
      `${where}: classWeight must name classes; got ${show(name)}.${near === undefined ? ` The classes are ${names.slice(0, 12).join(', ')}.` : ` Did you mean ${show(near)}?`}`,
    );
  }
  return names.map((name) => factors.get(name) ?? 1);
}
