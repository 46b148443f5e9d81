/**
 * Prediction in tiles: a compiled predict Program with packed weights, kept for the few networks used last
 * and refreshed when a network's version or spec changes. A tile holds up to {@link TILE_ROWS} rows, so
 * memory does not grow with the batch, and no row's bits depend on its tile.
 */
import type { Backend, HostExecutable } from './backends/contract.ts';
import type { Matrix } from './data/matrix.ts';
import type { Layout } from './network/layout.ts';
import type { NetworkSpec } from './network/spec.ts';
import { lower } from './program/lower.ts';
import { SCALARS } from './program/scalars.ts';

type RealArray = Float32Array | Float64Array;

/** The most rows that run at once. */
export const TILE_ROWS = 128;

/** What the cache needs to know of a network. */
export interface PredictableState {
  readonly spec: NetworkSpec;
  readonly layout: Layout;
  readonly version: number;
}

/** A predict Program on a backend, with the parameters of one version packed. */
export class PredictionSession {
  readonly outputs: number;
  readonly capacity: number;
  readonly #executable: HostExecutable;
  readonly #x: RealArray;
  readonly #logits: RealArray;
  readonly #output: RealArray;
  /** The part of a result last copied, kept since rows are often as many as before. */
  #copied: RealArray | undefined;
  #copiedFrom: RealArray | undefined;

  constructor(spec: NetworkSpec, layout: Layout, backend: Backend, capacity: number) {
    const program = lower({ spec, purpose: 'predict', precision: backend.precision, capacity });
    this.#executable = backend.compile(program);
    this.outputs = layout.outputs;
    this.capacity = capacity;
    this.#x = this.#real('x');
    this.#logits = this.#real(`h${layout.dense.length - 1}`);
    this.#output = program.tensors.has('y') ? this.#real('y') : this.#logits;
  }

  /** Takes over parameters and packs the weights. */
  load(flat: RealArray): void {
    this.#real('parameters').set(flat);
    this.#executable.run('prepare');
  }

  /**
   * Runs rows [first, first + rows) of a matrix and copies the results to `out` at row `first`.
   *
   * @param wants - the output function's result, or the logits before it
   */
  runInto(out: RealArray, matrix: Matrix, wants: 'output' | 'logits'): void {
    const result = wants === 'output' ? this.#output : this.#logits;
    for (let first = 0; first < matrix.rows; first += this.capacity) {
      const rows = Math.min(this.capacity, matrix.rows - first);
      copyRows(this.#x, matrix, first, rows);
      this.#executable.scalars[SCALARS.rows] = rows;
      this.#executable.run('forward');
      const size = rows * this.outputs;
      const start = first * this.outputs;
      if (size <= SMALL_COPY) {
        for (let i = 0; i < size; i++) out[start + i] = result[i]!;
      } else {
        out.set(this.#part(result, size), start);
      }
    }
  }

  /** result[0 … size), without allocation where it is the same part as before. */
  #part(result: RealArray, size: number): RealArray {
    if (size === result.length) return result;
    let part = this.#copied;
    if (part === undefined || this.#copiedFrom !== result || part.length !== size) {
      part = result.subarray(0, size);
      this.#copied = part;
      this.#copiedFrom = result;
    }
    return part;
  }

  /** The live memory of a tensor, as the last run left it. */
  view(name: string): RealArray {
    return this.#real(name);
  }

  close(): void {
    this.#executable.close();
  }

  #real(name: string): RealArray {
    return this.#executable.view(name) as RealArray;
  }
}

/** Below this a loop is faster than making a subarray, and allocates nothing. */
const SMALL_COPY = 64;

/** Copies rows [first, first + rows) into `x`, scaled as the kernels scale: f32(byte) · f32(scale). */
export function copyRows(x: RealArray, matrix: Matrix, first: number, rows: number): void {
  const { data, columns } = matrix;
  const start = first * columns;
  const size = rows * columns;
  if (!(data instanceof Uint8Array)) {
    if (size <= SMALL_COPY) for (let i = 0; i < size; i++) x[i] = data[start + i]!;
    else x.set(size === data.length ? data : data.subarray(start, start + size));
    return;
  }
  const scale = scaleFor(x, matrix);
  for (let i = 0; i < size; i++) x[i] = data[start + i]! * scale;
}

/** The factor for a matrix's elements in the type of `x`, as the kernels round it. */
export function scaleFor(x: RealArray, matrix: Matrix): number {
  return x instanceof Float32Array ? Math.fround(matrix.scale) : matrix.scale;
}

/** A prediction about to be read, once, in one of two forms. */
export interface PredictionRun {
  output(): Result;
  logits(): Result;
}

interface Result {
  readonly data: RealArray;
  readonly shape: [number, number];
}

interface Entry {
  readonly session: PredictionSession;
  readonly spec: NetworkSpec;
  readonly backend: Backend;
  version: number;
  closed: boolean;
}

/** How many networks keep their packed weights; each costs an arena. */
const KEPT = 8;

/** The sessions of the networks used last. */
export class PredictionCache {
  /** Least recently used first. */
  readonly #entries: Entry[] = [];
  readonly #byState = new WeakMap<PredictableState, Entry>();

  /** Makes the network's session current and offers its run over `matrix`. */
  run(state: PredictableState, flat: RealArray, backend: Backend, matrix: Matrix): PredictionRun {
    const session = this.#current(state, flat, backend);
    const make = (wants: 'output' | 'logits'): Result => {
      const size = matrix.rows * session.outputs;
      const data = state.spec.dtype === 'float64' ? new Float64Array(size) : new Float32Array(size);
      session.runInto(data, matrix, wants);
      return { data, shape: [matrix.rows, session.outputs] };
    };
    return { output: () => make('output'), logits: () => make('logits') };
  }

  #current(state: PredictableState, flat: RealArray, backend: Backend): PredictionSession {
    let entry = this.#byState.get(state);
    const fits =
      entry !== undefined &&
      !entry.closed &&
      entry.spec === state.spec &&
      entry.backend === backend;
    if (entry === undefined || !fits) {
      if (entry !== undefined) this.#close(entry);
      const session = new PredictionSession(state.spec, state.layout, backend, TILE_ROWS);
      entry = { session, spec: state.spec, backend, version: -1, closed: false };
      this.#byState.set(state, entry);
    } else {
      this.#entries.splice(this.#entries.indexOf(entry), 1);
    }
    this.#entries.push(entry);
    if (this.#entries.length > KEPT) this.#close(this.#entries[0]!);
    if (entry.version !== state.version) {
      entry.session.load(flat);
      entry.version = state.version;
    }
    return entry.session;
  }

  #close(entry: Entry): void {
    const index = this.#entries.indexOf(entry);
    if (index >= 0) this.#entries.splice(index, 1);
    if (!entry.closed) entry.session.close();
    entry.closed = true;
  }
}
