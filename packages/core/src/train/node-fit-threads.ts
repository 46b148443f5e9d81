/**
 * Threads for whole calls of `fit` in Node: workers that load the library. The entry for Node passes in the modules of Node that
 * this file needs, so that it imports none.
 */
import type { JobAnswer, JobMessage } from './fit-job.ts';
import type { FitThread, FitThreadSource } from './fit-threads.ts';

/** What this needs of Node. */
export interface NodeForFits {
  /** Loads `node:worker_threads`, which takes a millisecond. */
  readonly workerThreads: () => {
    readonly Worker: new (
      program: string,
      options: { eval: true; execArgv: string[]; workerData: unknown },
    ) => FitWorker;
  };
  readonly availableParallelism: () => number;
  /** The path of an entry of the library; it throws where there is none, as in a bundle of one file. */
  readonly resolve: (entry: string) => string;
}

interface FitWorker {
  postMessage(message: unknown, transfer: never[]): void;
  terminate(): unknown;
  on(event: 'message', listener: (data: JobAnswer) => void): unknown;
  on(event: 'error' | 'exit', listener: () => void): unknown;
}

/** The first entry registers the backends of Node; the other one serves jobs. Messages wait until there is a listener. */
const ENTRIES = ['vinculum', 'vinculum/internal'];
const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads');
const { pathToFileURL } = require('node:url');
Promise.all(workerData.map((path) => import(pathToFileURL(path)))).then(([, { serveJob }]) => {
  parentPort.on('message', (message) => {
    serveJob(message, (answer) => parentPort.postMessage(answer));
  });
});
`;

export function nodeFitThreads(node: NodeForFits): FitThreadSource {
  return {
    processors: node.availableParallelism,
    start() {
      let paths: string[];
      try {
        paths = ENTRIES.map((entry) => node.resolve(entry));
      } catch {
        return undefined;
      }
      const { Worker } = node.workerThreads();
      return new WorkerThread(new Worker(PROGRAM, { eval: true, execArgv: [], workerData: paths }));
    },
  };
}

class WorkerThread implements FitThread {
  readonly #worker: FitWorker;
  #lost = false;
  #hear: ((answer: JobAnswer | undefined) => void) | undefined;

  constructor(worker: FitWorker) {
    this.#worker = worker;
    const lose = (): void => {
      this.#lost = true;
      this.#hear?.(undefined);
    };
    worker.on('message', (answer) => this.#hear?.(answer));
    worker.on('error', lose);
    worker.on('exit', lose);
  }

  start(message: JobMessage, hear: (answer: JobAnswer | undefined) => void): void {
    this.#hear = hear;
    if (this.#lost) hear(undefined);
    else this.#worker.postMessage(message, []);
  }

  end(): void {
    this.#hear = undefined;
    void this.#worker.terminate();
  }
}
