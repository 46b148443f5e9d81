/**
 * The options of `Classifier` and `Regressor`: scikit-learn's names in camelCase with its defaults where they
 * mean the same, and what its users ask for besides (dropout, class weights, clipping, an own validation set).
 * They are checked when the estimator is made, so a slip shows before any data are read.
 */
import {
  ACTIVATION_KINDS,
  readActivation,
  type Activation,
  type ActivationOption,
} from '../activations/activation.ts';
import type { BackendChoice } from '../backends/registry.ts';
import { PREPARATION_OPTIONS, type PreparationOptions } from '../data/preparation.ts';
import type { InitialiserOption } from '../init/initialiser.ts';
import { MAX_UNITS } from '../network/layer.ts';
import { checkBoolean, checkChoice, checkNumber, checkOptions, nearest, show } from '../options.ts';
import type { ClipOption } from '../optim/clip.ts';
import type { Callback } from '../train/callbacks.ts';
import type { Progress } from '../train/fit-options.ts';

/** What both estimators take. */
export interface EstimatorOptions extends PreparationOptions {
  /** Units of each hidden layer. Default `[100]`. */
  readonly hiddenLayerSizes?: number | readonly number[];
  /** Of the hidden layers, one for all or one each; `'logistic'` means `'sigmoid'`. Default `'relu'`. */
  readonly activation?: HiddenActivation | readonly HiddenActivation[];
  /** Of the weights; by default what suits the activation. */
  readonly init?: InitialiserOption;
  /** Drop rate after each hidden layer, one for all or one each. Default 0. */
  readonly dropout?: number | readonly number[];
  /** Default `'adam'`, in the form of scikit-learn (ε added to the uncorrected root, "epsilon hat"). */
  readonly solver?: 'adam' | 'sgd';
  /**
   * L2 penalty. scikit-learn adds alpha·W / n to the gradient, n the rows of the batch; so do we with n the
   * batch size, except that a short last batch is not penalised more. Default 1e-4.
   */
  readonly alpha?: number;
  /** Rows of a step; `'auto'` is the smaller of 200 and the training rows. Default `'auto'`. */
  readonly batchSize?: 'auto' | number;
  /** How the rate goes on, for `solver: 'sgd'` only. Default `'constant'`. */
  readonly learningRate?: 'constant' | 'invscaling' | 'adaptive';
  /** Default 1e-3. */
  readonly learningRateInit?: number;
  /** The exponent of `'invscaling'`: rate = initial / (rows seen + 1)^powerT. Default 0.5. */
  readonly powerT?: number;
  /** Epochs at most. Default 200. */
  readonly maxIter?: number;
  /** A new order of rows in each epoch. Default true. */
  readonly shuffle?: boolean;
  /** Seed of weights, orders, splits and dropout. Default 0: two runs give the same bits. */
  readonly randomState?: number;
  /** An epoch must be better by more than this to count as better. Default 1e-4. */
  readonly tol?: number;
  /** For `solver: 'sgd'`. Default 0.9. */
  readonly momentum?: number;
  /** For `solver: 'sgd'`. Default true. */
  readonly nesterovsMomentum?: boolean;
  /** Hold rows out, stop when they get no better, and give the best weights back. Default false. */
  readonly earlyStopping?: boolean;
  /** The share of rows that early stopping holds out, stratified for classes. Default 0.1. */
  readonly validationFraction?: number;
  /** What early stopping watches: the score (accuracy or R²), as in scikit-learn, or the loss. */
  readonly monitor?: 'score' | 'loss';
  /** Default 0.9. */
  readonly beta1?: number;
  /** Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** The run stops when more epochs than this, one after another, were no better. Default 10. */
  readonly nIterNoChange?: number;
  /** Gradient clipping: `{ globalNorm }`, `{ value }` or `{ normalize }`. Default none. */
  readonly clip?: ClipOption;
  /** Default `'auto'`. */
  readonly backend?: BackendChoice;
  readonly onProgress?: (progress: Progress) => void;
  readonly callbacks?: readonly Callback[];
  readonly signal?: { readonly aborted: boolean };
}

