/**
 * Several fits at the same time, with threads that are not threads: each serves its jobs in a later turn of the event loop, from
 * copies of the messages, as a worker would. So every order of events can be made, and nothing depends on time.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { registerBackend, registeredBackends } from '../backends/registry.ts';
import { dense } from '../network/layers/dense.ts';
import { sgd } from '../optim/sgd.ts';
import { serveJob, type Fit, type FitJob, type JobAnswer } from './fit-job.ts';
import type { FitData } from './fit-options.ts';
import { fitSideBySide, sharedReals, type SideBySideRun } from './fit-side-by-side.ts';
import { useFitThreads, type FitThread } from './fit-threads.ts';

const ROWS = 24;
const x = {
  data: Float32Array.from({ length: 2 * ROWS }, (_, i) => (i % 7) - 3),
  shape: [ROWS, 2],
};
const y = { data: Float64Array.from({ length: ROWS }, (_, i) => i % 3), shape: [ROWS, 1] } as const;

/** A job; a large rate makes it diverge. */
function jobOf(seed: number, learningRate = 0.01): FitJob {
  return {
    network: { inputs: 2, layers: [dense(3, { activation: 'relu' }), dense(1)], seed },
    data: { x, y },
    options: { loss: 'mse', seed, epochs: 3, batchSize: 8, optimizer: sgd({ learningRate }) },
  };
}

const JOBS = [0, 1, 2, 3, 4].map((seed) => jobOf(seed));
const ENDLESS = 1e30;

/** What the threads of a test have done. */
interface Watch {
  readonly started: FitThread[];
  ended: number;
  readonly jobs: number[];
  /** The memory of the rows that came. */
  readonly memories: Set<unknown>;
  /** Whether the rows came in shared memory. */
  shared: boolean;
}

/** Threads that serve jobs in this thread; those of the given seeds are lost with their job. */
function useThreads(processors: number, lostWith: readonly number[] = []): Watch {
  const watch: Watch = { started: [], ended: 0, jobs: [], memories: new Set(), shared: true };
  useFitThreads({
    processors: () => processors,
    start() {
      const thread: FitThread = {
        start(message, hear) {
          const { stop, ...rest } = message;
          const { data } = (message.job.data as FitData).x as { data: Float32Array };
          watch.memories.add(data.buffer);
          watch.shared &&= data.buffer instanceof SharedArrayBuffer;
          const { seed = 0 } = message.job.options;
          watch.jobs.push(seed);
          const answer = (one: JobAnswer): void => {
            setImmediate(() => hear(structuredClone(one)));
          };
          if (lostWith.includes(seed)) setImmediate(() => hear(undefined));
          else void serveJob({ ...structuredClone(rest), stop }, answer);
        },
        end: () => void watch.ended++,
      };
      watch.started.push(thread);
      return thread;
    },
  });
  return watch;
}

const weights = (fits: readonly (Fit | undefined)[]): unknown =>
  fits.map((fit) => fit && [...fit.network.parameters()]);

const run = (jobs: readonly FitJob[], options: SideBySideRun): Promise<(Fit | undefined)[]> =>
  fitSideBySide(jobs, { backend: 'wasm', ...options }, 0);

afterEach(() => {
  useFitThreads(undefined);
});

