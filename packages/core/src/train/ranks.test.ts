/**
 * Several runs that share the shards of every batch, as the processes of a cluster do. Here they are in one process and their
 * reducers exchange through memory. Each must end with the parameters, the history and the decisions of one run that
 * computes all shards: the same bits, because S shards on a power of two of ranks are joined in the same tree.
 */
import { describe, expect, it } from 'vitest';
import type { MetricName } from '../metrics/registry.ts';
import { network, type Network } from '../model/network.ts';
import { dense } from '../network/layers/dense.ts';
import { dropout } from '../network/layers/dropout.ts';
import { adaptive } from '../optim/schedules/adaptive.ts';
import { sgd } from '../optim/sgd.ts';
import type { FitData, FitOptions } from './fit-options.ts';
import { fit, startFit } from './fit.ts';
import type { History, StopReason } from './history.ts';
import { LocalReducer, type Reducer, type ShardMemory } from './reducer.ts';
import type { RowSums, RowSumsState } from './row-sums.ts';

/** The message of a rank to the others: the joined adjoints and sums of its shards. */
interface Part {
  readonly adjoints: ArrayLike<number>;
  readonly sums: RowSumsState;
}

/** Collects a part of every rank in each round. It replaces a network between processes. */
class Exchange {
  readonly #ranks: number;
  #parts: Part[] = [];
  #waiting: ((parts: readonly Part[]) => void)[] = [];

  constructor(ranks: number) {
    this.#ranks = ranks;
  }

  /** Resolves to the parts of all ranks, in their order, when the last one has come. */
  async gather(rank: number, part: Part): Promise<readonly Part[]> {
    this.#parts[rank] = structuredClone(part);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length < this.#ranks) return;
      for (const give of this.#waiting) give(this.#parts);
      this.#waiting = [];
      this.#parts = [];
    });
  }
}

/** Joins the shards of a rank, then the ranks. */
class RankReducer implements Reducer {
  readonly first: number;
  readonly end: number;
  sums: RowSums;
  readonly #adjoints: ShardMemory['adjoints'];
  readonly #own: LocalReducer;
  readonly #ranks: LocalReducer;
  readonly #exchange: Exchange;
  readonly #rank: number;
  #joinsAdjoints = true;

  constructor(memory: ShardMemory, exchange: Exchange, rank: number, ranks: number) {
    this.first = (rank * memory.shards) / ranks;
    this.end = ((rank + 1) * memory.shards) / ranks;
    this.#adjoints = memory.adjoints;
    this.#own = new LocalReducer(memory, this.first, this.end);
    this.#ranks = new LocalReducer(memory, 0, ranks);
    this.#exchange = exchange;
    this.#rank = rank;
    this.sums = this.#own.sums;
  }

  begin(adjoints: boolean): void {
    this.#joinsAdjoints = adjoints;
    this.#own.begin(adjoints);
    this.sums = this.#own.sums;
  }

  add(): void {
    this.#own.add();
    this.sums = this.#own.sums;
  }

  addEmpty(): void {
    this.#own.addEmpty();
    this.sums = this.#own.sums;
  }

  async finish(): Promise<undefined> {
    this.#own.finish();
    const own = {
      adjoints: this.#joinsAdjoints ? this.#adjoints : [],
      sums: this.#own.sums.state(),
    };
    const parts = await this.#exchange.gather(this.#rank, own);
    this.#ranks.begin(this.#joinsAdjoints);
    for (const { adjoints, sums } of parts) {
      this.#adjoints.set(adjoints);
      this.#ranks.sums.restore(sums);
      this.#ranks.add();
    }
    this.#ranks.finish();
    this.sums = this.#ranks.sums;
  }
}

const X = Array.from({ length: 61 }, (_, i) => [Math.sin(i), Math.cos(3 * i), Math.sin(i * i)]);
const CLASSES: FitData = { x: X, y: X.map(([a, b]) => (a! + b! > 0.2 ? 1 : 0)) };
const VALUES: FitData = { x: X, y: X.map(([a, b]) => [100 + a! * b!, a! - b!]) };

function makeNet(): Network {
  return network({
    inputs: 3,
    layers: [dense(6, { activation: 'tanh' }), dropout(0.3), dense(2)],
    seed: 5,
  });
}

/** The result of a run: the parameters, and the history without its seconds. */
function outcome(net: Network, { epochs, ...rest }: History): unknown {
  const parameters = [...net.parameters()].map(([name, values]) => [name, [...values]]);
  return { parameters, ...rest, epochs: epochs.map((record) => ({ ...record, seconds: 0 })) };
}

/** The result of each of some ranks. */
async function onRanks(ranks: number, data: FitData, options: FitOptions): Promise<unknown[]> {
  const exchange = new Exchange(ranks);
  return Promise.all(
    Array.from({ length: ranks }, async (_, rank) => {
      const net = makeNet();
      const run = startFit(
        net,
        data,
        options,
        undefined,
        (memory) => new RankReducer(memory, exchange, rank, ranks),
      );
      return outcome(net, await run.finished);
    }),
  );
}

const BASE = { batchSize: 16, seed: 11, shards: 8, backend: 'wasm' } as const;
const OF_CLASSES: readonly MetricName[] = ['accuracy', 'macroF1', 'logLoss', 'rocAuc'];
const OF_VALUES: readonly MetricName[] = ['mse', 'mae', 'r2'];

const CASES: [name: string, end: StopReason, data: FitData, options: FitOptions][] = [
  [
    'class metrics, sums and scores',
    'epochs',
    CLASSES,
    { ...BASE, loss: 'softmax-cross-entropy', metrics: OF_CLASSES, epochs: 4, validation: 0.3 },
  ],
  [
    'metrics of numbers, row weights and early stopping',
    'early-stopping',
    VALUES,
    {
      ...BASE,
      loss: 'mse',
      metrics: OF_VALUES,
      sampleWeights: X.map((_, i) => 0.5 + (i % 5)),
      epochs: 60,
      validation: 0.3,
      optimizer: sgd({ learningRate: 1e-2 }),
      earlyStopping: { monitor: 'r2', patience: 2 },
    },
  ],
  [
    'a rate that follows the losses, and batches smaller than the shards',
    'epochs',
    CLASSES,
    {
      ...BASE,
      batchSize: 5,
      loss: 'softmax-cross-entropy',
      metrics: OF_CLASSES,
      epochs: 6,
      optimizer: sgd({ learningRate: 1 }),
      schedule: adaptive({ patience: 1, minDelta: 0.05 }),
    },
  ],
];

describe.each(CASES)('a run with %s', (_name, end, data, options) => {
  it.each([1, 2, 4, 8])(
    'is the same on %i ranks as in one process, on each of them',
    async (ranks) => {
      const net = makeNet();
      const expected = outcome(net, await fit(net, data, options));
      expect(expected).toMatchObject({ stoppedBy: end });
      for (const found of await onRanks(ranks, data, options)) expect(found).toEqual(expected);
    },
  );
});

describe('several ranks', () => {
  it('need shards that they can share', () => {
    const options = { ...BASE, shards: 1, loss: 'softmax-cross-entropy' } as const;
    const exchange = new Exchange(1);
    const start = (): unknown =>
      startFit(
        makeNet(),
        CLASSES,
        options,
        undefined,
        (memory) => new RankReducer(memory, exchange, 0, 1),
      );
    expect(start).toThrow(/shards must be at least 2/);
  });
});
