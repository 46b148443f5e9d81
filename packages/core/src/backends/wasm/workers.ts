/**
 * The threads of the wasm backend are workers. A worker that has left its team is kept for the next run, but only for some
 * seconds and at most one for each processor, because each takes about 7 MB. While a worker belongs to a team, it waits for
 * jobs inside WebAssembly; otherwise it waits in its event loop. Waiting uses no processor time.
 *
 * The program of the workers is a text in this file, so that bundlers need no configuration for another entry. The workers
 * are those of a page, unless the entry for Node has replaced them by Node's, so that a bundle for the browser contains no
 * code for Node.
 */

/** The messages of a worker: it has joined its team, its phase is done, it is free again, or it is lost. */
export type WorkerEvent = 'ready' | 'done' | 'free' | 'lost';

/**
 * The messages to a worker: join a team; run a phase as its leader, with the arguments of the kernels' `run`; or, with an
 * empty message, stop leading. A worker that does not lead returns from its team by itself.
 */
export type WorkerMessage =
  Attachment | { readonly phase: readonly number[] } | Readonly<Record<string, never>>;

/** What a worker needs to join a team. The worker with `thread` 0 leads the team and waits for phases. */
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
  /** Says that the process must not end while the worker lives; absent in a page, which has no such choice. */
  ref?(): void;
  unref?(): void;
}

/** Where workers come from. */
export interface WorkerSource {
  /** Processors that can run threads at the same time. */
  processors(): number;
  /** undefined if workers can share memory, else one line that says why there is only one thread. */
  fault(): string | undefined;
  /** Starts a worker with a program that finds its own port as `self`; `tell` receives its messages. */
  start(program: string, tell: (event: WorkerEvent) => void): PlatformWorker;
}

/** The part of the platform that this file needs; each of these may be missing. */
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

/** The URL of the workers' program in a page; all workers use the same. */
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

/**
 * Sets another source of workers than the page. It must be called when no worker is in use.
 *
 * @returns the source so far
 */
export function useWorkers(other: WorkerSource): WorkerSource {
  const before = source;
  source = other;
  return before;
}

/** Whether the caller's thread is a page's main thread, which may not wait for another thread. */
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

/** Whether a worker was lost before it started, most often because of a content security policy. */
let refused = false;

/** Records that workers cannot be started here, so that no other attempt is made. */
export function refuseThreads(): void {
  refused = true;
}

/** Receives what a worker says. */
export type Listener = (event: WorkerEvent) => void;

/**
 * One worker. Its messages go to the listener of its team. A worker may be called to the next team before its former team
 * knows that it has left; that team hears everything until the worker is free.
 */
export class WorkerThread {
  /** Of its teams, the one first that it has not left yet. */
  readonly #listeners: Listener[] = [];
  readonly #worker: PlatformWorker;

  constructor() {
    this.#worker = source.start(PROGRAM, (event) => {
      if (event === 'lost') {
        forget(this);
        for (const listener of this.#listeners.splice(0)) listener(event);
      } else {
        (event === 'free' ? this.#listeners.shift() : this.#listeners[0])?.(event);
      }
    });
    this.keepAlive(false);
  }

  /** Sends the worker to a team whose listener hears of it until it is free again. */
  join(message: WorkerMessage, listener: Listener): void {
    this.#listeners.push(listener);
    this.send(message);
  }

  /** Whether it has been called to another team than the one that it is leaving. */
  get isTaken(): boolean {
    return this.#listeners.length > 0;
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

/** How long an unused worker is kept, in milliseconds: longer than the usual pause between two runs of a program. */
const IDLE_LIFE = 10_000;

/** Free workers in the order they became free, each with the timer that ends it; and how many are in teams. */
const idle = new Map<WorkerThread, ReturnType<typeof setTimeout>>();
let lent = 0;

/** How many more threads can run without sharing a processor. */
export function freeProcessors(): number {
  return Math.max(processorCount() - 1 - lent, 0);
}

/** Whether more threads are working than there are processors; if so, no thread should poll. */
export function isCrowded(): boolean {
  return lent + 1 > processorCount();
}

/** Removes a worker that is no longer idle, or that ended while it was idle, so that it is not used again. */
function forget(worker: WorkerThread): void {
  clearTimeout(idle.get(worker));
  idle.delete(worker);
}

/** Workers that were told to leave their team and have not said yet that they have. */
const leaving = new Set<WorkerThread>();

/**
 * A worker: the one that was idle for the shortest time, one that is leaving a team, or a new one. One that is leaving joins the
 * next team as soon as it has left, whether or not this thread has given its event loop a turn meanwhile.
 *
 * @throws where the page's policy forbids one
 */
export function takeWorker(): WorkerThread {
  const worker = [...idle.keys()].at(-1) ?? [...leaving].at(-1) ?? new WorkerThread();
  forget(worker);
  leaving.delete(worker);
  lent++;
  return worker;
}

/** Says that workers were told to leave their team. They no longer belong to it, although they may not have left it yet. */
export function dismiss(workers: Iterable<WorkerThread>): void {
  for (const worker of workers) {
    leaving.add(worker);
    lent--;
  }
}

/** Takes back a worker that has left its team. A lost worker is ended, and so is a worker for which there is no processor. */
export function giveWorker(worker: WorkerThread, lost: boolean): void {
  if (worker.isTaken && !lost) return;
  leaving.delete(worker);
  worker.keepAlive(false);
  if (lost || idle.size >= Math.max(processorCount() - 1, 1)) {
    worker.end();
    return;
  }
  const timer = afterIdleLife(() => {
    forget(worker);
    worker.end();
  });
  idle.set(worker, timer);
}

/** Calls back after the life of an unused worker, unless the process has ended by then. */
export function afterIdleLife(callback: () => void): ReturnType<typeof setTimeout> {
  const timer = setTimeout(callback, IDLE_LIFE);
  // The process of Node must not wait for the timer. In a page the timer is a number and has no `unref`.
  (timer as { unref?(): unknown }).unref?.();
  return timer;
}