describe('fits side by side', () => {
  it('have the bits that they have one after another, in the order of the list', async () => {
    const alone = await run(JOBS, {});
    const watch = useThreads(8);
    for (const threads of [2, 3, 8]) {
      const fits = await run(JOBS, { threads });
      expect(weights(fits)).toEqual(weights(alone));
      expect(fits.map((fit) => fit?.history.epochs.length)).toEqual([3, 3, 3, 3, 3]);
      expect(fits[0]?.network.spec).toEqual(alone[0]?.network.spec);
    }
    // The caller's thread is one of the threads, and no thread is without a job.
    expect(watch.started).toHaveLength(1 + 2 + 4);
    expect(watch.ended).toBe(1 + 2 + 4);
    expect(watch.jobs.length).toBeGreaterThan(0);
    expect(watch.shared).toBe(true);
  });

  it('copy the rows once for all threads, and not at all if they are in shared memory already', async () => {
    const copied = useThreads(4);
    const rows = { x, y };
    await run(
      JOBS.map((job) => ({ ...job, data: rows })),
      { threads: 3 },
    );
    expect(copied.memories.size).toBe(1);
    expect(copied.memories.has(x.data.buffer)).toBe(false);
    const watch = useThreads(4);
    const data = sharedReals(x.data.length);
    data.set(x.data);
    const jobs = JOBS.map((job) => ({ ...job, data: { x: { ...x, data }, y } }));
    await run(jobs, { threads: 3 });
    expect(watch.memories.size).toBe(1);
    expect(watch.memories.has(data.buffer)).toBe(true);
  });

  it('report each progress with its place, and each end once', async () => {
    useThreads(8);
    const epochs = JOBS.map(() => 0);
    const ended: number[] = [];
    await run(JOBS, {
      threads: 3,
      onProgress: ({ record }, place) => {
        if (record !== undefined) epochs[place]! += 1;
      },
      onEnd: (_, place) => void ended.push(place),
    });
    expect(epochs).toEqual([3, 3, 3, 3, 3]);
    expect(ended.toSorted((left, right) => left - right)).toEqual([0, 1, 2, 3, 4]);
  });

  it('throw the error of the first job that fails, as it is without threads', async () => {
    const jobs = [jobOf(0), jobOf(1, ENDLESS), jobOf(2), jobOf(3, 1e20), jobOf(4)];
    const errorOf = (threads: number): Promise<unknown> =>
      run(jobs, { threads }).then(
        () => 'none',
        (error: unknown) => error,
      );
    const alone = await errorOf(1);
    expect(alone).toMatchObject({ code: 'non-finite' });
    for (const threads of [2, 5]) {
      useThreads(8);
      const error = await errorOf(threads);
      expect(error).toEqual(alone);
      expect((error as Error).constructor).toBe((alone as Error).constructor);
    }
  });

  it('go on in the caller’s thread if a thread is lost', async () => {
    const alone = await run(JOBS, {});
    const watch = useThreads(8, [0, 1, 2, 3, 4]);
    const fits = await run(JOBS, { threads: 3 });
    expect(watch.jobs.length).toBeGreaterThan(0);
    expect(weights(fits)).toEqual(weights(alone));
  });

  it('end soon when the signal is set, and keep what was reached', async () => {
    useThreads(8);
    const signal = { aborted: false };
    const long = JOBS.map((job) => ({ ...job, options: { ...job.options, epochs: 1e6 } }));
    const fits = await run(long, {
      threads: 2,
      signal,
      onProgress: ({ epoch }, place) => {
        if (place === 1 && epoch > 2) signal.aborted = true;
      },
    });
    expect(fits.map((fit) => fit?.history.stoppedBy)).toEqual([
      'abort',
      'abort',
      undefined,
      undefined,
      undefined,
    ]);
    expect(fits[1]?.history.epochs.length).toBeGreaterThan(1);
  });

  it.each([1, 2])('end with the error of a listener, on %i threads', async (threads) => {
    useThreads(8);
    const long = JOBS.map((job) => ({ ...job, options: { ...job.options, epochs: 1e6 } }));
    for (const place of [0, threads - 1]) {
      const asked = run(long, {
        threads,
        onProgress: (_, from) => {
          if (from === place) throw new Error('the display is closed');
        },
      });
      await expect(asked).rejects.toThrow('the display is closed');
    }
  });

  it('stay in the caller’s thread with callbacks, with a backend of the caller, and for little work', async () => {
    const watch = useThreads(8);
    await run(JOBS, { threads: 2, callbacks: [{ onEpochEnd: () => undefined }] });
    const wasm = registeredBackends().find(({ name }) => name === 'wasm')!;
    registerBackend({ ...wasm, name: 'mine' });
    await run(JOBS, { threads: 2, backend: 'mine' });
    await run(JOBS, {});
    expect(watch.started).toEqual([]);
    await fitSideBySide(JOBS, { backend: 'wasm' }, 1e9);
    expect(watch.started).toHaveLength(4);
  });
});
