/**
 * `predictor`: a frozen snapshot of a network for serving, with packed weights, a fixed capacity and results
 * written to the caller's memory. Later changes of the network do not affect it.
 */
import { mustBe, rangeError, stateError, typeError } from '../words/fault.ts';
import type { Backend, Numerics } from '../backends/contract.ts';
import type { BackendChoice } from '../backends/registry.ts';
import type { Matrix, MatrixInput } from '../arrays/matrix.ts';
import {
  currentParameters,
  readInputs,
  stateOf,
  type Network,
  type NetworkState,
  type Prediction,
} from './network.ts';
import { numberOption, readOptions } from '../words/options.ts';
import { backendOption, numericsOption, threadsOption, TileRunner } from './prediction.ts';

export interface PredictorOptions {
  /** The most rows that run at once; more are run in tiles. Default 1. */
  readonly maxRows?: number;
  readonly backend?: BackendChoice;
  /** As for `fit`; default `'portable'`, whatever the network was trained with. */
  readonly numerics?: Numerics;
  /**
   * The number of threads; it never changes a bit. By default many rows are shared among threads and few are not, by what is
   * fastest at present.
   */
  readonly threads?: number;
}

/** A frozen, compiled network. */
export interface Predictor {
  readonly inputs: number;
  readonly outputs: number;
  readonly maxRows: number;
  /** Allocates the result; shape [rows, outputs]. */
  predict(x: MatrixInput): Prediction;
  /**
   * Writes the outputs of `x` to the start of `out`. If `x` is a Float32Array of at most `maxRows` whole rows, nothing is
   * allocated, and its values are not checked for finiteness.
   *
   * @param out - at least rows × outputs long; its memory must not overlap that of `x`, which is read tile by tile
   * @param x - one or more whole rows
   * @throws {RangeError} when `x` is no whole number of rows, or `out` is too short
   */
  predictInto(out: Float32Array | Float64Array, x: Float32Array | Float64Array | MatrixInput): void;
  /** Gives the memory back. A second call does nothing; a prediction after `close` throws. */
  close(): void;
  [Symbol.dispose](): void;
}

/**
 * A snapshot of a network for fast prediction.
 *
 * @param net - made by `network`
 * @param options - `maxRows = 1`, `backend = 'auto'`, `numerics = 'portable'`, `threads` unset
 * @throws {TypeError} when `net` is no network or an option is unknown
 * @example
 * using fast = predictor(net, { maxRows: 64 });
 * fast.predictInto(out, row);
 */
export function predictor(net: Network, options: PredictorOptions = {}): Predictor {
  const state = stateOf('predictor', net);
  const { maxRows, backend, threads } = readOptions<{
    maxRows: number;
    backend: Backend;
    numerics: Numerics;
    threads: number | undefined;
  }>('predictor', options, {
    maxRows: numberOption({ integer: true, min: 1, max: 1 << 20 }, 1),
    backend: backendOption(state.spec.dtype),
    numerics: numericsOption,
    threads: threadsOption,
  });
  const runner = new TileRunner(state, currentParameters(state), backend, maxRows, threads);
  return new FrozenPredictor(runner, state);
}

class FrozenPredictor implements Predictor {
  readonly inputs: number;
  readonly outputs: number;
  readonly maxRows: number;
  readonly #state: NetworkState;
  /** Reused for rows given as a bare typed array, so that predictInto allocates nothing. */
  readonly #rows: { data: Float32Array | Float64Array; rows: number; columns: number; scale: 1 };
  #runner: TileRunner | undefined;

  constructor(runner: TileRunner, state: NetworkState) {
    this.#runner = runner;
    this.#state = state;
    this.inputs = state.spec.inputs;
    this.outputs = runner.outputs;
    this.maxRows = runner.capacity;
    this.#rows = { data: new Float32Array(0), rows: 0, columns: this.inputs, scale: 1 };
  }

  predict(x: MatrixInput): Prediction {
    const runner = this.#open('predict');
    return runner.predict(this.#matrix('predict', x), 'output');
  }

  predictInto(
    out: Float32Array | Float64Array,
    x: Float32Array | Float64Array | MatrixInput,
  ): void {
    const where = 'predictInto';
    const runner = this.#open(where);
    const matrix = this.#matrix(where, x);
    if (!(out instanceof Float32Array || out instanceof Float64Array)) {
      throw typeError(mustBe(where, 'out', 'a Float32Array or Float64Array', out));
    }
    if (out.length < matrix.rows * this.outputs) {
      throw rangeError({
        where,
        subject: 'out',
        rule: `must hold ${matrix.rows} × ${this.outputs} values`,
        got: `length ${out.length}`,
      });
    }
    runner.runInto(out, matrix, 'output');
  }

  close(): void {
    this.#runner?.close();
    this.#runner = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #matrix(where: string, x: Float32Array | Float64Array | MatrixInput): Matrix {
    if (!(x instanceof Float32Array || x instanceof Float64Array)) {
      return readInputs(where, this.#state, x);
    }
    const rows = x.length / this.inputs;
    if (!Number.isInteger(rows)) {
      throw rangeError({
        where,
        subject: 'x',
        rule: `must be whole rows of ${this.inputs}`,
        got: `length ${x.length}`,
      });
    }
    this.#rows.data = x;
    this.#rows.rows = rows;
    return this.#rows;
  }

  #open(where: string): TileRunner {
    if (this.#runner !== undefined) return this.#runner;
    throw stateError('closed', {
      where,
      subject: 'the predictor',
      rule: 'is closed',
      remedy: ' Make a new one.',
    });
  }
}
