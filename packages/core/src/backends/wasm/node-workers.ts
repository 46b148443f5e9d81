/**
 * Workers of Node for the wasm backend. The entry for Node hands in its modules, so that nothing here imports one.
 */
import type { PlatformWorker, WorkerEvent, WorkerSource } from './workers.ts';

/** The part of `node:worker_threads` and `node:os` that this needs. */
export interface NodeModules {
  readonly Worker: new (program: string, options: { eval: true; execArgv: string[] }) => NodeWorker;
  readonly availableParallelism: () => number;
}

interface NodeWorker extends PlatformWorker {
  on(event: 'message', listener: (data: WorkerEvent) => void): unknown;
  on(event: 'error' | 'exit', listener: () => void): unknown;
}

/** What a page's workers know as `self`; a program that is evaluated is CommonJS. */
const SELF = "const self = require('node:worker_threads').parentPort;";

export function nodeWorkers({ Worker, availableParallelism }: NodeModules): WorkerSource {
  return {
    processors: availableParallelism,
    fault: () => undefined,
    start(program, tell) {
      const worker = new Worker(SELF + program, { eval: true, execArgv: [] });
      worker.on('message', tell);
      worker.on('error', () => tell('lost'));
      worker.on('exit', () => tell('lost'));
      return worker;
    },
  };
}
