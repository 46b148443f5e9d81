/**
 * The network as an object: a spec, its parameters and synchronous prediction. The parameters are in one ordinary
 * buffer that is not visible outside: reading gives copies, and writing goes through `setParameters`. A version counts
 * the writes, so that weights packed for prediction are never stale.
 */
import { chooseBackend } from '../backends/registry.ts';
import { isList, readMatrixFor, type Matrix, type MatrixInput } from '../arrays/matrix.ts';
import {
  dataError,
  mustBe,
  rangeError,
  stateError,
  typeError,
  withoutWeights,
} from '../words/fault.ts';
import { initialiseParameters } from '../network/initialise.ts';
import { layoutOf, type Layout, type ParameterPlace } from '../network/layout.ts';
import type { ParameterMap, ReadableNetwork } from '../network/readable.ts';
import { readSpec } from '../network/read-spec.ts';
import type { NetworkOptions, NetworkSpec } from '../network/spec.ts';
import { summarise } from '../network/summary.ts';
import { newReals, type RealArray } from '../program/memory.ts';
import { isRecord, readOptions, show, suggestion } from '../words/options.ts';
import { keptRunner, threadsOption, type Prediction } from './prediction.ts';

export type { Prediction };

export interface PredictOptions {
  /**
   * The number of threads; it never changes a bit. By default many rows are shared among threads and few are not, by what is
   * fastest at present.
   */
  readonly threads?: number;
}

/** What a call without options gets, so that nothing is allocated for it. */
const NO_OPTIONS: PredictOptions = {};

/** Some or all parameters by name. */
export type ParameterValues =
  ReadonlyMap<string, ArrayLike<number>> | Readonly<Record<string, ArrayLike<number>>>;

/** A feed-forward network: made by {@link network}, trained by `fit`. */
export interface Network extends ReadableNetwork {
  /** Distinguishes a network from the estimators, because a file may contain either. */
  readonly kind: 'network';
  /** Everything that is needed to rebuild the network except its weights; JSON. */
  readonly spec: NetworkSpec;
  /** How many numbers are learned. */
  readonly parameterCount: number;
  /** Increases when the parameters have changed, by `setParameters` or by training, since `version` was last read. */
  readonly version: number;
  /**
   * The network's outputs with its output function applied: probabilities after a cross-entropy.
   * Row i of the result depends only on row i of `x`, so a row has the same bits alone and in a batch.
   *
   * @param x - shape [rows, inputs]
   * @param options - `threads` unset
   * @returns shape [rows, outputs]; new memory
   */
  predict(x: MatrixInput, options?: PredictOptions): Prediction;
  /** Like `predict`, without the output function: z of eq. (3), (8). */
  logits(x: MatrixInput, options?: PredictOptions): Prediction;
  /** Copies of all parameters by name. */
  parameters(): ParameterMap;
  /**
   * Writes some or all parameters; all are checked before any is written.
   *
   * @throws {TypeError} when a name is unknown or a value is no array of numbers
   * @throws {RangeError} when a length is wrong
   * @throws {DataError} when a number is not finite in the network's dtype
   */
  setParameters(values: ParameterValues): void;
  /** The layers as a table of text, like Keras prints it, with the number of operations for one row. */
  summary(): string;
  /**
   * JSON has no place for the weights, so `JSON.stringify(net)` is refused. `net.spec` is the layers as JSON, and
   * `toSafetensors(net)` holds everything.
   *
   * @throws {TypeError} always
   */
  toJSON(): never;
}

/** New values of one parameter, checked, and the place where they begin in a flat region. */
export interface ParameterWrite {
  readonly offset: number;
  readonly numbers: RealArray;
}

/** A run that holds newer parameters than the network's own buffer. */
export interface LiveRun {
  /** Writes the run's parameters into `flat` if they are newer. */
  pull(flat: RealArray): void;
  /** The user has written some of the network's parameters; the run takes over these, and no others. */
  push(writes: readonly ParameterWrite[]): void;
}

/** The part of a network that `fit`, `trainer` and similar functions may change; not exported from the package. */
export interface NetworkState {
  spec: NetworkSpec;
  readonly layout: Layout;
  /** The parameters in the order of the layout. Read through {@link currentParameters}. */
  readonly flat: RealArray;
  version: number;
  live: LiveRun | undefined;
}

const states = new WeakMap<object, NetworkState>();

/**
 * A network from its layers.
 *
 * @param options - `inputs`: columns of x; `layers`: made by `dense` and `dropout`; `output`: the function that `predict`
 *   applies (if absent, `fit` sets it from the loss); `seed = 0` of the initial weights; `dtype = 'float32'`.
 *   `net.spec` is such an object too.
 * @returns a network with freshly initialised parameters, which it owns
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is wrong
 * @example
 * const net = network({ inputs: 784, layers: [dense(256, { activation: 'relu' }), dense(10)], seed: 42 });
 */
export function network(options: NetworkOptions): Network {
  return makeNetwork(readSpec('network', options));
}

/**
 * A network with the given parameters, without drawing initial ones first; for model files.
 *
 * @param spec - checked
 * @param values - all parameters by name, as `setParameters` takes them
 * @throws as `setParameters` does
 */
export function restoreNetwork(spec: NetworkSpec, values: ParameterValues): Network {
  return makeNetwork(spec, values);
}

function makeNetwork(spec: NetworkSpec, values?: ParameterValues): Network {
  const layout = layoutOf(spec);
  const flat = newReals(spec.dtype, layout.parameterCount);
  const net = new FeedForwardNetwork({ spec, layout, flat, version: 0, live: undefined });
  if (values === undefined) initialiseParameters(spec, layout, flat);
  else net.setParameters(values);
  return net;
}

