/**
 * Several calls of `fit` at the same time, one a thread. The calls share nothing that they write, so no thread waits for another
 * in a step, and the result of each call has the bits that it has alone. The caller's thread is one of the threads. It keeps what only
 * it can have: callbacks, signals and errors. If a call fails in another thread, the caller's thread repeats it, because
 * the same call has the same error.
 */
import { chooseBackend, isOwnBackend } from '../backends/registry.ts';
import { receivedFit, runJob, type Fit, type FitJob, type FitRun } from './fit-job.ts';
import type { FitData, FitOptions, Progress } from './fit-options.ts';
import { isRowStream } from './row-stream.ts';
import { fitThreads, type FitThread } from './fit-threads.ts';

/** How the calls run. Only callbacks can change a result; the other options change no bit. */
export interface SideBySideRun extends Omit<FitRun, 'onProgress'> {
  /** With the place of the call in the list. */
  readonly onProgress?: ((progress: Progress, place: number) => void) | undefined;
  /** Called when a call has ended, with its place. */
  readonly onEnd?: ((fit: Fit, place: number) => void) | undefined;
}

/** Below this number of operations in an epoch, starting a thread (about 60 ms) takes longer than it saves. */
const WORTH_A_THREAD = 1e7;

/** Each thread copies the rows into its arena; more threads than fit into this number of bytes are not started. */
const MOST_BYTES = 0x8000_0000;

/**
 * Runs the jobs and resolves to their results in the order of the list. If the signal is set, jobs that have not begun have no
 * result, and the others have what they reached.
 *
 * @param operations - of an epoch of one job, to judge whether threads are worth it
 * @throws the error of the first job in the list that fails
 */
export async function fitSideBySide(
  jobs: readonly FitJob[],
  run: SideBySideRun,
  operations: number,
): Promise<(Fit | undefined)[]> {
  const threads = threadsFor(jobs, run, operations);
  const team = new SideBySide(threads > 1 ? withSharedRows(jobs) : jobs, run, threads);
  return team.run();
}

/** How many jobs run at the same time. */
function threadsFor(
  jobs: readonly FitJob[],
  { backend = 'auto', threads, callbacks = [] }: SideBySideRun,
  operations: number,
): number {
  const source = fitThreads();
  // Callbacks hold the network and may change it between two steps, so they need the thread that they came from.
  if (source === undefined || jobs.length < 2 || callbacks.length > 0) return 1;
  // A stream belongs to the thread that made it. Each job then has all threads for its products, one job after another.
  if (jobs.some(({ data }) => isRowStream(data))) return 1;
  if (threads === undefined && operations < WORTH_A_THREAD) return 1;
  const { numerics } = jobs[0]!.options;
  if (!isOwnBackend(chooseBackend('fit', backend, 'float32', numerics))) return 1;
  const roomFor = Math.max(Math.floor(MOST_BYTES / bytesOf(jobs[0]!)), 1);
  return Math.min(threads ?? source.processors(), jobs.length, roomFor);
}

class SideBySide {
  readonly #jobs: readonly FitJob[];
  readonly #run: SideBySideRun;
  readonly #threads: number;
  readonly #fits: (Fit | undefined)[];
  /** One number for each job, which other threads see; 1 ends its run. */
  readonly #stops: readonly Int32Array[];
  /** The next job that nobody has taken. */
  #next = 0;
  /** The first job that failed, or the number of jobs. Later jobs are not needed any more. */
  #end: number;
  /** The error of the listener or of a job of this thread. */
  #error: { readonly error: unknown } | undefined;

