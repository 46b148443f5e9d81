/**
 * The contract of a backend. A backend compiles Programs and runs their phases; it knows nothing of networks, data
 * sets or trainers. Backends assume valid input, because shapes and values are checked once, at the public edge.
 */
import type { TensorView } from '../program/memory.ts';
import type { Numerics } from '../program/numerics.ts';
import type { Phase, Precision, Program } from '../program/program.ts';

export { ACTIVATION_KINDS, SELU_ALPHA, SELU_LAMBDA } from '../activations/activation.ts';
export { lossFacts, LOSS_KINDS, OUTPUT_FUNCTIONS } from '../losses/loss.ts';
export { UPDATE_RULES, type UpdateRule } from '../optim/optimizer.ts';
export { NUMERICS, type Numerics } from '../program/numerics.ts';
export { aligned, columnsOf, tooLarge, viewOf, type TensorView } from '../program/memory.ts';
export { byPhase, PHASES, SUM_BLOCK } from '../program/program.ts';
export { workOf, type Work } from '../program/work.ts';
export { SCALARS, SCALAR_COUNT, type ScalarSlot } from '../program/scalars.ts';

/** A compiled Program with its memory, which the host can see. */
export interface Executable {
  readonly program: Program;
  /** The most threads on which a phase runs; one if absent. */
  readonly threads?: number;
  /**
   * Resolves when the worker threads have started; until then phases run on the caller's thread only. Absent if no
   * start-up is needed.
   */
  readonly ready?: Promise<void>;
  /**
   * Whether {@link run} may return a promise. If absent or false, each phase has ended when `run` returns. It may be true
   * only if the Program was compiled with `asynchronous`.
   */
  readonly asynchronous?: boolean;
  /** The scalars of a step, slots as in `program/scalars.ts`; the same array for the executable's life. */
  readonly scalars: Float64Array;
  /** The live memory of a tensor; valid until {@link close}. */
  view(name: string): TensorView;
  /**
   * Runs every op of a phase.
   *
   * @returns undefined if the phase has ended; nothing was allocated then. Otherwise a promise: until it is settled the
   *   caller must not start another phase, write to the memory, or read what the phase writes. It rejects if a thread
   *   was lost; the phase is then done in part
   */
  run(phase: Phase): Promise<void> | undefined;
  /** Whether {@link runOn} may be called. */
  readonly readsCallers?: boolean;
  /**
   * Runs the forward phase of a prediction on rows in the caller's memory, which the backend reads in place of the tensor x. Absent
   * if they must be copied.
   *
   * @param first - index of the first element of the first row; as many rows as the scalar `rows` says are read
   */
  runOn?(rows: Float32Array, first: number): void;
  /** Gives the memory back; the executable and its views must not be used after that. */
  close(): void;
}

/** How a Program is run; no option changes a bit of the result. */
export interface CompileOptions {
  /** Threads to use, including the caller's thread. If absent, the backend chooses by the amount of work. */
  readonly threads?: number | undefined;
  /**
   * Whether the caller can wait for the promise of a phase. Default false; then there is only one thread if the caller's
   * thread must not block, such as the main thread of a page.
   */
  readonly asynchronous?: boolean | undefined;
}

/** A way to run Programs. */
export interface Backend {
  /** `'reference'`, `'wasm'`, `'native'`, … */
  readonly name: string;
  readonly precision: Precision;
  /** The numerics of the Programs that this backend runs; `'portable'` if absent. */
  readonly numerics?: Numerics;
  /** The same backend in fused numerics; absent if it has none. It is not registered, and it has the same name. */
  readonly fused?: Backend;
  /** undefined if the backend works here, else one line that says why it does not. */
  unavailable(): string | undefined;
  /** The setting outside the program that asks for this backend, such as `VINCULUM_ISA=avx2`; `'auto'` then takes no other. */
  demandedBy?(): string | undefined;
  /** One line about what runs: instruction set, threads. */
  describe(): string;
  /** Shuffles the rows of an epoch in place, like `shuffleRows` of random/shuffle.ts, which is used if this is absent. */
  shuffle?(rows: Uint32Array, seed: number, epoch: number): void;
  /** @throws {RangeError} when the program's arena is larger than the backend can hold */
  compile(program: Program, options?: CompileOptions): Executable;
}
