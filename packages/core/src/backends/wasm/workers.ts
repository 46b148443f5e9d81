/**
 * The threads of the wasm backend: workers of Node or of the page, kept for the next run when one is done. A worker waits for
 * jobs inside WebAssembly while it belongs to a team, and in its event loop while it does not; it burns no core in either.
 *
 * Their program is text in this file, so that no bundler must be told of another entry. Node's module for workers is asked
 * of `process` at run time, so that a bundle for the browser has no import of it.
 */

/** What a worker tells: it is attached, its phase is done, it is free again, or it is lost. */
export type WorkerEvent = 'ready' | 'done' | 'free' | 'lost';

/** What a worker needs to join a team; `thread` 0 leads one and waits for {@link WorkerThread.run}. */
export interface Attachment {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Address of the team, and of the end of this worker's stack. */
  readonly team: number;
  readonly stack: number;
  readonly thread: number;
}

const PROGRAM = `
const node = globalThis.process?.getBuiltinModule?.('node:worker_threads');
const port = node ? node.parentPort : self;
let run;
port.onmessage = ({ data }) => {
  if (data.module) {
    const { exports } = new WebAssembly.Instance(data.module, { env: { memory: data.memory } });
    exports.__stack_pointer.value = data.stack;
    port.postMessage('ready');
    if (data.thread > 0) {
      exports.work(data.team, data.thread);
      port.postMessage('free');
    } else run = exports.run;
  } else if (data.phase) {
    run(...data.phase);
    port.postMessage('done');
  } else {
    run = undefined;
    port.postMessage('free');
  }
};
`;

/** The part of the platform that this needs; none of it is certain. */
interface Platform {
  readonly process?: { getBuiltinModule?(name: string): unknown };
  readonly navigator?: { readonly hardwareConcurrency?: number };
  readonly document?: unknown;
  readonly crossOriginIsolated?: boolean;
  readonly Worker?: new (url: string) => PageWorker;
  readonly Blob?: new (parts: string[], options: { type: string }) => object;
  readonly URL?: { createObjectURL(blob: object): string };
}

interface PageWorker {
  addEventListener(
    type: 'message' | 'error',
    listener: (event: { readonly data: WorkerEvent }) => void,
  ): void;
  postMessage(message: unknown, transfer: never[]): void;
  terminate(): void;
}

interface NodeWorker {
  on(event: 'message', listener: (data: WorkerEvent) => void): void;
  on(event: 'error' | 'exit', listener: () => void): void;
  postMessage(message: unknown, transfer: never[]): void;
  terminate(): unknown;
  ref(): void;
  unref(): void;
}

const platform = globalThis as unknown as Platform;

function nodeModule(name: string): unknown {
  return platform.process?.getBuiltinModule?.(`node:${name}`);
}

/** Whether the caller's thread is a page's own, which may not wait for another. */
export function isPage(): boolean {
  return platform.document !== undefined;
}

/** Processors that can run threads at the same time. */
export function processorCount(): number {
  const os = nodeModule('os') as { availableParallelism(): number } | undefined;
  return os?.availableParallelism() ?? platform.navigator?.hardwareConcurrency ?? 1;
}

/** undefined where workers can share memory, else one line that says why there is one thread. */
export function threadsFault(): string | undefined {
  if (refused) return 'workers cannot be started here';
  if (nodeModule('worker_threads') !== undefined) return undefined;
  if (platform.crossOriginIsolated !== true) return 'the page is not cross-origin isolated';
  return platform.Worker === undefined ? 'there are no workers' : undefined;
}

/** Whether a worker was lost before it began: by a content policy, most often. */
let refused = false;

/** Workers cannot be started here; nobody tries again. */
export function refuseThreads(): void {
  refused = true;
}

/** Where a page has its workers' program; one for all. */
let programUrl: string | undefined;

/** One worker. It tells whoever has it. */
export class WorkerThread {
  listener: ((event: WorkerEvent) => void) | undefined;
  readonly #worker: PageWorker | NodeWorker;

  constructor() {
    const node = nodeModule('worker_threads') as
      | { Worker: new (program: string, options: { eval: true; execArgv: string[] }) => NodeWorker }
      | undefined;
    const tell = (event: WorkerEvent): void => {
      if (event === 'lost') forget(this);
      this.listener?.(event);
    };
    if (node !== undefined) {
      const worker = new node.Worker(PROGRAM, { eval: true, execArgv: [] });
      worker.on('message', tell);
      worker.on('error', () => tell('lost'));
      worker.on('exit', () => tell('lost'));
      this.#worker = worker;
    } else {
      programUrl ??= platform.URL!.createObjectURL(
        new platform.Blob!([PROGRAM], { type: 'text/javascript' }),
      );
      const worker = new platform.Worker!(programUrl);
      worker.addEventListener('message', ({ data }) => tell(data));
      worker.addEventListener('error', () => tell('lost'));
      this.#worker = worker;
    }
    this.keepAlive(false);
  }

  /** Whether the process must not end while this worker lives; a page has no such choice. */
  keepAlive(wanted: boolean): void {
    if (!('unref' in this.#worker)) return;
    if (wanted) this.#worker.ref();
    else this.#worker.unref();
  }

  attach(attachment: Attachment): void {
    this.#worker.postMessage(attachment, []);
  }

  /** Runs a phase as the leader of its team; the arguments are those of the kernels' `run`. */
  run(phase: readonly number[]): void {
    this.#worker.postMessage({ phase }, []);
  }

  end(): void {
    void this.#worker.terminate();
  }

  /** Lets a leader go; the others return from their team by themselves. */
  detach(): void {
    this.#worker.postMessage({}, []);
  }
}

/** Free workers, and how many are in teams. */
const idle: WorkerThread[] = [];
let lent = 0;

/** How many more threads can be had without sharing a processor. */
export function freeProcessors(): number {
  return Math.max(processorCount() - 1 - lent, 0);
}

/** Whether more threads are at work than there are processors, so that none should poll. */
export function isCrowded(): boolean {
  return lent + 1 > processorCount();
}

/** A worker that ended while it was idle is not handed out. */
function forget(worker: WorkerThread): void {
  const place = idle.indexOf(worker);
  if (place >= 0) idle.splice(place, 1);
}

/** A worker, idle or new. @throws where the page's policy forbids one */
export function takeWorker(): WorkerThread {
  const worker = idle.pop() ?? new WorkerThread();
  lent++;
  return worker;
}

/** So many workers belong to no team any more, though they may still be on their way out of it. */
export function countOut(workers: number): void {
  lent -= workers;
}

/** Takes a worker back that has left its team; a lost one is forgotten. */
export function giveWorker(worker: WorkerThread, lost: boolean): void {
  worker.listener = undefined;
  worker.keepAlive(false);
  if (lost) worker.end();
  else idle.push(worker);
}
