/**
 * `predictor`: a frozen snapshot of a network for serving, with packed weights, a fixed capacity and results
 * written to the caller's memory. It follows none of the network's later changes.
 */
import { chooseBackend, type BackendChoice } from './backends/registry.ts';
import { readMatrix, type Matrix, type MatrixInput } from './data/matrix.ts';
import { VinculumError } from './errors.ts';
import { currentParameters, stateOf, type Network, type Prediction } from './model.ts';
import { checkNumber, checkOptions, show } from './options.ts';
import { PredictionSession } from './prediction.ts';

export interface PredictorOptions {
  /** The most rows that run at once; more are run in tiles. Default 1. */
  readonly maxRows?: number;
  readonly backend?: BackendChoice;
}

/** A frozen, compiled network. */
export interface Predictor {
  readonly inputs: number;
  readonly outputs: number;
  readonly maxRows: number;
  /** Allocates the result; shape [rows, outputs]. */
  predict(x: MatrixInput): Prediction;
  /**
   * Writes the outputs of `x` to the start of `out`. Nothing is allocated where `x` is a Float32Array of
   * whole rows, at most `maxRows`; values of that form are not checked for finiteness.
   *
   * @param out - at least rows × outputs long
   * @param x - one or more whole rows
   * @throws {RangeError} when `x` is no whole number of rows, or `out` is too short
   */
  predictInto(out: Float32Array | Float64Array, x: Float32Array | Float64Array | MatrixInput): void;
  /** Gives the memory back. Twice is harmless; predicting afterwards throws. */
  close(): void;
  [Symbol.dispose](): void;
}

/**
 * A snapshot of a network for fast prediction.
 *
 * @param net - made by `network`
 * @param options - `maxRows = 1`, `backend = 'auto'`
 * @throws {TypeError} when `net` is no network or an option is unknown
 * @example
 * using fast = predictor(net, { maxRows: 64 });
 * fast.predictInto(out, row);
 */
export function predictor(net: Network, options: PredictorOptions = {}): Predictor {
  const state = stateOf('predictor', net);
  checkOptions('predictor', options, ['maxRows', 'backend']);
  const maxRows = checkNumber('predictor', 'maxRows', options.maxRows ?? 1, {
    integer: true,
    min: 1,
    max: 1 << 20,
  });
  const backend = chooseBackend('predictor', options.backend ?? 'auto', state.spec.dtype);
  const session = new PredictionSession(state.spec, state.layout, backend, maxRows);
  session.load(currentParameters(state));
  return new FrozenPredictor(session, state.spec.inputs, state.spec.dtype);
}

class FrozenPredictor implements Predictor {
  readonly inputs: number;
  readonly outputs: number;
  readonly maxRows: number;
  readonly #session: PredictionSession;
  readonly #dtype: 'float32' | 'float64';
  /** Reused for rows given as a bare typed array, so that predictInto allocates nothing. */
  readonly #rows: { data: Float32Array | Float64Array; rows: number; columns: number; scale: 1 };
  #closed = false;

  constructor(session: PredictionSession, inputs: number, dtype: 'float32' | 'float64') {
    this.#session = session;
    this.#dtype = dtype;
    this.inputs = inputs;
    this.outputs = session.outputs;
    this.maxRows = session.capacity;
    this.#rows = { data: new Float32Array(0), rows: 0, columns: inputs, scale: 1 };
  }

  predict(x: MatrixInput): Prediction {
    this.#checkOpen('predict');
    const matrix = this.#matrix('predict', x);
    const size = matrix.rows * this.outputs;
    const data = this.#dtype === 'float64' ? new Float64Array(size) : new Float32Array(size);
    this.#session.runInto(data, matrix, 'output');
    return { data, shape: [matrix.rows, this.outputs] };
  }

  predictInto(
    out: Float32Array | Float64Array,
    x: Float32Array | Float64Array | MatrixInput,
  ): void {
    this.#checkOpen('predictInto');
    const matrix = this.#matrix('predictInto', x);
    if (!(out instanceof Float32Array || out instanceof Float64Array)) {
      throw new TypeError(
        `predictInto: out must be a Float32Array or Float64Array; got ${show(out)}.`,
      );
    }
    const size = matrix.rows * this.outputs;
    if (out.length < size) {
      throw new RangeError(
        `predictInto: out must hold ${matrix.rows} × ${this.outputs} values; got length ${out.length}.`,
      );
    }
    this.#session.runInto(out, matrix, 'output');
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#session.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #matrix(where: string, x: Float32Array | Float64Array | MatrixInput): Matrix {
    if (!(x instanceof Float32Array || x instanceof Float64Array)) {
      return readMatrix(where, x, { columns: this.inputs, float32: this.#dtype === 'float32' });
    }
    const rows = x.length / this.inputs;
    if (!Number.isInteger(rows)) {
      throw new RangeError(
        `${where}: x must be whole rows of ${this.inputs}; got length ${x.length}.`,
      );
    }
    this.#rows.data = x;
    this.#rows.rows = rows;
    return this.#rows;
  }

  #checkOpen(where: string): void {
    if (this.#closed) {
      throw new VinculumError('closed', `${where}: the predictor is closed. Make a new one.`);
    }
  }
}
