/**
 * Ensembles on real threads: the members run in workers of Node, which load the build of the library. The file of a model must have
 * the same bytes on every backend and with any number of threads.
 */
import { describe, expect, it } from 'vitest';
import {
  Classifier,
  fromSafetensors,
  Regressor,
  registeredBackends,
  toSafetensors,
  type ClassifierOptions,
} from 'vinculum';
import { useFitThreads, type FitThreadSource } from 'vinculum/internal';

const ROWS = Array.from({ length: 70 }, (_, i) => ({
  a: (i * 37) % 23,
  b: ((i * 61) % 29) - 14,
  kind: ['x', 'y', 'z'][i % 3],
}));
const LABELS = ROWS.map(({ a, b }, i) => (a + b > 11 !== (i % 17 === 0) ? 'high' : 'low'));
const TARGETS = ROWS.map(({ a, b }) => 3 * a - b * b);
const OPTIONS = {
  members: 4,
  hiddenLayerSizes: [7],
  dropout: 0.2,
  maxIter: 6,
  earlyStopping: true,
} satisfies ClassifierOptions;

const BACKENDS = registeredBackends()
  .filter((one) => one.unavailable() === undefined)
  .map(({ name, precision }) => ({ name, precision }));

/** Counts the threads that a call starts. */
async function countThreads(call: () => Promise<unknown>): Promise<number> {
  let started = 0;
  const source = useFitThreads(undefined)!;
  const counting: FitThreadSource = {
    processors: () => source.processors(),
    start() {
      started++;
      return source.start();
    },
  };
  useFitThreads(counting);
  try {
    await call();
  } finally {
    useFitThreads(source);
  }
  return started;
}

describe.each(BACKENDS)('an ensemble on $name', ({ name: backend, precision }) => {
  it('has the same file with 1, 2 and 3 threads', async () => {
    const files: Uint8Array[] = [];
    for (const threads of [1, 2, 3]) {
      const started = await countThreads(async () => {
        const options = { ...OPTIONS, backend, threads };
        files.push(toSafetensors(await new Classifier(options).fit(ROWS, LABELS)));
        files.push(toSafetensors(await new Regressor(options).fit(ROWS, TARGETS)));
      });
      expect(started).toBe(2 * (threads - 1));
    }
    for (let i = 2; i < files.length; i++) expect(files[i]).toEqual(files[i % 2]);
    // The reference computes in float64, so its bits are its own.
    if (precision === 'float64') return;
    const portable = await new Classifier({ ...OPTIONS, backend: 'wasm', threads: 1 }).fit(
      ROWS,
      LABELS,
    );
    expect(files[0]).toEqual(toSafetensors(portable));
  });
});

describe('an ensemble on two threads', () => {
  it('reports the epochs of every member', async () => {
    const epochs = new Map<number, number>();
    await new Classifier({
      ...OPTIONS,
      threads: 2,
      onProgress({ record }, member) {
        if (record !== undefined) epochs.set(member, (epochs.get(member) ?? 0) + 1);
      },
    }).fit(ROWS, LABELS);
    expect([...epochs].toSorted(([left], [right]) => left - right)).toEqual([
      [1, 6],
      [2, 6],
      [3, 6],
      [4, 6],
    ]);
  });

  it('keeps what it has learned when its signal is set midway, as a model that can be saved', async () => {
    const signal = { aborted: false };
    const seen = new Set<number>();
    const model = await new Classifier({
      ...OPTIONS,
      earlyStopping: false,
      maxIter: 1_000_000,
      nIterNoChange: 1_000_000,
      threads: 2,
      signal,
      onProgress({ record }, member) {
        if (record !== undefined) seen.add(member);
        // Both threads have learned something then.
        if (seen.size === 2) signal.aborted = true;
      },
    }).fit(ROWS, LABELS);
    expect(model.histories.map(({ stoppedBy }) => stoppedBy)).toEqual(['abort', 'abort']);
    const back = fromSafetensors(toSafetensors(model));
    expect(back).toMatchObject({ kind: 'classifier' });
  });

  it('throws the error that it throws on one thread, of the same class', async () => {
    const errorOf = (threads: number): Promise<unknown> =>
      new Regressor({ ...OPTIONS, solver: 'sgd', learningRateInit: 1e30, threads })
        .fit(ROWS, TARGETS)
        .catch((error: unknown) => error);
    const [alone, together] = [await errorOf(1), await errorOf(2)];
    expect(together).toEqual(alone);
    expect(together).toMatchObject({ code: 'non-finite', name: (alone as Error).name });
  });
});
