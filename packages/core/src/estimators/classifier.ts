/**
 * `Classifier`: rows in, labels out. It reads the rows, prepares them, trains a network with softmax cross-entropy, and
 * gives predictions in the caller's labels, whose type it knows. It makes no hidden choices: each one is an option.
 */
import { encodeLabelsFor, type Classes, type Label, type LabelInput } from '../arrays/labels.ts';
import type { NumericArray } from '../arrays/matrix.ts';
import { sampleWeightsOf } from '../arrays/sample-weights.ts';
import { dataError } from '../words/fault.ts';
import type { Prediction } from '../model/network.ts';
import { checkOptions, numberOption } from '../words/options.ts';
import { readLoss } from '../losses/loss.ts';
import { MetricAccumulator } from '../metrics/accumulator.ts';
import { argmax } from '../metrics/class-of-row.ts';
import {
  checkSameClasses,
  checkSameTask,
  classTask,
  labelPlan,
  labelTask,
  labelTargets,
  type ClassifierTask,
} from './classifier-task.ts';
import type {
  ClassifierConstructor,
  ClassifierOptions,
  FittedClassifier,
  FittedMultilabelClassifier,
  Classifier as UnfittedClassifier,
} from './classifier-types.ts';
import { Estimator, type Fitted } from './estimator.ts';
import {
  areLabelRows,
  labelRowsOf,
  type Indicator,
  type LabelRows,
  type ReadLabelRows,
} from './label-rows.ts';
import { frozenOptions } from './frozen-options.ts';
import { readEstimatorOptions } from './options.ts';
import { checkSomeRows, countRows, readRows, type Rows } from './rows.ts';
import {
  readSampleOptions,
  readScoreOptions,
  type ClassPassOptions,
  type SampleOptions,
  type ScoreOptions,
} from './sample-options.ts';
import type { SavedOptions } from './state.ts';
import { learnFurther } from './partial-fit.ts';
import { classFactors, readClassWeight } from './class-weights.ts';
import { planOf } from './plan-of-options.ts';
import type { TrainPlan } from './plan.ts';
import { learn, type RecipeRequest } from './recipe.ts';
import { scoreOf } from './score.ts';

interface FittedParts extends Fitted {
  /** Of several labels a row their indices. */
  readonly classes: Classes;
  /** Undefined if a row has one label. */
  readonly labels?: ReadLabelRows['form'] | undefined;
}

const CLASSIFIER_RULES = {
  labelSmoothing: numberOption({ min: 0, below: 1 }, 0),
  classWeight: readClassWeight,
};

class ClassifierModel extends Estimator<FittedParts> implements UnfittedClassifier {
  readonly kind = 'classifier' as const;
  readonly options: ClassifierOptions;
  readonly #plan: TrainPlan;

  constructor(options: ClassifierOptions = {}, fitted?: FittedParts, plan?: TrainPlan) {
    super(fitted);
    const where = 'Classifier';
    const settings = readEstimatorOptions(where, options, CLASSIFIER_RULES);
    this.options = frozenOptions(options);
    const { labelSmoothing, classWeight: classWeights } = settings;
    const loss = readLoss(where, { kind: 'softmax-cross-entropy', labelSmoothing });
    this.#plan =
      plan ??
      planOf({
        where,
        options: this.options,
        settings,
        loss,
        classWeights,
        standardizeTarget: false,
      });
  }

