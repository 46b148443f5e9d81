/**
 * The threads of one executable on the shared memory of its kernels. If the caller's thread may wait, it is the first of them,
 * and begins without those that have not started yet. A page's main thread may not wait, so in a page all threads are workers,
 * and one of them leads.
 *
 * The team of a training run lasts as long as the run. A network that predicts keeps its memory for a long time, so its team
 * is temporary: it leaves its workers to the next team that needs some, or to nobody if it is not used for some seconds.
 */
import type { KernelInstance } from './instance.ts';
import {
  afterIdleLife,
  dismiss,
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

/** The temporary team, if there is one. Its workers sleep while the caller's thread does anything else. */
let temporary: WasmTeam | undefined;

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
  /** Polls of a waiting thread, and the number of threads that the kernels know. */
  readonly #spins: number;
  #told = 0;
  /** Whether a phase has run on several threads since the last look. */
  #used = false;
  #settle!: () => void;
  #end!: () => void;
  #phase: { readonly done: () => void; readonly lost: (error: Error) => void } | undefined;

  constructor(instance: KernelInstance, places: TeamPlaces, threads: number) {
    this.#instance = instance;
    this.#places = places;
    this.#threads = threads;
    this.ready = new Promise((resolve) => (this.#settle = resolve));
    this.over = new Promise((resolve) => (this.#end = resolve));
    temporary?.stop();
    try {
      for (let thread = this.led ? 0 : 1; thread < threads; thread++) this.#recruit(thread);
    } catch {
      refuseThreads();
      // A policy forbids workers. The workers that have started are stopped, and the caller's thread computes alone.
      this.stop();
    }
    this.#spins = isCrowded() ? 0 : SPINS;
  }

  /**
   * The address for the kernels' `run` on the caller's thread, for a job on so many threads; 0 while that thread must run alone.
   * Workers that start later take part from then on.
   */
  addressFor(threads: number): number {
    if (this.#state === 'over' || this.led || threads === 1) return 0;
    this.#used = true;
    this.#setThreads(threads);
    return this.#places.team;
  }

  /** Whether phases are to be run by {@link lead}. */
  get leads(): boolean {
    return this.#state === 'joined' && this.led;
  }

  /**
   * Runs a phase on the workers only; the arguments are the arguments of `run` before its team. Rejects if a worker is lost;
   * the phase is then done in part.
   *
   * @param threads - how many of the workers take part
   */
  lead(phase: readonly number[], threads: number): Promise<void> {
    const [leader] = this.#workers.keys();
    this.#setThreads(threads);
    leader!.send({ phase: [...phase, this.#places.team] });
    return new Promise((done, lost) => (this.#phase = { done, lost }));
  }

  /** Releases the workers. A second call does nothing. */
  stop(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    if (temporary === this) temporary = undefined;
    this.#instance.teamStop(this.#places.team, this.#threads);
    dismiss(this.#workers.keys());
    // The others leave by themselves, and each worker may say only once that it is free.
    const [leader] = this.#workers.keys();
    if (this.led) leader?.send({});
    this.#settle();
    this.#endIfEmpty();
  }

  /** Stops a temporary team when it has not been used for some seconds. */
  lapse(): void {
    afterIdleLife(() => {
      if (!this.#used) this.stop();
      else if (this.#state !== 'over') this.lapse();
      this.#used = false;
    });
  }

  #setThreads(threads: number): void {
    if (this.#told === threads) return;
    this.#told = threads;
    this.#instance.teamStart(this.#places.team, threads, this.#spins);
  }

  #recruit(thread: number): void {
    const { module, memory } = this.#instance;
    const { team, stacks } = this.#places;
    const worker = takeWorker();
    this.#workers.set(worker, 'waiting');
    worker.keepAlive(true);
    const stack = stacks + (thread + 1) * STACK_BYTES;
    worker.join({ module, memory, team, thread, stack }, (event) => this.#hear(worker, event));
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

/** A team that leaves its workers to the next one that needs some. */
export function temporaryTeam(
  instance: KernelInstance,
  places: TeamPlaces,
  threads: number,
): WasmTeam {
  const team = new WasmTeam(instance, places, threads);
  temporary = team;
  team.lapse();
  return team;
}
