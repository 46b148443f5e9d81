/**
 * Looking inside a network, synchronously: `forward` gives every layer's values, `backward` the gradients,
 * `traceStep` every named quantity of a step. None of them changes anything.
 */
import type { HostExecutable } from './backends/contract.ts';
import { chooseBackend, type BackendChoice } from './backends/registry.ts';
import { readMatrix, type MatrixInput } from './data/matrix.ts';
import type { TargetInput } from './data/targets.ts';
import { readLoss, type LossOption } from './losses/loss.ts';
import {
  currentParameters,
  stateOf,
  type Network,
  type NetworkState,
  type Prediction,
} from './model.ts';
import type { ParameterMap } from './network/readable.ts';
import { checkBoolean, checkNumber, checkOptions } from './options.ts';
import { PredictionSession } from './prediction.ts';
import { clipLimit, clipScale } from './optim/clip.ts';
import { lower } from './program/lower.ts';
import { SCALARS } from './program/scalars.ts';
import { seedHigh, seedLow } from './random/streams.ts';
import { coefficientsInto } from './train/coefficients.ts';
import { DataSet, DataWindow } from './train/data-set.ts';
import { optimizerState } from './train/optimizer-state.ts';
import { checkRows, readRowSet } from './train/row-set.ts';
import type { ClassWeights } from './train/row-weights.ts';
import {
  checkOutput,
  checkStepOptions,
  readStepSettings,
  STEP_OPTION_NAMES,
  type StepOptions,
} from './train/settings.ts';
import { stateMap } from './train/trainer-state.ts';
import { trace } from './trace/trace-step.ts';
import type { TracedQuantity } from './trace/quantity.ts';

/** The values of one forward pass; `data` and `shape` are the network's output, as `predict` gives it. */
export interface ForwardResult extends Prediction {
  /** z: the output before the output function. */
  readonly logits: Prediction;
  /** h of every dense layer, in order; the last is the logits. */
  readonly activations: readonly Prediction[];
}

/**
 * One forward pass without dropout, with every layer's values: eq. (1)–(4), (6)–(9).
 *
 * @param net - made by `network`
 * @param x - shape [rows, inputs]
 * @param options - `backend = 'auto'`
 * @returns the output, the logits, and h of every dense layer; new memory
 * @throws {TypeError} when an argument is of a wrong kind
 * @throws {RangeError} when the shape is wrong
 * @example
 * const { activations } = forward(net, [[0.5, -1]]);
 */
