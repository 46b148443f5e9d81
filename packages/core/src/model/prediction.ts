/**
 * Prediction in tiles: a compiled predict Program with packed weights, kept for the few networks used last
 * and refreshed when a network's version or spec changes. A tile holds up to {@link TILE_ROWS} rows, so
 * memory does not grow with the batch, and no row's bits depend on its tile.
 */
import type { Backend, HostExecutable } from '../backends/contract.ts';
import { chooseBackend } from '../backends/registry.ts';
import type { Matrix } from '../arrays/matrix.ts';
import type { Layout } from '../network/layout.ts';
import type { NetworkSpec } from '../network/spec.ts';
import type { OptionRule } from '../words/options.ts';
import { lower } from '../lowering/lower.ts';
import type { LayerOutput, Precision } from '../program/program.ts';
import { SCALARS } from '../program/scalars.ts';

type RealArray = Float32Array | Float64Array;

/** The most rows that run at once. */
export const TILE_ROWS = 128;

/** What a session needs to know of a network. */
export interface PredictableState {
  readonly spec: NetworkSpec;
  readonly layout: Layout;
  readonly version: number;
}

/** Rows of results, row-major; the caller owns `data`. */
export interface Prediction {
  /** Float32Array; Float64Array for `dtype: 'float64'`. */
  readonly data: Float32Array | Float64Array;
  readonly shape: [rows: number, columns: number];
}

/** New memory of a precision. */
export function newReals(precision: Precision, length: number): RealArray {
  return precision === 'float64' ? new Float64Array(length) : new Float32Array(length);
}

/** A predict Program on a backend, with the parameters of one version packed. */
export class PredictionSession {
  readonly backend: Backend;
  readonly spec: NetworkSpec;
  readonly outputs: number;
  readonly capacity: number;
  /** What each layer leaves, the logits last. */
  readonly layers: readonly LayerOutput[];
  /** Of the parameters that were loaded last. */
  version = -1;
  readonly #executable: HostExecutable;
  readonly #x: RealArray;
  readonly #logits: RealArray;
  readonly #output: RealArray;

  constructor({ spec, layout }: PredictableState, backend: Backend, capacity: number) {
    const program = lower({ spec, purpose: 'predict', precision: backend.precision, capacity });
    this.#executable = backend.compile(program);
    this.backend = backend;
    this.spec = spec;
    this.outputs = layout.outputs;
    this.capacity = capacity;
    this.#x = this.view('x');
    this.layers = program.layers;
    this.#logits = this.view(program.layers.at(-1)!.tensor.name);
    this.#output = this.view(program.outputs.forward.name);
  }

  /** Takes over the parameters of a version and packs the weights. */
  load(flat: RealArray, version: number): void {
    this.view('parameters').set(flat);
    this.#executable.run('prepare');
    this.version = version;
  }

  /**
   * Runs the rows of a matrix, tile by tile, and copies the results to the start of `out`.
   *
   * @param wants - the output function's result, or the logits before it
   */
  runInto(out: RealArray, matrix: Matrix, wants: 'output' | 'logits'): void {
    const result = wants === 'output' ? this.#output : this.#logits;
    for (let first = 0; first < matrix.rows; first += this.capacity) {
      const rows = Math.min(this.capacity, matrix.rows - first);
      copyRows(this.#x, 0, matrix, first, rows);
      this.#executable.scalars[SCALARS.rows] = rows;
      this.#executable.run('forward');
      const start = first * this.outputs;
      // A loop: `set` would need a subarray, which is allocated.
      for (let i = 0; i < rows * this.outputs; i++) out[start + i] = result[i]!;
    }
  }

  /** The results in new memory, in the network's dtype. */
  predict(matrix: Matrix, wants: 'output' | 'logits'): Prediction {
    const data = newReals(this.spec.dtype, matrix.rows * this.outputs);
    this.runInto(data, matrix, wants);
    return { data, shape: [matrix.rows, this.outputs] };
  }

  /** The live memory of a tensor, as the last run left it. */
  view(name: string): RealArray {
    return this.#executable.view(name) as RealArray;
  }

  close(): void {
    this.#executable.close();
  }
}

/**
 * Copies rows [first, first + rows) into `x` from element `to` on, scaled as the kernels scale:
 * f32(byte) · f32(scale); bytes stay bytes. One row, or all, are copied without allocation.
 */
export function copyRows(
  x: RealArray | Uint8Array,
  to: number,
  matrix: Matrix,
  first: number,
  rows: number,
): void {
  const { data, columns } = matrix;
  const start = first * columns;
  const size = rows * columns;
  const single = x instanceof Float32Array;
  const scale = x instanceof Uint8Array ? 1 : single ? Math.fround(matrix.scale) : matrix.scale;
  if (rows > 1 && scale === 1) {
    x.set(size === data.length ? data : data.subarray(start, start + size), to);
  } else {
    for (let i = 0; i < size; i++) x[to + i] = data[start + i]! * scale;
  }
}

/** How many networks keep their packed weights; each costs an arena. */
const KEPT = 8;

/** The sessions of the networks used last; least recently used first. */
const sessions = new Map<PredictableState, PredictionSession>();

/** The session that a network keeps, with its parameters of now. */
export function keptSession(
  state: PredictableState,
  flat: RealArray,
  backend: Backend,
): PredictionSession {
  let session = sessions.get(state);
  sessions.delete(state);
  if (session?.spec !== state.spec || session.backend !== backend) {
    session?.close();
    session = new PredictionSession(state, backend, TILE_ROWS);
  }
  sessions.set(state, session);
  if (sessions.size > KEPT) {
    const [oldest] = sessions.keys();
    sessions.get(oldest!)!.close();
    sessions.delete(oldest!);
  }
  if (session.version !== state.version) session.load(flat, state.version);
  return session;
}

/** The backend of a choice, for networks of a dtype; `'auto'` by default. */
export function backendOption(dtype: Precision): OptionRule<Backend> {
  return (where, _name, value = 'auto') => chooseBackend(where, value, dtype);
}
