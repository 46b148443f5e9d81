/** `fit` on a stream: what it equals, in which order it takes the rows, how many chunks it holds, and its faults. */
import { describe, expect, it } from 'vitest';
import { dense, network, type Network } from '../index.ts';
import { shuffleRows } from '../random/shuffle.ts';
import { range } from '../arrays/split.ts';
import { fit, startStreamedFit, type RunningFit } from './fit.ts';
import type { FitData, FitOptions } from './fit-options.ts';
import type { RowChunk, RowStream } from './row-stream.ts';
import type { RunState } from './run-state.ts';
import { trainer } from './trainer.ts';

const ROWS = 47;
const COLUMNS = 3;
const X = Float32Array.from({ length: ROWS * COLUMNS }, (_, i) => ((i * 37) % 101) / 50 - 1);
const LABELS = Int32Array.from({ length: ROWS }, (_, row) => (row * row) % 3);
const WEIGHTS = Float64Array.from({ length: ROWS }, (_, row) => 0.5 + (row % 4));
const HELD = Uint32Array.of(3, 4, 9, 20, 21, 40, 46);

const OPTIONS: FitOptions = { loss: 'softmax-cross-entropy', batchSize: 8, epochs: 3, seed: 5 };

function makeNet(): Network {
  return network({ inputs: COLUMNS, layers: [dense(4), dense(3)], seed: 2 });
}

/** Rows [first, end) of the data. */
function slice(first: number, end: number, weighted: boolean): RowChunk {
  return {
    x: { data: X.slice(first * COLUMNS, end * COLUMNS), shape: [end - first, COLUMNS] },
    y: LABELS.slice(first, end),
    ...(weighted ? { sampleWeights: WEIGHTS.slice(first, end) } : {}),
  };
}

interface Counted extends RowStream {
  readonly reads: number[];
}

/** A stream of the rows [0, rows) that notes its reads. */
function streamOf(chunkRows: number, weighted = false, rows = ROWS): Counted {
  const reads: number[] = [];
  const read = (chunk: number): RowChunk => {
    reads.push(chunk);
    return slice(chunk * chunkRows, Math.min((chunk + 1) * chunkRows, rows), weighted);
  };
  return { rows, chunkRows, read, reads };
}

/** A stream whose chunks all lie in the same memory, so that one is gone when the next is read. */
function reusing(chunkRows: number): RowStream {
  const x = new Float32Array(chunkRows * COLUMNS);
  const y = new Int32Array(chunkRows);
  const read = (chunk: number): RowChunk => {
    const first = chunk * chunkRows;
    const rows = Math.min(chunkRows, ROWS - first);
    x.fill(NaN).set(X.subarray(first * COLUMNS, (first + rows) * COLUMNS));
    y.fill(-1).set(LABELS.subarray(first, first + rows));
    return {
      x: { data: x.subarray(0, rows * COLUMNS), shape: [rows, COLUMNS] },
      y: y.subarray(0, rows),
    };
  };
  return { rows: ROWS, chunkRows, read };
}

/** The parameters and the history of a run, without its times. */
async function outcome(data: FitData | RowStream, options: FitOptions): Promise<unknown> {
  const net = makeNet();
  const { epochs, ...history } = await fit(net, data, options);
  const records = epochs.map((record) => ({ ...record, seconds: 0 }));
  return { parameters: net.parameters(), records, history };
}

const IN_MEMORY: FitData = { x: { data: X, shape: [ROWS, COLUMNS] }, y: LABELS };

describe('a stream of one chunk', () => {
  it('has the bits of the same rows in memory, with held-out rows and weights', async () => {
    const options: FitOptions = { ...OPTIONS, validation: HELD, classWeights: 'balanced' };
    const expected = await outcome(IN_MEMORY, { ...options, sampleWeights: WEIGHTS });
    expect(await outcome(streamOf(ROWS, true), options)).toStrictEqual(expected);
    expect(await outcome(streamOf(1000, true), options)).toStrictEqual(expected);
  });

  it('has them in shards and with validation rows of its own, too', async () => {
    const own = slice(0, 20, true) as FitData;
    for (const options of [
      { ...OPTIONS, shards: 3 },
      { ...OPTIONS, validation: own },
    ]) {
      const expected = await outcome(IN_MEMORY, options);
      expect(await outcome(streamOf(ROWS), options)).toStrictEqual(expected);
    }
    const validation = streamOf(6, true, 20);
    const expected = await outcome(IN_MEMORY, { ...OPTIONS, validation: own });
    expect(await outcome(streamOf(ROWS), { ...OPTIONS, validation })).toStrictEqual(expected);
  });
});

