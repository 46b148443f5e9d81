/**
 * The one way in which a network runs: it is lowered to a Program, compiled by a backend and filled with its parameters,
 * and then its phases are run. Prediction, training and the trace are built on this class. It has typed tensor names, and
 * it says whether a phase has already ended, so that the same code continues at once or later.
 */
import type { Backend, Executable } from '../backends/contract.ts';
import { lower } from '../lowering/lower.ts';
import type { LoweringRequest } from '../lowering/lowering.ts';
import type { RealArray, TensorView } from '../program/memory.ts';
import type { HostTensors, TensorName } from '../program/names.ts';
import type { Phase, Program, Tensor } from '../program/program.ts';

/** What is to run, and how. */
export interface RunnerRequest extends Omit<LoweringRequest, 'precision' | 'numerics'> {
  readonly backend: Backend;
  /** All weights, then all biases. */
  readonly parameters: ArrayLike<number>;
  /** The number of threads; if absent, the backend chooses. */
  readonly threads?: number | undefined;
  /** Whether the caller can wait for a phase. Default false: each phase has ended when `run` returns. */
  readonly asynchronous?: boolean | undefined;
}

/** A compiled Program with its parameters; close it to give its memory back. */
export class Runner {
  readonly program: Program;
  readonly scalars: Float64Array;
  readonly parameters: RealArray;
  readonly #executable: Executable;

  constructor({ backend, parameters, threads, asynchronous, ...request }: RunnerRequest) {
    const { precision, numerics } = backend;
    const program = lower({ ...request, precision, numerics });
    this.#executable = backend.compile(program, { threads, asynchronous });
    this.program = this.#executable.program;
    this.scalars = this.#executable.scalars;
    this.parameters = this.view('parameters');
    this.parameters.set(parameters);
  }

  /** Resolves when the threads have started; until then phases take longer and give the same bits. */
  get ready(): Promise<void> | undefined {
    return this.#executable.ready;
  }

  /** Whether {@link run} may return a promise. */
  get asynchronous(): boolean {
    return this.#executable.asynchronous === true;
  }

  /** The live memory of a tensor that this Program has. */
  view<Name extends TensorName>(name: Name): HostTensors[Name] {
    return this.#executable.view(name) as HostTensors[Name];
  }

  /** The live memory of a tensor, or undefined if this Program has no tensor of that name. */
  find<Name extends TensorName>(name: Name): HostTensors[Name] | undefined {
    return this.program.tensors.has(name) ? this.view(name) : undefined;
  }

  /** The live memory of a tensor of the Program. */
  memoryOf(tensor: Tensor): TensorView {
    return this.#executable.view(tensor.name);
  }

  /** The live memory of a tensor of reals, such as the output of a layer. */
  realsOf(tensor: Tensor): RealArray {
    return this.memoryOf(tensor) as RealArray;
  }

  /**
   * Runs a phase.
   *
   * @returns undefined if it has ended, otherwise a promise; {@link after} continues in both cases
   */
  run(phase: Phase): Ending {
    return this.#executable.run(phase);
  }

  /** Whether {@link runOn} may be called. */
  get readsCallers(): boolean {
    return this.#executable.readsCallers === true;
  }

  /** Runs the forward phase of a prediction on rows in the caller's memory, from element `first` on. */
  runOn(rows: Float32Array, first: number): void {
    this.#executable.runOn!(rows, first);
  }

  close(): void {
    this.#executable.close();
  }
}

/** The end of a phase or step: undefined if it has already ended, else a promise that resolves when it ends. */
export type Ending = Promise<void> | undefined;

/** Continues after a phase or step: at once if it has ended, otherwise when its promise resolves. */
export function after(pending: Ending, continuation: () => Ending): Ending;
export function after<Result>(
  pending: Ending,
  continuation: () => Result | Promise<Result>,
): Result | Promise<Result>;
export function after<Result>(
  pending: Ending,
  continuation: () => Result | Promise<Result>,
): Result | Promise<Result> {
  return pending === undefined ? continuation() : pending.then(continuation);
}

/**
 * The result of a call that cannot have waited, because its Program was compiled without `asynchronous`.
 *
 * @throws {Error} when a backend returned a promise nevertheless
 */
export function atOnce<Result>(result: Result | Promise<Result>): Result {
  if (!(result instanceof Promise)) return result;
  throw new Error('internal: a backend answered later, though nobody can wait.');
}
