/**
 * The threads of the wasm backend are workers. A worker that has left its team is kept for the next run: as many as there are
 * processors, for some seconds, since each holds about 7 MB. It waits for jobs inside WebAssembly while it belongs to a team,
 * and in its event loop while it does not; it uses no processor time in either.
 *
 * Their program is text in this file, so that no bundler must be told of another entry. They are a page's unless the entry
 * for Node has said that they are Node's, so that a bundle for the browser holds nothing of those.
 */

/** What a worker says: it has joined its team, its phase is done, it is free again, or it is lost. */
export type WorkerEvent = 'ready' | 'done' | 'free' | 'lost';

/**
 * What is sent to a worker: to join a team; to run a phase as its leader, with the arguments of the kernels' `run`; or, with an
 * empty message, to stop leading. A worker that does not lead returns from its team by itself.
 */
export type WorkerMessage =
  Attachment | { readonly phase: readonly number[] } | Readonly<Record<string, never>>;

/** What a worker needs to join a team; `thread` 0 leads one and waits for phases. */
interface Attachment {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Address of the team, and of the end of this worker's stack. */
  readonly team: number;
  readonly stack: number;
  readonly thread: number;
}

const PROGRAM = `
let run;
self.onmessage = ({ data }) => {
  if (data.module) {
    const { exports } = new WebAssembly.Instance(data.module, { env: { memory: data.memory } });
    exports.__stack_pointer.value = data.stack;
    self.postMessage('ready');
    if (data.thread > 0) {
      exports.work(data.team, data.thread);
      self.postMessage('free');
    } else run = exports.run;
  } else if (data.phase) {
    run(...data.phase);
    self.postMessage('done');
  } else {
    run = undefined;
    self.postMessage('free');
  }
};
`;

/** A worker of the platform. */
export interface PlatformWorker {
  postMessage(message: unknown, transfer: never[]): void;
  terminate(): unknown;
  /** Whether the process must not end while it lives; a page has no such choice. */
  ref?(): void;
  unref?(): void;
}

/** Where workers come from. */
export interface WorkerSource {
  /** Processors that can run threads at the same time. */
  processors(): number;
  /** undefined where workers can share memory, else one line that says why there is one thread. */
  fault(): string | undefined;
  /** Starts a worker on a program that knows its own end as `self`; `tell` hears what it says. */
  start(program: string, tell: (event: WorkerEvent) => void): PlatformWorker;
}

/** The part of the platform that this needs; none of it is certain. */
interface Platform {
  readonly navigator?: { readonly hardwareConcurrency?: number };
  readonly document?: unknown;
  readonly crossOriginIsolated?: boolean;
  readonly Worker?: new (url: string) => PageWorker;
  readonly Blob?: new (parts: string[], options: { type: string }) => object;
  readonly URL?: { createObjectURL(blob: object): string };
}

interface PageWorker extends PlatformWorker {
  addEventListener(
    type: 'message' | 'error',
    listener: (event: { readonly data: WorkerEvent }) => void,
  ): void;
}

const platform = globalThis as unknown as Platform;

/** Where a page has its workers' program; one for all. */
let programUrl: string | undefined;

let source: WorkerSource = {
  processors: () => platform.navigator?.hardwareConcurrency ?? 1,
  fault() {
    if (platform.crossOriginIsolated !== true) return 'the page is not cross-origin isolated';
    return platform.Worker === undefined ? 'there are no workers' : undefined;
  },
  start(program, tell) {
    programUrl ??= platform.URL!.createObjectURL(
      new platform.Blob!([program], { type: 'text/javascript' }),
    );
    const worker = new platform.Worker!(programUrl);
    worker.addEventListener('message', ({ data }) => tell(data));
    worker.addEventListener('error', () => tell('lost'));
    return worker;
  },
};

/** Takes workers from elsewhere than the page; to be called before any are in use. */
export function useWorkers(other: WorkerSource): void {
  source = other;
}

/** Whether the caller's thread is a page's own, which may not wait for another. */
export function isPage(): boolean {
  return platform.document !== undefined;
}

/** Processors that can run threads at the same time. */
export function processorCount(): number {
  return source.processors();
}

/** undefined where workers can share memory, else one line that says why there is one thread. */
export function threadsFault(): string | undefined {
  return refused ? 'workers cannot be started here' : source.fault();
}

/** Whether a worker was lost before it began: by a content policy, most often. */
let refused = false;

/** Workers cannot be started here; nobody tries again. */
export function refuseThreads(): void {
  refused = true;
}

/** One worker; what it says goes to the listener of its present team. */
export class WorkerThread {
  listener: ((event: WorkerEvent) => void) | undefined;
  readonly #worker: PlatformWorker;

  constructor() {
    this.#worker = source.start(PROGRAM, (event) => {
      if (event === 'lost') forget(this);
      this.listener?.(event);
    });
    this.keepAlive(false);
  }

  /** Whether the process must not end while this worker lives. */
  keepAlive(wanted: boolean): void {
    if (wanted) this.#worker.ref?.();
    else this.#worker.unref?.();
  }

  send(message: WorkerMessage): void {
    this.#worker.postMessage(message, []);
  }

  end(): void {
    void this.#worker.terminate();
  }
}

/** How long a worker is kept that nobody uses: longer than the pause between two runs of a program, in milliseconds. */
const IDLE_LIFE = 10_000;

/** Free workers in the order they became free, each with the timer that ends it; and how many are in teams. */
const idle = new Map<WorkerThread, ReturnType<typeof setTimeout>>();
let lent = 0;

/** How many more threads can be had without sharing a processor. */
export function freeProcessors(): number {
  return Math.max(processorCount() - 1 - lent, 0);
}

/** Whether more threads are at work than there are processors, so that none should poll. */
export function isCrowded(): boolean {
  return lent + 1 > processorCount();
}

/** A worker that is idle no more, or has ended while it was, is not handed out. */
function forget(worker: WorkerThread): void {
  clearTimeout(idle.get(worker));
  idle.delete(worker);
}

/** A worker: the one that was idle for the shortest time, or a new one. @throws where the page's policy forbids one */
export function takeWorker(): WorkerThread {
  const worker = [...idle.keys()].at(-1) ?? new WorkerThread();
  forget(worker);
  lent++;
  return worker;
}

/** So many workers belong to no team any more, though they may still be on their way out of it. */
export function countOut(workers: number): void {
  lent -= workers;
}

/** Takes a worker back that has left its team; a lost one ends, and so does one for which there is no processor. */
export function giveWorker(worker: WorkerThread, lost: boolean): void {
  worker.listener = undefined;
  worker.keepAlive(false);
  if (lost || idle.size >= Math.max(processorCount() - 1, 1)) {
    worker.end();
    return;
  }
  const timer = setTimeout(() => {
    forget(worker);
    worker.end();
  }, IDLE_LIFE);
  // Node's process must not wait for it; a page's timer is a number.
  (timer as { unref?(): unknown }).unref?.();
  idle.set(worker, timer);
}
