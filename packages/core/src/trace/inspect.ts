/**
 * Looking inside a network, synchronously: `forward` gives every layer's values, `backward` the gradients,
 * `traceStep` every named quantity of a step. None of them changes anything.
 */
import type { Backend, Numerics } from '../backends/contract.ts';
import type { BackendChoice } from '../backends/registry.ts';
import type { MatrixInput } from '../arrays/matrix.ts';
import { range } from '../arrays/split.ts';
import type { TargetInput } from '../arrays/targets.ts';
import type { LossOption } from '../losses/loss.ts';
import {
  byName,
  currentParameters,
  readInputs,
  stateOf,
  type Network,
  type Prediction,
} from '../model/network.ts';
import type { ParameterMap } from '../network/readable.ts';
import { anyOption, booleanOption, readOptions } from '../words/options.ts';
import { updateNeeds } from '../optim/optimizer.ts';
import { backendOption, numericsOption, TileRunner } from '../model/prediction.ts';
import { atOnce } from '../model/runner.ts';
import { columnsOf, newReals } from '../program/memory.ts';
import { trace } from './trace-step.ts';
import type { TracedQuantity } from './quantity.ts';
import { BatchRunner } from '../train/batch-runner.ts';
import { DataSet } from '../train/data-set.ts';
import { readRowSet } from '../train/row-set.ts';
import type { ClassWeights } from '../train/row-weights.ts';
import {
  readStepOptions,
  STEP,
  stepRules,
  type StepOptions,
  type StepSettings,
} from '../train/settings.ts';
import { updateScalarsInto } from '../train/update-scalars.ts';
import { scaledMoments } from './update-formulas.ts';

/** The values of one forward pass; `data` and `shape` are the network's output, as `predict` gives it. */
export interface ForwardResult extends Prediction {
  /** z: the output before the output function; the last of `activations`. */
  readonly logits: Prediction;
  /** The output of every layer except dropout, in order; the last one is the logits. */
  readonly activations: readonly Prediction[];
}

/**
 * One forward pass without dropout, with every layer's values: eq. (1)–(4), (6)–(9).
 *
 * @param net - made by `network`
 * @param x - shape [rows, inputs]
 * @param options - `backend = 'auto'`, `numerics = 'portable'`
 * @returns the output, the logits, and the output of every layer except dropout; new memory
 * @throws {TypeError} when an argument is of a wrong kind
 * @throws {RangeError} when the shape is wrong
 * @example
 * const { activations } = forward(net, [[0.5, -1]]);
 */
export function forward(
  net: Network,
  x: MatrixInput,
  options: { readonly backend?: BackendChoice; readonly numerics?: Numerics } = {},
): ForwardResult {
  const where = 'forward';
  const state = stateOf(where, net);
  const { dtype } = state.spec;
  const { backend } = readOptions<{ backend: Backend; numerics: Numerics }>(where, options, {
    backend: backendOption(dtype),
    numerics: numericsOption,
  });
  const matrix = readInputs(where, state, x);
  const { rows } = matrix;
  const runner = new TileRunner(state, currentParameters(state), backend, Math.max(rows, 1));
  try {
    const output = runner.predict(matrix, 'output');
    const activations = runner.program.layers.map(({ tensor }): Prediction => {
      const columns = columnsOf(tensor);
      const data = newReals(dtype, rows * columns);
      data.set(runner.realsOf(tensor).subarray(0, data.length));
      return { data, shape: [rows, columns] };
    });
    return { ...output, logits: activations.at(-1)!, activations };
  } finally {
    runner.close();
  }
}

export interface BackwardOptions {
  readonly loss: LossOption;
  readonly sampleWeights?: ArrayLike<number>;
  readonly classWeights?: ClassWeights;
  /** Adds l1·sign(w) to the gradient of weights. Default 0. */
  readonly l1?: number;
  /** Adds l2·w to the gradient of weights. Default 0. */
  readonly l2?: number;
  /** Whether dropout is on, with the mask of (`seed`, `step`). Default true, as in training. */
  readonly training?: boolean;
  /** Default the network's. */
  readonly seed?: number;
  /** t, from 1. Default 1. */
  readonly step?: number;
  readonly backend?: BackendChoice;
  readonly numerics?: Numerics;
}

export interface BackwardResult {
  /** Σ w ℓ / Σ w, without penalties. */
  readonly loss: number;
  /** ∂L/∂θ by parameter name, l1 and l2 included; copies in the network's dtype. */
  readonly gradients: ParameterMap;
}

