/**
 * The one way in which a network runs: it is lowered to a Program, compiled by a backend and filled with its parameters,
 * and then its phases are run. Prediction, training and the trace are built on it. It names tensors by type, and it
 * says of each phase whether it has ended, so that one and the same code continues now or later.
 */
import type { Backend, Executable } from '../backends/contract.ts';
import { lower } from '../lowering/lower.ts';
import type { LoweringRequest } from '../lowering/lowering.ts';
import type { RealArray, TensorView } from '../program/memory.ts';
import type { HostTensors, TensorName } from '../program/names.ts';
import type { Phase, Program, Tensor } from '../program/program.ts';

/** What is to run, and how. */
export interface RunnerRequest extends Omit<LoweringRequest, 'precision'> {
  readonly backend: Backend;
  /** All weights, then all biases. */
  readonly parameters: ArrayLike<number>;
  /** Threads to compute with; absent, the backend chooses. */
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
    const { precision } = backend;
    this.#executable = backend.compile(lower({ ...request, precision }), { threads, asynchronous });
    this.program = this.#executable.program;
    this.scalars = this.#executable.scalars;
    this.parameters = this.view('parameters');
    this.parameters.set(parameters);
  }

  /** Resolves when the threads have started; until then phases take longer and give the same bits. */
  get ready(): Promise<void> | undefined {
    return this.#executable.ready;
  }

  /** Whether {@link run} may give a promise. */
  get asynchronous(): boolean {
    return this.#executable.asynchronous === true;
  }

  /** The live memory of a tensor that this Program has. */
  view<Name extends TensorName>(name: Name): HostTensors[Name] {
    return this.#executable.view(name) as HostTensors[Name];
  }

  /** The live memory of a tensor, or undefined where this Program has none of that name. */
  find<Name extends TensorName>(name: Name): HostTensors[Name] | undefined {
    return this.program.tensors.has(name) ? this.view(name) : undefined;
  }

  /** The live memory of a tensor of the Program. */
  memoryOf(tensor: Tensor): TensorView {
    return this.#executable.view(tensor.name);
  }

  /** The same for a tensor of reals, such as what a layer leaves. */
  realsOf(tensor: Tensor): RealArray {
    return this.memoryOf(tensor) as RealArray;
  }

  /**
   * Runs a phase.
   *
   * @returns undefined where it has ended, otherwise a promise; {@link after} continues in both cases
   */
  run(phase: Phase): Ending {
    return this.#executable.run(phase);
  }

  close(): void {
    this.#executable.close();
  }
}

/** What began and has ended (undefined), or will have ended when the promise resolves. */
export type Ending = Promise<void> | undefined;

/** Continues after what began: at once where it has ended, otherwise when its promise resolves. */
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
 * The result of what cannot have waited, because its Program was compiled without `asynchronous`.
 *
 * @throws {Error} when a backend gave a promise all the same
 */
export function atOnce<Result>(result: Result | Promise<Result>): Result {
  if (!(result instanceof Promise)) return result;
  throw new Error('internal: a backend answered later, though nobody can wait.');
}