/** A name or record that a dense layer takes, or scikit-learn's name of the sigmoid. */
export type HiddenActivation = ActivationOption | 'logistic';

/** The options that say how to run and not what to learn; they are not saved. */
export const RUN_OPTIONS = [
  'backend',
  'onProgress',
  'callbacks',
  'signal',
  'validationData',
] as const;

const SHARED_OPTIONS = [
  ...PREPARATION_OPTIONS,
  'hiddenLayerSizes',
  'activation',
  'init',
  'dropout',
  'solver',
  'alpha',
  'batchSize',
  'learningRate',
  'learningRateInit',
  'powerT',
  'maxIter',
  'shuffle',
  'randomState',
  'tol',
  'momentum',
  'nesterovsMomentum',
  'earlyStopping',
  'validationFraction',
  'monitor',
  'beta1',
  'beta2',
  'epsilon',
  'nIterNoChange',
  'clip',
  ...RUN_OPTIONS,
] as const;

/** The shared options with every default filled in. */
export interface EstimatorSettings {
  readonly hidden: readonly HiddenLayer[];
  readonly init: InitialiserOption | undefined;
  readonly solver: 'adam' | 'sgd';
  readonly alpha: number;
  readonly batchSize: 'auto' | number;
  readonly learningRate: 'constant' | 'invscaling' | 'adaptive';
  readonly learningRateInit: number;
  readonly powerT: number;
  readonly maxIter: number;
  readonly shuffle: boolean;
  readonly randomState: number;
  readonly tol: number;
  readonly momentum: number;
  readonly nesterovsMomentum: boolean;
  readonly earlyStopping: boolean;
  readonly validationFraction: number;
  readonly monitor: 'score' | 'loss';
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly nIterNoChange: number;
}

export interface HiddenLayer {
  readonly units: number;
  readonly activation: Activation;
  readonly dropout: number;
}

/**
 * Checks the options and fills in the defaults.
 *
 * @param where - `Classifier` or `Regressor`
 * @param own - the names that only this estimator has
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is wrong
 */
export function readEstimatorOptions(
  where: string,
  options: EstimatorOptions,
  own: readonly string[],
): EstimatorSettings {
  checkOptions(where, options, [...SHARED_OPTIONS, ...own]);
  const number = (name: keyof EstimatorOptions, rule: Parameters<typeof checkNumber>[3]): number =>
    checkNumber(where, name, options[name] ?? DEFAULTS.get(name), rule);
  const boolean = (name: keyof EstimatorOptions, byDefault: boolean): boolean =>
    checkBoolean(where, name, options[name] ?? byDefault);
  const solver = readSolver(where, options.solver);
  return {
    hidden: readHidden(where, options),
    init: options.init,
    solver,
    alpha: number('alpha', { min: 0 }),
    batchSize:
      (options.batchSize ?? 'auto') === 'auto'
        ? 'auto'
        : checkNumber(where, 'batchSize', options.batchSize, { integer: true, min: 1 }),
    learningRate: readRate(where, options.learningRate, solver),
    learningRateInit: number('learningRateInit', { above: 0 }),
    powerT: number('powerT', {}),
    maxIter: number('maxIter', { integer: true, min: 1 }),
    shuffle: boolean('shuffle', true),
    randomState: number('randomState', { integer: true, min: 0 }),
    tol: number('tol', { min: 0 }),
    momentum: number('momentum', { min: 0, below: 1 }),
    nesterovsMomentum: boolean('nesterovsMomentum', true),
    earlyStopping: boolean('earlyStopping', false),
    validationFraction: number('validationFraction', { above: 0, below: 1 }),
    monitor: checkChoice(where, 'monitor', options.monitor ?? 'score', ['score', 'loss'] as const),
    beta1: number('beta1', { min: 0, below: 1 }),
    beta2: number('beta2', { min: 0, below: 1 }),
    epsilon: number('epsilon', { above: 0 }),
    nIterNoChange: number('nIterNoChange', { integer: true, min: 1 }),
  };
}

