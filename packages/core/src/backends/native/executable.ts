/**
 * A Program in an ordinary buffer, in which the addon computes. A phase is one call; the number of threads follows the
 * amount of work and what the machine does with it.
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
import { encodeForCaller, encodeProgram } from '../kernels/table.ts';
import {
  fixedThreads,
  numbersUpTo,
  ThreadChoice,
  thousandsOf,
  type ThreadSource,
} from '../thread-choice.ts';
import type { NativeKernels } from './binding.ts';

const ALIGNMENT = 64;

/** Bytes of an arena from which large pages are asked for: two of them. */
const WORTH_LARGE_PAGES = 4 * 1024 * 1024;

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
  readonly threads: ThreadSource;
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
  #arena: Uint8Array<ArrayBuffer> | undefined;
  #phases: Readonly<Record<Phase, BoundPhase>> | undefined;
  /** The forward phase that reads the rows of the caller, if the Program has one. */
  readonly #onCallers: BoundPhase | undefined;

  /**
   * @param most - the most threads
   * @param source - says on how many threads each phase runs, {@link adaptiveThreads} for example
   * @throws {RangeError} when there is no memory for the program
   */
  constructor(
    program: Program,
    kernels: NativeKernels,
    most: number,
    source: (most: number) => ThreadSource = fixedThreads,
  ) {
    const { binding, build } = kernels;
    const tables = encodeProgram(program);
    const arena = allocate(program.arenaBytes, kernels);
    this.program = program;
    this.threads = Math.min(most, binding.mostThreads);
    this.#kernels = kernels;
    this.#arena = arena;
    const jobs = new Uint8Array((PHASES.length + 1) * binding.jobBytes);
    const bind = (phase: Phase, table: Int32Array, place: number): BoundPhase => {
      const memory = jobs.subarray(place * binding.jobBytes);
      const job = binding.bind(memory, build, table, this.scalars, arena);
      const threads = source(this.threads);
      return { job, work: workOf(program.phases[phase]), threads, table, jobs };
    };
    this.#phases = byPhase((phase) => bind(phase, tables[phase], PHASES.indexOf(phase)));
    const table = encodeForCaller(program);
    this.#onCallers = table && bind('forward', table, PHASES.length);
  }

  get readsCallers(): boolean {
    return this.#onCallers !== undefined;
  }

  runOn(rows: Float32Array, first: number): void {
    this.#open(this.#phases);
    this.#run(this.#onCallers!, rows, first);
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
    this.#run(this.#open(this.#phases)[phase]);
  }

  #run({ job, work, threads }: BoundPhase, rows?: Float32Array, first: number = 0): void {
    const { binding } = this.#kernels;
    const thousands = thousandsOf(work, this.scalars[SCALARS.rows]!);
    const number = threads.threadsFor(thousands);
    const start = threads.timed ? performance.now() : 0;
    if (rows === undefined) binding.run(job, number);
    else binding.runOn(job, number, rows, first);
    if (threads.timed) threads.ran(thousands, performance.now() - start);
    else threads.ran(thousands);
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

/** The threads of a phase if nobody fixes their number: all of them at first, if there is enough work. */
export function adaptiveThreads(most: number): ThreadSource {
  return new ThreadChoice(numbersUpTo(most), most, WORTH_A_TEAM / 1000);
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
  if (size >= WORTH_LARGE_PAGES) binding.useLargePages(whole);
  const behind = binding.misalignment(whole);
  return whole.subarray(behind === 0 ? 0 : ALIGNMENT - behind);
}