export function forward(
  net: Network,
  x: MatrixInput,
  options: { readonly backend?: BackendChoice } = {},
): ForwardResult {
  const state = stateOf('forward', net);
  checkOptions('forward', options, ['backend']);
  const matrix = readMatrix('forward', x, {
    columns: state.spec.inputs,
    float32: state.spec.dtype === 'float32',
  });
  const backend = chooseBackend('forward', options.backend ?? 'auto', state.spec.dtype);
  const rows = Math.max(matrix.rows, 1);
  const session = new PredictionSession(state.spec, state.layout, backend, rows);
  try {
    session.load(currentParameters(state));
    const result = (wants: 'output' | 'logits'): Prediction => {
      const data = realArray(state, matrix.rows * session.outputs);
      session.runInto(data, matrix, wants);
      return { data, shape: [matrix.rows, session.outputs] };
    };
    const output = result('output');
    const activations = state.layout.dense.map(({ index, fanOut }): Prediction => {
      const data = realArray(state, matrix.rows * fanOut);
      data.set(session.view(`h${index}`).subarray(0, data.length));
      return { data, shape: [matrix.rows, fanOut] };
    });
    return { ...output, logits: result('logits'), activations };
  } finally {
    session.close();
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
  checkStepOptions(where, options, [
    'loss',
    'sampleWeights',
    'classWeights',
    'l1',
    'l2',
    'training',
    'seed',
    'step',
    'backend',
  ]);
  const loss = readLoss(where, options.loss);
  checkOutput(where, loss, state);
  const training = checkBoolean(where, 'training', options.training ?? true);
  const l1 = checkNumber(where, 'l1', options.l1 ?? 0, { min: 0 });
  const l2 = checkNumber(where, 'l2', options.l2 ?? 0, { min: 0 });
  const rows = readRowSet({ where, state, loss }, { x, y }, options);
  checkRows(where, rows.matrix.rows);
  const backend = chooseBackend(where, options.backend ?? 'auto', state.spec.dtype);
  const set = new DataSet([rows], backend.precision);
  const layers = state.spec.layers.filter((layer) => training || layer.kind !== 'dropout');
  const program = lower({
    spec: { ...state.spec, layers },
    purpose: 'train',
    precision: backend.precision,
    capacity: rows.matrix.rows,
    loss,
    data: set.request(rows.matrix.rows),
  });
  const executable = backend.compile(program);
  try {
    (executable.view('parameters') as Float64Array).set(currentParameters(state));
    bindAll(executable, set, options, state);
    executable.run('forward');
    const sum = executable.scalars[SCALARS.loss]!;
    executable.run('backward');
    const flat = realArray(state, state.layout.parameterCount);
    flat.set(executable.view('adjoints'));
    const parameters = currentParameters(state);
    if (l1 > 0 || l2 > 0) {
      for (let i = 0; i < state.layout.weightCount; i++) {
        const weight = parameters[i]!;
        flat[i] = flat[i]! + l2 * weight + l1 * (weight > 0 ? 1 : weight < 0 ? -1 : 0);
      }
    }
    return {
      loss: sum * executable.scalars[SCALARS.inverseWeightSum]!,
      gradients: stateMap(state.layout, flat),
    };
  } finally {
    executable.close();
  }
}

/** The options of {@link traceStep}: those of a step, and where in a run it stands. */
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
 * @param options - as those of `trainer`
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
  checkStepOptions(where, options, [...STEP_OPTION_NAMES, 'sampleWeights', 'step']);
  const settings = readStepSettings(where, options, state);
  const step = checkNumber(where, 'step', options.step ?? 1, { integer: true, min: 1 });
  const rows = readRowSet({ where, state, loss: settings.loss }, { x, y }, options);
  checkRows(where, rows.matrix.rows);
  return trace({
    spec: state.spec,
    flat: currentParameters(state),
    matrix: rows.matrix,
    targets: rows.targets,
    weights: rows.weights,
    loss: settings.loss,
    point: rows.matrix.rows === 1,
    update: { ...optimizerState(settings.optimizer), spareAdjoints: 0, keepBest: false },
    description: settings,
    setScalars: (scalars, norm) => {
      scalars[SCALARS.clipScale] = clipScale(settings.clip, norm);
      scalars[SCALARS.clipValue] = clipLimit(settings.clip);
      coefficientsInto(scalars, settings, step, settings.optimizer.learningRate);
    },
    seed: settings.seed,
    step,
  });
}

/** Writes all rows and the scalars of a single pass. */
function bindAll(
  executable: HostExecutable,
  set: DataSet,
  options: BackwardOptions,
  state: NetworkState,
): void {
  const window = new DataWindow(set, executable);
  const order = executable.view('rows');
  for (let row = 0; row < set.rows; row++) {
    if (!window.whole) window.copyRow(row, row);
    order[row] = row;
  }
  const weightSum = set.weightSum(order, 0, set.rows);
  const seed = checkNumber('backward', 'seed', options.seed ?? state.spec.seed, {
    integer: true,
    min: 0,
  });
  const { scalars } = executable;
  scalars[SCALARS.rows] = set.rows;
  scalars[SCALARS.rowOffset] = 0;
  scalars[SCALARS.step] = checkNumber('backward', 'step', options.step ?? 1, {
    integer: true,
    min: 1,
  });
  scalars[SCALARS.seedLow] = seedLow(seed);
  scalars[SCALARS.seedHigh] = seedHigh(seed);
  scalars[SCALARS.inverseWeightSum] = weightSum > 0 ? 1 / weightSum : 0;
}

function realArray(state: NetworkState, length: number): Float32Array | Float64Array {
  return state.spec.dtype === 'float64' ? new Float64Array(length) : new Float32Array(length);
}
