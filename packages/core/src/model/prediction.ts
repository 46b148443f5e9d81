/**
 * Prediction in tiles. A predict Program with packed weights is kept for the few networks that were used most recently, and
 * refreshed when a network's version or spec changes. A tile holds up to {@link TILE_ROWS} rows, so memory does
 * not grow with the batch, and the bits of a row do not depend on its tile.
 */
import { copyRows } from '../arrays/copy-rows.ts';
import type { Matrix } from '../arrays/matrix.ts';
import { NUMERICS, type Backend, type Numerics } from '../backends/contract.ts';
import { chooseBackend } from '../backends/registry.ts';
import type { Layout } from '../network/layout.ts';
import type { NetworkSpec } from '../network/spec.ts';
import { newReals, type RealArray } from '../program/memory.ts';
import type { Precision } from '../program/program.ts';
import { SCALARS } from '../program/scalars.ts';
import { choiceOption, numberOption, optional, type OptionRule } from '../words/options.ts';
import { atOnce, Runner } from './runner.ts';

/** The most rows that run at once. */
export const TILE_ROWS = 128;

/** What a prediction needs to know about a network. */
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

/** A predict Program with the parameters of one version packed; it runs rows in tiles. */
export class TileRunner extends Runner {
  readonly backend: Backend;
  readonly spec: NetworkSpec;
  readonly outputs: number;
  readonly capacity: number;
  readonly threads: number | undefined;
  /** The version of the parameters that are packed. */
  version: number;
  readonly #x: RealArray;
  readonly #logits: RealArray;
  readonly #output: RealArray;

  /**
   * @param flat - the network's present parameters
   * @param capacity - the most rows of a tile
   * @param threads - the number of threads; if absent, the backend chooses
   */
  constructor(
    { spec, layout, version }: PredictableState,
    flat: RealArray,
    backend: Backend,
    capacity: number,
    threads?: number,
  ) {
    super({ spec, purpose: 'predict', capacity, backend, parameters: flat, threads });
    this.backend = backend;
    this.spec = spec;
    this.outputs = layout.outputs;
    this.capacity = capacity;
    this.threads = threads;
    this.version = version;
    this.#x = this.view('x');
    this.#logits = this.realsOf(this.program.layers.at(-1)!.tensor);
    this.#output = this.realsOf(this.program.outputs.forward);
    atOnce(this.run('prepare'));
  }

  /** Bytes of its memory. */
  get bytes(): number {
    return this.program.arenaBytes;
  }

  /** Takes over the parameters of another version and packs them. */
  load(flat: RealArray, version: number): void {
    this.parameters.set(flat);
    atOnce(this.run('prepare'));
    this.version = version;
  }

  /**
   * Runs the rows of a matrix, tile by tile, and copies the results to the start of `out`.
   *
   * @param wants - which result: after the output function, or the logits before it
   */
  runInto(out: RealArray, matrix: Matrix, wants: 'output' | 'logits'): void {
    const result = wants === 'output' ? this.#output : this.#logits;
    const { data, columns, scale } = matrix;
    const callers = this.readsCallers && scale === 1 && data instanceof Float32Array;
    for (let first = 0; first < matrix.rows; first += this.capacity) {
      const rows = Math.min(this.capacity, matrix.rows - first);
      this.scalars[SCALARS.rows] = rows;
      if (callers) {
        this.runOn(data, first * columns);
      } else {
        copyRows(this.#x, 0, matrix, first, rows);
        atOnce(this.run('forward'));
      }
      const start = first * this.outputs;
      // This is a loop, because `set` would need a subarray, which is an allocation.
      for (let i = 0; i < rows * this.outputs; i++) out[start + i] = result[i]!;
    }
  }

  /** The results in new memory, in the network's dtype. */
  predict(matrix: Matrix, wants: 'output' | 'logits'): Prediction {
    const data = newReals(this.spec.dtype, matrix.rows * this.outputs);
    this.runInto(data, matrix, wants);
    return { data, shape: [matrix.rows, this.outputs] };
  }
}

/** So many networks keep their packed weights, whatever their size; each needs an arena. */
const ALWAYS_KEPT = 8;

/**
 * More networks keep theirs, as those of an ensemble must, which are used in turn, up to this number and this many bytes in all.
 * Each memory of the wasm backend takes addresses too.
 */
const MOST_KEPT = 512;
const MOST_KEPT_BYTES = 0x1000_0000;

/** The packed weights of one network, and when they were used last. */
interface Kept {
  runner: TileRunner | undefined;
  used: number;
}

/** The key is the network's state, and nothing else holds the value, so packed weights are freed with their network. */
const keptByNetwork = new WeakMap<PredictableState, Kept>();

/** The entries that have a runner, so that not too many have one. */
let recent: WeakRef<Kept>[] = [];

/** Counts the uses, so that the least recently used entry is known. */
let uses = 0;

/** The runner that a network keeps, with its present parameters. */
export function keptRunner(
  state: PredictableState,
  flat: RealArray,
  backend: Backend,
  threads?: number,
): TileRunner {
  const kept = keptByNetwork.get(state) ?? { runner: undefined, used: 0 };
  kept.used = ++uses;
  const { runner } = kept;
  if (runner?.spec !== state.spec || runner.backend !== backend || runner.threads !== threads)
    return keep(state, kept, flat, backend, threads);
  if (runner.version !== state.version) runner.load(flat, state.version);
  return runner;
}

/** Makes a runner for a network, and closes the least recently used runner if there are too many. */
function keep(
  state: PredictableState,
  kept: Kept,
  flat: RealArray,
  backend: Backend,
  threads: number | undefined,
): TileRunner {
  kept.runner?.close();
  kept.runner = undefined;
  const runner = new TileRunner(state, flat, backend, TILE_ROWS, threads);
  kept.runner = runner;
  keptByNetwork.set(state, kept);
  const living = recent.map((one) => one.deref()).filter((one) => one !== undefined);
  const others = living.filter((one) => one !== kept && one.runner !== undefined);
  let bytes = runner.bytes + others.reduce((sum, one) => sum + (one.runner?.bytes ?? 0), 0);
  const byAge = others.toSorted((left, right) => left.used - right.used);
  for (const [place, oldest] of byAge.entries()) {
    const count = byAge.length - place + 1;
    if (count <= ALWAYS_KEPT || (count <= MOST_KEPT && bytes <= MOST_KEPT_BYTES)) break;
    bytes -= oldest.runner?.bytes ?? 0;
    oldest.runner?.close();
    oldest.runner = undefined;
  }
  recent = [...others.filter((one) => one.runner !== undefined), kept].map(
    (one) => new WeakRef(one),
  );
  return runner;
}

/** The number of threads; undefined means that the backend chooses. */
export const threadsOption: OptionRule<number | undefined> = optional(
  numberOption({ integer: true, min: 1, max: 256 }),
);

/** The rule of the option `numerics`; its value reaches the run as a property of the backend. */
export const numericsOption: OptionRule<Numerics> = choiceOption(NUMERICS, 'portable');

/** The backend of a choice, for networks of a dtype and for the option `numerics` beside it; `'auto'` by default. */
export function backendOption(dtype: Precision): OptionRule<Backend> {
  return (where, _name, value = 'auto', { numerics } = {}) =>
    chooseBackend(where, value, dtype, numericsOption(where, 'numerics', numerics));
}
