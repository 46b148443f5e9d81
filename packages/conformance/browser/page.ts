/**
 * The page of the browser test. It offers the job to the test as functions on `window`: in the page itself, in a Web
 * Worker, and in the page while it measures how long the event loop is blocked.
 */
import { registeredBackends } from 'vinculum';
import { FUSED_KERNELS } from 'vinculum/fused';
import { type JobResult, runJob } from './job.ts';

function runInWorker(epochs: number, threads?: number): Promise<JobResult> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.addEventListener('error', (event) => reject(new Error(event.message)));
    worker.addEventListener(
      'message',
      ({ data }: MessageEvent<{ result?: JobResult; error?: string }>) => {
        if (data.result === undefined) reject(new Error(data.error));
        else resolve(data.result);
      },
    );
    worker.postMessage([epochs, threads], []);
  });
}

/** The longest time between two turns of the event loop while the job runs, in milliseconds. */
async function longestPause(epochs: number): Promise<{ total: number; pause: number }> {
  const start = performance.now();
  let last = start;
  let pause = 0;
  const beat = (): void => {
    const now = performance.now();
    pause = Math.max(pause, now - last);
    last = now;
  };
  const timer = setInterval(beat, 1);
  await runJob(epochs);
  beat();
  clearInterval(timer);
  return { total: performance.now() - start, pause };
}

/** The job in fused numerics, whose module comes with the import of `vinculum/fused`. */
function runFused(epochs: number, threads?: number): Promise<JobResult> {
  if (FUSED_KERNELS.packed.bytes === 0) throw new Error('the module of fused numerics is empty.');
  return runJob(epochs, threads, 'fused');
}

/** How the library describes its backends in this page. */
function describeBackends(): string {
  return registeredBackends()
    .map((backend) => backend.describe())
    .join('\n');
}

Object.assign(window, {
  vinculumTest: { runJob, runFused, runInWorker, longestPause, describeBackends },
});