  constructor(jobs: readonly FitJob[], run: SideBySideRun, threads: number) {
    this.#jobs = jobs;
    this.#run = run;
    this.#threads = threads;
    this.#fits = jobs.map(() => undefined);
    this.#stops = jobs.map(() =>
      threads > 1 ? new Int32Array(new SharedArrayBuffer(4)) : new Int32Array(1),
    );
    this.#end = jobs.length;
  }

  async run(): Promise<(Fit | undefined)[]> {
    const others: FitThread[] = [];
    try {
      while (others.length < this.#threads - 1) {
        const thread = fitThreads()!.start();
        if (thread === undefined) break;
        others.push(thread);
      }
      await Promise.all([this.#work(), ...others.map((thread) => this.#workOn(thread))]);
    } finally {
      for (const thread of others) thread.end();
    }
    // What failed elsewhere is repeated here, for its error; if only the thread was lost, the work goes on here.
    while (this.#error === undefined && this.#end < this.#jobs.length && !this.#isAborted()) {
      this.#next = this.#end;
      this.#end = this.#jobs.length;
      for (const stop of this.#stops) stop[0] = 0;
      await this.#work();
    }
    if (this.#error !== undefined) throw this.#error.error;
    return this.#fits;
  }

  /** Runs jobs in this thread, until none is left. */
  async #work(): Promise<void> {
    for (let place = this.#take(); place !== undefined; place = this.#take()) {
      try {
        this.#keep(place, await runJob(this.#jobs[place]!, this.#runOf(place)));
      } catch (error) {
        this.#fail(place, { error });
      }
    }
  }

  /** Lets another thread run jobs, until none is left or the thread has ended. */
  async #workOn(thread: FitThread): Promise<void> {
    for (let place = this.#take(); place !== undefined; place = this.#take()) {
      if (!(await this.#send(thread, place))) return;
    }
  }

  /** Resolves when a job has ended in another thread; to false if the thread has ended with it. */
  #send(thread: FitThread, place: number): Promise<boolean> {
    const { backend = 'auto' } = this.#run;
    const job = this.#jobs[place]!;
    const stop = this.#stops[place]!;
    const { name } = chooseBackend('fit', backend, 'float32', job.options.numerics);
    return new Promise((resolve) => {
      thread.start({ job, backend: name, stop }, (answer) => {
        if (this.#isAborted()) this.#stopAll(0);
        if (answer !== undefined && 'progress' in answer) {
          const { progress } = answer;
          this.#tellOfAnother(() => this.#run.onProgress?.(progress, place));
          return;
        }
        if (answer !== undefined && 'spec' in answer) this.#keep(place, receivedFit(answer));
        else this.#fail(place);
        resolve(answer !== undefined);
      });
    });
  }

  /** How a job runs in this thread: on all threads if it is alone. */
  #runOf(place: number): FitRun {
    const { backend, callbacks, threads } = this.#run;
    const isStopped = (): boolean => this.#isAborted() || this.#stops[place]![0] !== 0;
    const alone = this.#threads === 1;
    return {
      callbacks,
      backend,
      threads: alone ? threads : 1,
      onProgress: (progress: Progress) => this.#tell(() => this.#run.onProgress?.(progress, place)),
      signal: {
        get aborted() {
          return isStopped();
        },
      },
      // An undefined option has the same effect as an absent option, but the type of the options does not express that.
    } as FitRun;
  }

  #take(): number | undefined {
    while (this.#fits[this.#next] !== undefined) this.#next++;
    const done = this.#next >= this.#end || this.#error !== undefined || this.#isAborted();
    return done ? undefined : this.#next++;
  }

  #keep(place: number, fit: Fit): void {
    // A run that was stopped because an earlier job failed has no result.
    if (place > this.#end) return;
    this.#fits[place] = fit;
    this.#tellOfAnother(() => this.#run.onEnd?.(fit, place));
  }

  /** Calls a listener. Its error, or the rejection of its promise, ends everything. */
  #tell(call: () => unknown): unknown {
    const fail = (error: unknown): never => {
      this.#fail(-1, { error });
      throw error;
    };
    try {
      const told = call();
      return told instanceof Promise ? told.catch(fail) : told;
    } catch (error) {
      return fail(error);
    }
  }

  /** Like {@link #tell}, outside of a run of this thread, where nobody receives the error; it is thrown at the end. */
  #tellOfAnother(call: () => unknown): void {
    if (this.#end === -1) return;
    try {
      const told = this.#tell(call);
      if (told instanceof Promise) told.catch(() => undefined);
    } catch {
      // It is kept.
    }
  }

  /** Records that a job failed. Only jobs before it still matter, because the first failure counts. */
  #fail(place: number, cause?: { readonly error: unknown }): void {
    if (place >= this.#end) return;
    this.#end = place;
    this.#error = cause;
    this.#stopAll(place + 1);
  }

  #stopAll(from: number): void {
    for (const stop of this.#stops.slice(from)) Atomics.store(stop, 0, 1);
  }

  #isAborted(): boolean {
    return this.#run.signal?.aborted === true;
  }
}

/** The jobs with their rows in memory that all threads see, so that no message copies them. */
function withSharedRows(jobs: readonly FitJob[]): FitJob[] {
  const copies = new Map<FitData, FitData>();
  const share = (data: FitData): FitData => {
    const copy = copies.get(data) ?? { x: sharedValues(data.x), y: sharedValues(data.y) };
    copies.set(data, copy);
    return copy;
  };
  return jobs.map(({ data, options, ...job }) => {
    if (isRowStream(data)) return { ...job, data, options };
    const { validation } = options;
    const own = isRows(validation) ? { validation: { ...validation, ...share(validation) } } : {};
    return { ...job, data: share(data), options: { ...options, ...own } };
  });
}

function isRows(validation: FitOptions['validation']): validation is FitData {
  return validation !== undefined && typeof validation === 'object' && 'x' in validation;
}

/** Numbers with a shape over shared memory; other forms of rows are returned as they are. */
function sharedValues<Values>(values: Values): Values {
  const { data } = values as { readonly data?: unknown };
  if (!isTyped(data) || isShared(data)) return values;
  const Numbers = data.constructor as new (buffer: SharedArrayBuffer) => Typed;
  const copy = new Numbers(new SharedArrayBuffer(data.byteLength));
  copy.set(data);
  return { ...values, data: copy };
}

function isShared({ buffer }: Typed): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer;
}

/** Zeroed memory that {@link fitSideBySide} need not copy for its threads, where there is such memory. */
export function sharedReals(length: number): Float32Array {
  return typeof SharedArrayBuffer === 'undefined'
    ? new Float32Array(length)
    : new Float32Array(new SharedArrayBuffer(4 * length));
}

type Typed = Float32Array | Float64Array | Int32Array | Uint8Array;

function isTyped(data: unknown): data is Typed {
  return ArrayBuffer.isView(data) && 'set' in data;
}

/** Bytes of the rows of a job in an arena, about. */
function bytesOf({ data: rows }: FitJob): number {
  const { data } = ('x' in rows ? rows.x : {}) as { readonly data?: unknown };
  return isTyped(data) ? data.byteLength : 1;
}