/** scikit-learn's defaults; `randomState` is 0 where it has a random one. */
const DEFAULTS: ReadonlyMap<keyof EstimatorOptions, number> = new Map([
  ['alpha', 1e-4],
  ['learningRateInit', 1e-3],
  ['powerT', 0.5],
  ['maxIter', 200],
  ['randomState', 0],
  ['tol', 1e-4],
  ['momentum', 0.9],
  ['validationFraction', 0.1],
  ['beta1', 0.9],
  ['beta2', 0.999],
  ['epsilon', 1e-8],
  ['nIterNoChange', 10],
]);

/** The part of the options that belongs to the preparation of the inputs. */
export function preparationOptions(options: PreparationOptions): PreparationOptions {
  return {
    ...(options.standardize === undefined ? {} : { standardize: options.standardize }),
    ...(options.fill === undefined ? {} : { fill: options.fill }),
    ...(options.maxCategories === undefined ? {} : { maxCategories: options.maxCategories }),
  };
}

function readSolver(where: string, solver: unknown): 'adam' | 'sgd' {
  if (solver === 'lbfgs') {
    throw new RangeError(
      `${where}: solver must be 'adam' or 'sgd'; got 'lbfgs', which is not offered. For small data try 'adam' with a larger maxIter.`,
    );
  }
  return checkChoice(where, 'solver', solver ?? 'adam', ['adam', 'sgd'] as const);
}

function readRate(
  where: string,
  rate: unknown,
  solver: 'adam' | 'sgd',
): 'constant' | 'invscaling' | 'adaptive' {
  if (typeof rate === 'number') {
    throw new TypeError(
      `${where}: learningRate must be 'constant', 'invscaling' or 'adaptive', as in scikit-learn; got ${rate}. The number belongs to learningRateInit.`,
    );
  }
  const found = checkChoice(where, 'learningRate', rate ?? 'constant', [
    'constant',
    'invscaling',
    'adaptive',
  ] as const);
  if (found !== 'constant' && solver !== 'sgd') {
    throw new RangeError(
      `${where}: learningRate '${found}' must go with solver 'sgd'; got solver '${solver}'.`,
    );
  }
  return found;
}

function readHidden(where: string, options: EstimatorOptions): HiddenLayer[] {
  const sizes: readonly unknown[] = listOf(options.hiddenLayerSizes ?? [100]);
  return sizes.map((units, index) => ({
    units: checkNumber(where, `hiddenLayerSizes[${index}]`, units, {
      integer: true,
      min: 1,
      max: MAX_UNITS,
    }),
    activation: readHiddenActivation(
      where,
      pick(where, 'activation', options.activation ?? 'relu', index, sizes.length),
    ),
    dropout: checkNumber(
      where,
      'dropout',
      pick(where, 'dropout', options.dropout ?? 0, index, sizes.length),
      { min: 0, max: 1 },
    ),
  }));
}

function readHiddenActivation(where: string, option: unknown): Activation {
  const known = ['logistic', ...ACTIVATION_KINDS];
  if (option === 'logistic') return readActivation(where, 'sigmoid');
  if (typeof option === 'string' && !known.includes(option) && option !== 'softmax') {
    const near = nearest(option, known);
    throw new RangeError(
      `${where}: activation must be one of ${known.map((one) => `'${one}'`).join(', ')}; got ${show(option)}.${near === undefined ? '' : ` Did you mean '${near}'?`}`,
    );
  }
  return readActivation(where, option);
}

/** One value for all layers, or the value of layer `index` from a list with one each. */
function pick(where: string, name: string, value: unknown, index: number, layers: number): unknown {
  if (!Array.isArray(value)) return value;
  if (value.length !== layers) {
    throw new RangeError(
      `${where}: ${name} must be one value or one for each of the ${layers} hidden layers; got ${value.length}.`,
    );
  }
  return (value as readonly unknown[])[index];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
