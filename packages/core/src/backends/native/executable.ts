/**
 * A Program in an ordinary buffer, in which the addon computes. A phase is one call; the number of threads follows the
 * amount of work.
 */
import type { Phase, Program } from '../../program/program.ts';
import {
  aligned,
  byPhase,
  PHASES,
  SCALAR_COUNT,
  SCALARS,
  tooLarge,
  viewOf,
  workOf,
  type Executable,
  type TensorView,
  type Work,
} from '../contract.ts';
import { encodeProgram } from '../kernels/table.ts';
import type { NativeKernels } from './binding.ts';

const ALIGNMENT = 64;

/**
 * Below this number of operations one thread is faster, because waking other threads and waiting for them takes a few
 * microseconds. A core does about 200 operations in a nanosecond.
 */
const WORTH_A_TEAM = 2e6;

/** One phase in the form that the addon needs. */
interface BoundPhase {
  /** The address of its job. */
  readonly job: number;
  readonly work: Work;
  /** The table that the addon reads while it runs; this reference keeps it alive. */
  readonly table: Int32Array;
  readonly jobs: Uint8Array;
}

export class NativeExecutable implements Executable {
  readonly program: Program;
  readonly scalars: Float64Array = new Float64Array(SCALAR_COUNT);
  readonly threads: number;
  readonly #kernels: NativeKernels;
  readonly #views = new Map<string, TensorView>();
  readonly #always: boolean;
  #arena: Uint8Array<ArrayBuffer> | undefined;
  #phases: Readonly<Record<Phase, BoundPhase>> | undefined;

  /**
   * @param threads - how many threads to use, whatever the work; if absent, one for each processor if there is enough work
   * @throws {RangeError} when there is no memory for the program
   */
  constructor(program: Program, kernels: NativeKernels, threads: number | undefined) {
    const { binding, build } = kernels;
    const tables = encodeProgram(program);
    const arena = allocate(program.arenaBytes, kernels);
    this.program = program;
    this.threads = Math.min(threads ?? binding.processors, binding.mostThreads);
    this.#always = threads !== undefined;
    this.#kernels = kernels;
    this.#arena = arena;
    const jobs = new Uint8Array(PHASES.length * binding.jobBytes);
    this.#phases = byPhase((phase) => {
      const table = tables[phase];
      const memory = jobs.subarray(PHASES.indexOf(phase) * binding.jobBytes);
      const job = binding.bind(memory, build, table, this.scalars, arena);
      return { job, work: workOf(program.phases[phase]), table, jobs };
    });
  }

  view(name: string): TensorView {
    const known = this.#views.get(name);
    if (known !== undefined) return known;
    const { buffer, byteOffset } = this.#open(this.#arena);
    const tensor = this.program.tensors.get(name);
    if (tensor === undefined) throw new Error(`internal: no tensor '${name}' in the program.`);
    const view = viewOf(buffer, byteOffset, tensor);
    this.#views.set(name, view);
    return view;
  }

  run(phase: Phase): undefined {
    const { job, work } = this.#open(this.#phases)[phase];
    const operations = work.perRow * this.scalars[SCALARS.rows]! + work.fixed;
    const team = this.#always || operations >= WORTH_A_TEAM;
    this.#kernels.binding.run(job, team ? this.threads : 1);
  }

  close(): void {
    this.#views.clear();
    this.#arena = this.#phases = undefined;
  }

  #open<Value>(value: Value | undefined): Value {
    if (value === undefined) throw new Error('internal: the executable is closed.');
    return value;
  }
}

/** Zeroed memory that begins on a cache line. */
function allocate(bytes: number, { binding }: NativeKernels): Uint8Array<ArrayBuffer> {
  const size = aligned(bytes) + ALIGNMENT;
  let whole: Uint8Array<ArrayBuffer>;
  try {
    whole = new Uint8Array(size);
  } catch (error) {
    throw tooLarge('what this machine can allocate', `${bytes} bytes`, error);
  }
  const behind = binding.misalignment(whole);
  return whole.subarray(behind === 0 ? 0 : ALIGNMENT - behind);
}