/** The state behind a network. @throws {TypeError} when `value` was not made by `network(…)` */
export function stateOf(where: string, value: unknown): NetworkState {
  const state = states.get(value as object);
  if (state === undefined) {
    throw typeError(mustBe(where, 'net', 'made by network(…)', value));
  }
  return state;
}

/** The present flat parameters, including those of a live run. Do not keep or change the array. */
export function currentParameters(state: NetworkState): RealArray {
  state.live?.pull(state.flat);
  return state.flat;
}

/** Refuses a network that another run is training. @throws {VinculumError} code `busy` */
export function checkIdle(where: string, state: NetworkState): void {
  if (state.live !== undefined) {
    throw stateError('busy', {
      where,
      subject: 'the network',
      rule: 'is in training already',
      remedy: ' Await the other fit, or close its trainer, first.',
    });
  }
}

/** Reads x as a matrix, with the columns and the range of numbers that the network needs. */
export function readInputs(where: string, { spec }: NetworkState, x: unknown, name = 'x'): Matrix {
  return readMatrixFor(where, x, { name, columns: spec.inputs, float32: spec.dtype === 'float32' });
}

/** Copies of the parameters in a flat region, by name. */
export function byName({ parameters }: Layout, flat: RealArray): ParameterMap {
  return new Map(
    parameters.map(({ name, offset, size }) => [name, flat.slice(offset, offset + size)]),
  );
}

class FeedForwardNetwork implements Network {
  readonly kind = 'network' as const;
  readonly #state: NetworkState;

  constructor(state: NetworkState) {
    this.#state = state;
    states.set(this, state);
  }

  get spec(): NetworkSpec {
    return this.#state.spec;
  }

  get parameterCount(): number {
    return this.#state.layout.parameterCount;
  }

  get version(): number {
    currentParameters(this.#state);
    return this.#state.version;
  }

  predict(x: MatrixInput, options: PredictOptions = NO_OPTIONS): Prediction {
    return this.#run('predict', 'output', x, options);
  }

  logits(x: MatrixInput, options: PredictOptions = NO_OPTIONS): Prediction {
    return this.#run('logits', 'logits', x, options);
  }

  parameters(): ParameterMap {
    return byName(this.#state.layout, currentParameters(this.#state));
  }

  setParameters(values: ParameterValues): void {
    const state = this.#state;
    const writes = readParameters(state, values);
    const flat = currentParameters(state);
    for (const { offset, numbers } of writes) flat.set(numbers, offset);
    state.version++;
    state.live?.push(writes);
  }

  summary(): string {
    return summarise(this.#state.spec);
  }

  toJSON(): never {
    throw withoutWeights('network');
  }

  #run(
    where: string,
    wants: 'output' | 'logits',
    x: MatrixInput,
    options: PredictOptions,
  ): Prediction {
    const state = this.#state;
    const { threads } =
      options === NO_OPTIONS ? NO_OPTIONS : readOptions(where, options, { threads: threadsOption });
    const matrix = readInputs(where, state, x);
    const flat = currentParameters(state);
    const backend = chooseBackend(where, 'auto', state.spec.dtype);
    return keptRunner(state, flat, backend, threads).predict(matrix, wants);
  }
}

/** Every given parameter, checked, in the network's dtype. */
export function readParameters(
  { spec, layout }: Pick<NetworkState, 'spec' | 'layout'>,
  values: unknown,
): ParameterWrite[] {
  const where = 'setParameters';
  if (!isRecord(values)) {
    throw typeError(mustBe(where, 'values', 'a Map or a record of parameters by name', values));
  }
  const entries: [unknown, unknown][] =
    values instanceof Map ? [...(values as Map<unknown, unknown>)] : Object.entries(values);
  const places = new Map<unknown, ParameterPlace>(
    layout.parameters.map((place) => [place.name, place]),
  );
  return entries.map(([name, value]) => {
    const place = places.get(name);
    if (place === undefined) {
      const names = layout.parameters.map((candidate) => candidate.name);
      throw typeError({
        where,
        subject: '',
        rule: `unknown parameter ${show(name)}`,
        remedy: suggestion(String(name), names),
      });
    }
    const numbers = newReals(spec.dtype, place.size);
    readNumbers(where, place.name, place, value, numbers);
    return { offset: place.offset, numbers };
  });
}

/**
 * Reads the numbers of one parameter into `out`, in its type.
 *
 * @param name - the name of the parameter, for messages
 * @param min - the smallest allowed number
 * @throws {TypeError} when it is no array of numbers
 * @throws {RangeError} when its length is wrong
 * @throws {DataError} when a number is not finite in the type of `out`, or below `min`
 */
export function readNumbers(
  where: string,
  name: string,
  { size, shape }: ParameterPlace,
  value: unknown,
  out: RealArray,
  min: number = -Infinity,
): void {
  if (!isList(value)) throw typeError(mustBe(where, name, 'an array of numbers', value));
  if (value.length !== size) {
    throw rangeError({
      where,
      subject: name,
      rule: `must have ${size} values, shape [${shape.join(', ')}]`,
      got: value.length,
    });
  }
  const rule = `a finite ${out instanceof Float32Array ? 'float32' : 'float64'}${min === 0 ? ', at least 0' : ''}`;
  for (let i = 0; i < size; i++) {
    const number = value[i];
    out[i] = typeof number === 'number' ? number : NaN;
    if (!(Number.isFinite(out[i]) && out[i]! >= min)) {
      throw dataError(mustBe(where, `${name}[${i}]`, rule, number));
    }
  }
}
