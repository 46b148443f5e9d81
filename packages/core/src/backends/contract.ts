/**
 * What a backend is. It compiles Programs and runs their phases; it sees nothing of networks' methods, data
 * sets or trainers. Backends assume valid input: shapes and values are checked once, at the public edge.
 */
import type { TensorView } from '../program/memory.ts';
import type { Phase, Precision, Program } from '../program/program.ts';

export { ACTIVATION_KINDS, SELU_ALPHA, SELU_LAMBDA } from '../activations/activation.ts';
export { lossFacts, LOSS_KINDS, OUTPUT_FUNCTIONS } from '../losses/loss.ts';
export { UPDATE_RULES, type UpdateRule } from '../optim/optimizer.ts';
export { aligned, columnsOf, tooLarge, viewOf, type TensorView } from '../program/memory.ts';
export { byPhase, PHASES, SUM_BLOCK } from '../program/program.ts';
export { workOf, type Work } from '../program/work.ts';
export { SCALARS, SCALAR_COUNT, type ScalarSlot } from '../program/scalars.ts';

/** A compiled Program with its memory, which the host can see. */
export interface Executable {
  readonly program: Program;
  /** The most threads that a phase runs on; absent, one. */
  readonly threads?: number;
  /**
   * Resolves when the worker threads have started; until then phases run on the caller's thread only. Absent where no
   * start-up is needed.
   */
  readonly ready?: Promise<void>;
  /**
   * Whether {@link run} may give a promise. Absent or false: each phase has ended when `run` returns. It may be true
   * only where the Program was compiled with `asynchronous`.
   */
  readonly asynchronous?: boolean;
  /** The scalars of a step, slots as in `program/scalars.ts`; the same array for the executable's life. */
  readonly scalars: Float64Array;
  /** The live memory of a tensor; valid until {@link close}. */
  view(name: string): TensorView;
  /**
   * Runs every op of a phase.
   *
   * @returns undefined where the phase has ended, and nothing was allocated. Otherwise a promise: until it is settled
   *   nobody may start another phase, write to the memory, or read what the phase writes. It rejects where a thread
   *   was lost, with the phase done in part
   */
  run(phase: Phase): Promise<void> | undefined;
  /** Gives the memory back; using the executable or a view after that is a fault. */
  close(): void;
}

/** How a Program is to be run; no choice changes a bit. */
export interface CompileOptions {
  /** Threads to use, the caller's included; absent, the backend chooses by the work. */
  readonly threads?: number | undefined;
  /**
   * Whether the caller can wait for the promise of a phase. Default false, which costs threads where the caller's own
   * thread must not block, as the main thread of a page must not.
   */
  readonly asynchronous?: boolean | undefined;
}

/** A way to run Programs. */
export interface Backend {
  /** `'reference'`, `'wasm'`, `'native'`, … */
  readonly name: string;
  readonly precision: Precision;
  /** undefined where it works here, else one line that says why not. */
  unavailable(): string | undefined;
  /** What outside the program asks for this backend, such as `VINCULUM_ISA=avx2`: `'auto'` then takes no other. */
  demandedBy?(): string | undefined;
  /** One line about what runs: instruction set, threads. */
  describe(): string;
  /** Shuffles the rows of an epoch in place, as `shuffleRows` of random/shuffle.ts does; absent, that is called. */
  shuffle?(rows: Uint32Array, seed: number, epoch: number): void;
  /** @throws {RangeError} when the program's arena is larger than the backend can hold */
  compile(program: Program, options?: CompileOptions): Executable;
}
