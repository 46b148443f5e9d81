/**
 * The threads of one executable, for its life, on the shared memory of its kernels. If the caller's thread may wait, it is
 * the first of them. A page's main thread may not wait, so in a page all threads are workers, and one of them leads.
 */
import type { KernelInstance } from './instance.ts';
import {
  countOut,
  giveWorker,
  isCrowded,
  isPage,
  refuseThreads,
  takeWorker,
  type WorkerEvent,
  type WorkerThread,
} from './workers.ts';

/** Bytes of a worker's stack; the module's own stack, which the caller uses, has the same size. */
export const STACK_BYTES = 16384;

/** How often a waiting thread polls before it sleeps: for some tens of microseconds, which is the gap between two phases of a step. */
const SPINS = 20_000;

/** Where a team lives in its memory. */
export interface TeamPlaces {
  readonly team: number;
  /** Where the stacks begin, one for each thread. */
  readonly stacks: number;
}

type Joining = 'waiting' | 'joined' | 'over';

export class WasmTeam {
  /** Resolves when all threads have joined, or when it is certain that they will not join. */
  readonly ready: Promise<void>;
  /** Resolves when no worker touches the memory any more. */
  readonly over: Promise<void>;
  /** Whether the caller's thread may not wait, so that all threads are workers and one of them leads. */
  readonly led: boolean = isPage();
  readonly #instance: KernelInstance;
  readonly #places: TeamPlaces;
  readonly #threads: number;
  readonly #workers = new Map<WorkerThread, Joining>();
  #state: Joining = 'waiting';
  #settle!: () => void;
  #end!: () => void;
  #phase: { readonly done: () => void; readonly lost: (error: Error) => void } | undefined;

  constructor(instance: KernelInstance, places: TeamPlaces, threads: number) {
    this.#instance = instance;
    this.#places = places;
    this.#threads = threads;
    this.ready = new Promise((resolve) => (this.#settle = resolve));
    this.over = new Promise((resolve) => (this.#end = resolve));
    try {
      for (let thread = this.led ? 0 : 1; thread < threads; thread++) this.#recruit(thread);
    } catch {
      refuseThreads();
      // A policy forbids workers. The workers that have started are stopped, and the caller's thread computes alone.
      this.stop();
    }
    instance.teamStart(places.team, threads, isCrowded() ? 0 : SPINS);
  }

  /** The address for the kernels' `run` on the caller's thread; 0 while that thread must run alone. */
  get address(): number {
    return this.#state === 'joined' && !this.led ? this.#places.team : 0;
  }

  /** Whether phases are to be run by {@link lead}. */
  get leads(): boolean {
    return this.#state === 'joined' && this.led;
  }

  /**
   * Runs a phase on the workers only; the arguments are the arguments of `run` before its team. Rejects if a worker is lost;
   * the phase is then done in part.
   */
  lead(phase: readonly number[]): Promise<void> {
    const [leader] = this.#workers.keys();
    leader!.send({ phase: [...phase, this.#places.team] });
    return new Promise((done, lost) => (this.#phase = { done, lost }));
  }

  /** Releases the workers. A second call does nothing. */
  stop(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#instance.teamStop(this.#places.team, this.#threads);
    countOut(this.#workers.size);
    if (this.led) for (const worker of this.#workers.keys()) worker.send({});
    this.#settle();
    this.#endIfEmpty();
  }

  #recruit(thread: number): void {
    const { module, memory } = this.#instance;
    const { team, stacks } = this.#places;
    const worker = takeWorker();
    this.#workers.set(worker, 'waiting');
    worker.listener = (event) => this.#hear(worker, event);
    worker.keepAlive(true);
    worker.send({ module, memory, team, thread, stack: stacks + (thread + 1) * STACK_BYTES });
  }

  #hear(worker: WorkerThread, event: WorkerEvent): void {
    if (event === 'done') {
      this.#phase?.done();
    } else if (event === 'ready') {
      worker.keepAlive(false);
      this.#workers.set(worker, 'joined');
      if (
        this.#state === 'waiting' &&
        [...this.#workers.values()].every((one) => one === 'joined')
      ) {
        this.#state = 'joined';
        this.#settle();
      }
    } else {
      if (event === 'lost' && this.#state === 'waiting') refuseThreads();
      this.stop();
      this.#workers.delete(worker);
      giveWorker(worker, event === 'lost');
      if (event === 'lost') this.#phase?.lost(new Error('A thread of the run was lost.'));
      this.#endIfEmpty();
    }
  }

  #endIfEmpty(): void {
    if (this.#workers.size === 0) this.#end();
  }
}
