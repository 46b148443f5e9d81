/**
 * Workers of Node for the wasm backend. The entry for Node passes in the modules of Node that they need, so that this file
 * imports none.
 */
import type { PlatformWorker, WorkerEvent, WorkerSource } from './workers.ts';

/** What this needs of `node:worker_threads` and `node:os`. */
export interface NodePlatform {
  /** Loads `node:worker_threads`. It takes a millisecond, so it is loaded when a worker is started. */
  readonly workerThreads: () => WorkerThreads;
  readonly availableParallelism: () => number;
}

export interface WorkerThreads {
  readonly Worker: new (program: string, options: { eval: true; execArgv: string[] }) => NodeWorker;
}

interface NodeWorker extends PlatformWorker {
  on(event: 'message', listener: (data: WorkerEvent) => void): unknown;
  on(event: 'error' | 'exit', listener: () => void): unknown;
}

/** What a page's workers know as `self`; a program that is evaluated is CommonJS. */
const SELF = "const self = require('node:worker_threads').parentPort;";

export function nodeWorkers({ workerThreads, availableParallelism }: NodePlatform): WorkerSource {
  return {
    processors: availableParallelism,
    fault: () => undefined,
    start(program, tell) {
      const { Worker } = workerThreads();
      const worker = new Worker(SELF + program, { eval: true, execArgv: [] });
      worker.on('message', tell);
      worker.on('error', () => tell('lost'));
      worker.on('exit', () => tell('lost'));
      return worker;
    },
  };
}