  get plan(): TrainPlan {
    return this.isFitted() && this.labels !== undefined ? labelPlan(this.#plan) : this.#plan;
  }

  fit<const One extends Label>(
    rows: Rows,
    labels: readonly One[],
    options?: SampleOptions,
  ): Promise<FittedClassifier<One>>;
  fit(rows: Rows, labels: NumericArray, options?: SampleOptions): Promise<FittedClassifier<number>>;
  fit<One extends Indicator>(
    rows: Rows,
    labels: LabelRows<One>,
    options?: SampleOptions,
  ): Promise<FittedMultilabelClassifier<One>>;
  async fit(
    rows: Rows,
    labels: LabelInput | LabelRows,
    options: SampleOptions = {},
  ): Promise<FittedClassifier | FittedMultilabelClassifier> {
    const where = 'Classifier.fit';
    const from = this.warm();
    const { request, task } = this.#taskOf(where, rows, labels, options, from);
    checkSameClasses(where, from, task);
    const learned = await learn({ ...request, from });
    const { targetScaler: _none, batchSize: _size, seconds: _time, ...fitted } = learned;
    this.keep({ ...fitted, classes: task.classes, labels: task.form });
    return this as unknown as FittedClassifier;
  }

  toRequest(
    where: string,
    rows: Rows,
    labels: LabelInput | LabelRows,
    options: SampleOptions,
  ): RecipeRequest {
    return this.#taskOf(where, rows, labels, options, undefined).request;
  }

  /** What a fit to these rows learns from; rows are read as those of `from`, if there was a fit before. */
  #taskOf(
    where: string,
    rows: Rows,
    labels: LabelInput | LabelRows,
    options: SampleOptions,
    from: FittedParts | undefined,
  ): { readonly request: RecipeRequest; readonly task: ClassifierTask } {
    const given = readRows(where, rows, from?.preparation);
    const count = countRows(given);
    const task = areLabelRows(labels)
      ? labelTask(where, this.#plan, labels, count)
      : classTask(where, this.#plan, labels);
    const training = { rows: given, ...task.targetsOf(where, labels, count) };
    const { validationData: own } = this.options;
    checkOptions(where, own, ['rows', 'labels', 'sampleWeight']);
    const ownRows = own && readRows(where, own.rows, from?.preparation);
    const request = {
      where,
      plan: task.plan,
      known: { ...training, ...readSampleOptions(where, options, count) },
      validation: own && {
        rows: ownRows!,
        ...task.targetsOf(where, own.labels, countRows(ownRows!)),
        sampleWeights: own.sampleWeight,
      },
      outputs: task.classes.length,
      classWeights: classFactors(where, task.plan.classWeights, task.classes),
      run: this.options,
    };
    return { request, task };
  }

  partialFit(rows: Rows, labels: LabelInput, options?: ClassPassOptions): Promise<FittedClassifier>;
  partialFit<One extends Indicator>(
    rows: Rows,
    labels: LabelRows<One>,
    options?: ClassPassOptions,
  ): Promise<FittedMultilabelClassifier<One>>;
  async partialFit(
    rows: Rows,
    labels: LabelInput | LabelRows,
    options: ClassPassOptions = {},
  ): Promise<FittedClassifier | FittedMultilabelClassifier> {
    const where = 'Classifier.partialFit';
    checkOptions(where, options, ['sampleWeight', 'classes']);
    const from = this.learned();
    const given = readRows(where, rows, from?.preparation);
    const count = countRows(given);
    const task = areLabelRows(labels)
      ? labelTask(where, this.#plan, labels, count)
      : classTask(where, this.#plan, from?.classes ?? options.classes ?? labels);
    checkSameTask(where, from, task);
    const { optimiserStates, ...learned } = await learnFurther(
      {
        where,
        plan: task.plan,
        known: {
          rows: given,
          ...task.targetsOf(where, labels, count),
          sampleWeights: sampleWeightsOf(where, 'sampleWeight', options.sampleWeight, count),
        },
        outputs: task.classes.length,
        classWeights: classFactors(where, task.plan.classWeights, task.classes),
        run: this.options,
      },
      from,
    );
    this.keep({ ...learned, classes: task.classes, labels: task.form }, optimiserStates);
    return this as unknown as FittedClassifier;
  }

  get classes(): Classes {
    return this.fitted('classes').classes;
  }

  get labels(): ReadLabelRows['form'] | undefined {
    return this.fitted('labels').labels;
  }

  predict(rows: Rows): Label[] | Indicator[][] {
    const where = 'Classifier.predict';
    const { labels, classes } = this.fitted('predict');
    const output = this.outputs(where, rows);
    if (labels !== undefined) return labelRowsOf(output.data, output.shape[1], labels);
    return Array.from(guessesOf(output), (one) => classes[one]!);
  }

  predictProbabilities(rows: Rows): Prediction {
    return this.outputs('Classifier.predictProbabilities', rows);
  }

  score(rows: Rows, labels: LabelInput | LabelRows, options: ScoreOptions = {}): number {
    const where = 'Classifier.score';
    const output = this.outputs(where, rows);
    const [length, columns] = output.shape;
    const truths = this.#truthsOf(where, labels, length);
    const { kind } = this.plan.loss;
    const score = scoreOf(kind);
    const measured = new MetricAccumulator([score], kind, columns);
    measured.add(output.data, truths, length, readScoreOptions(where, options, length));
    return measured.results()[score]!;
  }

  protected override savedOptions(): SavedOptions {
    const options = super.savedOptions();
    const { classWeight } = this.options;
    if (typeof classWeight !== 'object') return options;
    // The factors are saved as pairs, because a class may be called `__proto__`, a key that strict readers refuse.
    return { ...options, classWeight: readClassWeight('Classifier', 'classWeight', classWeight) };
  }

  /** The labels of rows that are scored, in the form of the classifier. */
  #truthsOf(
    where: string,
    labels: LabelInput | LabelRows,
    rows: number,
  ): Int32Array | Float64Array {
    const { classes } = this;
    if (this.labels !== undefined) {
      checkSomeRows(where, rows);
      return labelTargets(where, labels as LabelRows, rows, classes.length);
    }
    const count = (labels as ArrayLike<unknown>).length;
    if (rows === count && rows > 0) return encodeLabelsFor(where, classes, labels as LabelInput);
    throw dataError({
      where,
      subject: '',
      rule: 'there must be rows, and as many labels',
      got: `${rows} rows and ${count} labels`,
    });
  }
}

/** The index of the most probable class of each row. */
function guessesOf({ data, shape }: Prediction): Int32Array {
  const [length, columns] = shape;
  return Int32Array.from({ length }, (_, row) => argmax(data, row * columns, columns));
}

export type {
  ClassifierConstructor,
  ClassifierOptions,
  FittedClassifier,
  FittedMultilabelClassifier,
} from './classifier-types.ts';

/** A classifier that may not be fitted yet. */
export type Classifier = UnfittedClassifier;

/** A classifier of rows by a feed-forward network; see {@link ClassifierConstructor}. */
export const Classifier: ClassifierConstructor = ClassifierModel;

/** A fitted classifier from checked parts, as a model file holds them. */
export function restoreClassifier(
  options: ClassifierOptions,
  fitted: FittedParts,
  plan: TrainPlan | undefined,
): FittedClassifier | FittedMultilabelClassifier {
  const model: unknown = new ClassifierModel(options, fitted, plan);
  return model as FittedClassifier | FittedMultilabelClassifier;
}
