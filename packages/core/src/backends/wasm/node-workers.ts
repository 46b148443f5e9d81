/**
 * Workers of Node for the wasm backend. The entry for Node hands in what they need, so that nothing here imports a module of
 * Node's.
 */
import type { PlatformWorker, WorkerEvent, WorkerSource } from './workers.ts';

/** What this needs of `node:worker_threads` and `node:os`. */
export interface NodePlatform {
  /** `node:worker_threads`, which takes a millisecond to load: asked for when a worker is started. */
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
