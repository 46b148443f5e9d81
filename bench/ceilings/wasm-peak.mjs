/**
 * A thread of the WebAssembly ceiling: it waits until all threads have started, runs chains of multiplications and additions, and answers with
 * the times of its beginning and end. ceilings.mjs starts it once for each thread, each with its own memory.
 */
import { parentPort, workerData } from 'node:worker_threads';

const { module, gate, threads } = workerData;
const memory = new WebAssembly.Memory({ initial: 1024, maximum: 1024 });
const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
const arrived = new Int32Array(gate);

parentPort.on('message', ({ name, turns, round }) => {
  Atomics.add(arrived, 0, 1);
  // Every thread polls, because sleeping and waking would start the threads at times that differ too much.
  while (Atomics.load(arrived, 0) < threads * round);
  const begun = performance.timeOrigin + performance.now();
  exports[name](turns, 0.5);
  parentPort.postMessage({ begun, ended: performance.timeOrigin + performance.now() }, []);
});
parentPort.postMessage('ready', []);