/**
 * The loss and its gradient over a batch, or one point as a batch of one: eq. (11)–(18), (19)–(25).
 *
 * @param net - made by `network`
 * @param x - shape [rows, inputs], at least one row
 * @param y - as `fit` takes it
 * @param options - `loss` is required
 * @returns the loss and the gradients by parameter name
 * @throws {TypeError} when an argument is of a wrong kind
 * @throws {RangeError} when a shape or value is wrong
 * @throws {DataError} when a number is not finite or a label out of range
 * @example
 * const { loss, gradients } = backward(net, x, y, { loss: 'mse' });
 */
export function backward(
  net: Network,
  x: MatrixInput,
  y: TargetInput,
  options: BackwardOptions,
): BackwardResult {
  const where = 'backward';
  const state = stateOf(where, net);
  const rules = stepRules(state);
  const read = readStepOptions<BackwardSettings>(where, options, {
    loss: rules.loss,
    sampleWeights: anyOption,
    classWeights: anyOption,
    l1: rules.l1,
    l2: rules.l2,
    training: booleanOption(true),
    seed: rules.seed,
    step: STEP,
    backend: rules.backend,
    numerics: rules.numerics,
  });
  const { loss, backend, l1, l2 } = read;
  const rows = readRowSet({ where, state, loss }, { x, y }, read);
  const data = new DataSet([rows], backend.precision);
  const parameters = currentParameters(state);
  const runner = new BatchRunner({
    ...read,
    network: state,
    parameters,
    data,
    capacity: data.rows,
  });
  try {
    runner.progress.steps = read.step - 1;
    atOnce(runner.forward(range(0, data.rows), 0, data.rows));
    atOnce(runner.run('backward'));
    const { decayingCount, parameterCount } = state.layout;
    const flat = newReals(state.spec.dtype, parameterCount);
    flat.set(runner.adjoints);
    // Without penalties nothing is added, because −0 + 0 is +0 and would change a bit.
    const weights = l1 > 0 || l2 > 0 ? decayingCount : 0;
    for (let i = 0; i < weights; i++) {
      const weight = parameters[i]!;
      flat[i] = flat[i]! + l2 * weight + l1 * (weight > 0 ? 1 : weight < 0 ? -1 : 0);
    }
    return { loss: runner.loss, gradients: byName(state.layout, flat) };
  } finally {
    runner.close();
  }
}

interface BackwardSettings extends Pick<
  StepSettings,
  'loss' | 'classWeights' | 'l1' | 'l2' | 'seed' | 'backend' | 'numerics'
> {
  readonly sampleWeights: unknown;
  readonly training: boolean;
  readonly step: number;
}

/** The options of {@link traceStep}: the options of a step, and the position of the step in a run. */
export interface TraceStepOptions extends StepOptions {
  readonly sampleWeights?: ArrayLike<number>;
  /** t, from 1; moments are zero before it. Default 1. */
  readonly step?: number;
}

/**
 * Every quantity of one training step, in order, with its equation: nothing is changed. One row is written
 * as a data point, eq. (1)–(5), (11)–(18); several as a batch, eq. (6)–(11), (19)–(25); the update is
 * eq. (30), (26)–(29). Computed in float64 on the reference.
 *
 * @param net - made by `network`
 * @param x - shape [rows, inputs], at least one row
 * @param y - as `fit` takes it
 * @param options - the options of `trainer`, and `step`
 * @returns name, symbol, LaTeX, equation number, shape and value of each
 * @throws {TypeError} when an argument is of a wrong kind
 * @throws {RangeError} when a shape or value is wrong
 * @example
 * for (const { symbol, equation, value } of traceStep(net, x, y, { loss: 'mse' })) {
 *   console.log(equation, symbol, value);
 * }
 */
export function traceStep(
  net: Network,
  x: MatrixInput,
  y: TargetInput,
  options: TraceStepOptions,
): TracedQuantity[] {
  const where = 'traceStep';
  const state = stateOf(where, net);
  const settings = readStepOptions<TraceSettings>(where, options, {
    ...stepRules(state),
    sampleWeights: anyOption,
    step: STEP,
  });
  const rows = readRowSet({ where, state, loss: settings.loss }, { x, y }, settings);
  return trace({
    ...settings,
    ...rows,
    spec: state.spec,
    flat: currentParameters(state),
    point: rows.matrix.rows === 1,
    update: {
      ...updateNeeds(settings.optimizer),
      scaledMoments: scaledMoments(settings.optimizer, settings.step),
      spareAdjoints: 0,
      keepBest: false,
      maxNorm: settings.maxNorm,
    },
    description: settings,
    setScalars: (scalars, norm) => {
      const { optimizer, step } = settings;
      updateScalarsInto(scalars, settings, norm, step, optimizer.learningRate);
    },
  });
}

interface TraceSettings extends StepSettings {
  readonly sampleWeights: unknown;
  readonly step: number;
}