describe('a stream of several chunks', () => {
  it('gives the rows in their order if they are not shuffled, whatever the chunks', async () => {
    const options: FitOptions = { ...OPTIONS, shuffle: false, validation: HELD };
    const expected = await outcome(IN_MEMORY, options);
    for (const chunkRows of [1, 5, 8, 24]) {
      expect(await outcome(streamOf(chunkRows), options)).toStrictEqual(expected);
    }
  });

  it('takes chunks in an order by seed and epoch, and their rows by seed, epoch and chunk', async () => {
    const chunkRows = 10;
    const net = makeNet();
    await fit(net, streamOf(chunkRows), { ...OPTIONS, epochs: 2 });
    const twin = makeNet();
    using steps = trainer(twin, { loss: 'softmax-cross-entropy', batchSize: 8, seed: 5 });
    for (const epoch of [1, 2]) {
      const chunks = range(0, 5);
      shuffleRows(chunks, 5, epoch, 'stream');
      const order = Array.from(chunks).flatMap((chunk) => {
        const rows = range(0, Math.min(chunkRows, ROWS - chunk * chunkRows));
        shuffleRows(rows, 5, epoch, 'shuffle', chunk);
        return Array.from(rows, (row) => chunk * chunkRows + row);
      });
      for (let start = 0; start < ROWS; start += 8) {
        const batch = order.slice(start, start + 8);
        const x = batch.map((row) => Array.from(X.subarray(row * COLUMNS, (row + 1) * COLUMNS)));
        steps.step({ x, y: batch.map((row) => LABELS[row]!) });
      }
    }
    expect(net.parameters()).toStrictEqual(twin.parameters());
  });

  it('has the same bits at every reading, later or at once, on any backend and with any threads', async () => {
    const options: FitOptions = { ...OPTIONS, validation: HELD, earlyStopping: true };
    const plain = streamOf(10);
    const expected = await outcome(plain, options);
    const later: RowStream = { ...plain, read: (chunk) => Promise.resolve(plain.read(chunk)) };
    expect(await outcome(later, options)).toStrictEqual(expected);
    expect(await outcome(plain, { ...options, backend: 'wasm' })).toStrictEqual(expected);
    expect(await outcome(plain, { ...options, threads: 2 })).toStrictEqual(expected);
    expect(await outcome(streamOf(11), options)).not.toStrictEqual(expected);
  });

  it('is used one chunk at a time, each read once an epoch', async () => {
    const options: FitOptions = { ...OPTIONS, validation: HELD };
    expect(await outcome(reusing(10), options)).toStrictEqual(await outcome(streamOf(10), options));
    const counted = streamOf(10);
    await fit(makeNet(), counted, { ...OPTIONS, epochs: 2 });
    // The first read tells the form of the chunks.
    expect(counted.reads.slice(1, 6).toSorted((a, b) => a - b)).toStrictEqual([0, 1, 2, 3, 4]);
    expect(counted.reads.slice(6).toSorted((a, b) => a - b)).toStrictEqual([0, 1, 2, 3, 4]);
  });

  it('goes on from the state of a run that was interrupted in an epoch', async () => {
    const states: RunState[] = [];
    const whole = makeNet();
    const running: RunningFit = await startStreamedFit(whole, streamOf(10), {
      ...OPTIONS,
      callbacks: [{ onBatchEnd: () => void states.push(running.state()) }],
    });
    await running.finished;
    for (const state of [states[0]!, states[8]!]) {
      const net = makeNet();
      await (
        await startStreamedFit(net, streamOf(10), OPTIONS, state)
      ).finished;
      expect(net.parameters()).toStrictEqual(whole.parameters());
    }
  });
});

describe('the faults of a stream', () => {
  const faults: [string, Partial<RowStream>, Partial<FitOptions>, RegExp][] = [
    ['a share', {}, { validation: 0.2 }, /validation must be rows of their own, a stream of them/],
    ['weights', {}, { sampleWeights: WEIGHTS }, /sampleWeights must be left off/],
    ['all rows', {}, { validation: range(0, ROWS) }, /must leave at least one row to train on/],
    ['rows', { rows: 0 }, {}, /rows must be an integer from 1 to/],
    ['no read', { read: 3 as never }, {}, /read must be a function/],
    ['short', { read: () => slice(0, 3, false) }, {}, /read\(0\)\.x must have 10 rows, because/],
    [
      'NaN',
      { read: () => ({ ...slice(0, 10, false), x: { data: X.map(() => NaN), shape: [10, 3] } }) },
      {},
      /read\(0\)\.x/,
    ],
    [
      'weights in some chunks',
      { read: (chunk) => slice(chunk * 10, Math.min(chunk * 10 + 10, ROWS), chunk > 1) },
      {},
      /read\(\d\)\.sampleWeights must be in all chunks of a stream or in none/,
    ],
    [
      'weights of 0',
      {
        read: (chunk) => {
          const rows = slice(chunk * 10, Math.min(chunk * 10 + 10, ROWS), false);
          return { ...rows, sampleWeights: new Float64Array(Math.min(10, ROWS - chunk * 10)) };
        },
      },
      {},
      /the training rows must not all weigh 0/,
    ],
  ];
  it.each(faults)('%s', async (_name, stream, options, message) => {
    await expect(
      fit(makeNet(), { ...streamOf(10), ...stream }, { ...OPTIONS, ...options }),
    ).rejects.toThrow(message);
  });
});
