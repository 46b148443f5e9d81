/**
 * A runner that computes a batch, or the validation rows, in S shards, which a reducer joins. Without shards it is a
 * `BatchRunner`. It knows no optimiser: run.ts adds the check and the update.
 */
import { MetricAccumulator } from '../metrics/accumulator.ts';
import type { MetricName } from '../metrics/registry.ts';
import { after, type Ending } from '../model/runner.ts';
import { SCALARS } from '../program/scalars.ts';
import { rangeError } from '../words/fault.ts';
import { BatchRunner, type BatchRequest } from './batch-runner.ts';
import { LocalReducer, type MakeReducer, type Reducer } from './reducer.ts';
import { RowSums } from './row-sums.ts';

/** The arguments of a runner in shards. */
export interface ShardedRequest extends BatchRequest {
  /** S. */
  readonly shards: number;
  /** The metrics of the steps' predictions. Default none. */
  readonly metrics?: readonly MetricName[] | undefined;
  /** Joins the shards of several processes. By default this process computes all shards. */
  readonly reducer?: MakeReducer | undefined;
}

/** A compiled train Program with its rows, and the shards of a batch; close it to give its memory back. */
export class ShardedRunner extends BatchRunner {
  /** The metrics of all accepted batches since its last reset. */
  readonly metrics: MetricAccumulator;
  protected readonly reducer: Reducer | undefined;
  readonly #shards: number;
  /** The batch that is being computed: order[start … start + count). */
  #order: Uint32Array = NO_ROWS;
  #start = 0;
  #count = 0;
  /** The shard of the batch that is being computed, and whether its adjoints or only its loss are computed. */
  #shard = 0;
  #adjoints = true;

  constructor({ shards, metrics = [], reducer, ...request }: ShardedRequest) {
    super(request);
    const { loss } = request;
    const { outputs } = this.layout;
    this.#shards = shards;
    this.metrics = new MetricAccumulator(metrics, loss.kind, outputs);
    if (shards === 1) return;
    const make: MakeReducer = reducer ?? ((memory) => new LocalReducer(memory));
    this.reducer = make({
      shards,
      adjoints: this.adjoints,
      view: (name) => this.view(name),
      newSums: () => new RowSums(metrics, loss.kind, outputs),
    });
  }

  /** Forward of the rows order[start … start + count), in shards if there are any. Sets `loss`. */
  override forward(order: Uint32Array, start: number, count: number): Ending {
    if (this.reducer === undefined) return super.forward(order, start, count);
    this.begin(order, start, count, false);
    return after(this.prepare(), this.runShards);
  }

  /** Adds rows to a pass. In shards, each shard is measured by itself, and the shards are joined like those of a batch. */
  override *evaluate(order: Uint32Array, tile: number, pass: RowSums): Generator<Ending, void> {
    const { reducer } = this;
    if (reducer === undefined) {
      yield* super.evaluate(order, tile, pass);
      return;
    }
    reducer.begin(false);
    for (let shard = reducer.first; shard < reducer.end; shard++) {
      const rows = order.subarray(
        this.#firstOf(shard, order.length),
        this.#firstOf(shard + 1, order.length),
      );
      yield* super.evaluate(rows, tile, reducer.sums);
      reducer.add();
    }
    yield this.#finish(reducer);
    this.settled();
    pass.join(reducer.sums);
  }

  /** Begins a batch: the rows order[start … start + count), to compute their adjoints or only their loss. */
  protected begin(order: Uint32Array, start: number, count: number, adjoints: boolean): void {
    this.#order = order;
    this.#start = start;
    this.#count = count;
    this.#shard = this.reducer?.first ?? 0;
    this.#adjoints = adjoints;
    this.weigh(order, start, count);
    this.reducer?.begin(adjoints);
  }

  /** Forward, backward and check of the begun batch as a whole. */
  protected runWhole(): Ending {
    this.bind(this.#order, this.#start, this.#count, 0);
    return this.run('gradients');
  }

  /** Forward, and backward if adjoints are needed, for the shards that are left; then their joining. */
  protected readonly runShards = (): Ending => {
    const reducer = this.reducer!;
    for (; this.#shard < reducer.end; this.#shard++) {
      const first = this.#firstOf(this.#shard, this.#count);
      const rows = this.#firstOf(this.#shard + 1, this.#count) - first;
      if (rows === 0) {
        reducer.addEmpty();
        continue;
      }
      this.bind(this.#order, this.#start + first, rows, first);
      const pending = this.run(this.#adjoints ? 'gradients' : 'forward');
      if (pending !== undefined) return pending.then(this.#continueShards);
      this.#takeShard(reducer);
    }
    return after(this.#finish(reducer), this.#takeJoined);
  };

  /** Called when the shards of other processes are awaited. */
  protected waits(): void {}

  /** Adds the predictions of the batch to the metrics, after its gradients have passed the check. */
  protected addMetrics(): void {
    if (this.reducer === undefined) {
      this.metrics.add(this.output, this.target, this.#count, this.sampleWeights);
    } else this.metrics.join(this.reducer.sums.metrics);
  }

  readonly #continueShards = (): Ending => {
    this.#takeShard(this.reducer!);
    this.#shard++;
    return this.runShards();
  };

  /** Adds a shard to the result, before the next shard overwrites its adjoints and predictions. */
  #takeShard(reducer: Reducer): void {
    const { scalars, output, target } = this;
    const { sums } = reducer;
    // Added in place, because an engine may box a number that it hands to a call. Σ w of the whole batch is known before its
    // first shard, because every adjoint is divided by it.
    sums.lossSum += scalars[SCALARS.loss]!;
    sums.metrics.add(output, target, scalars[SCALARS.rows]!, this.sampleWeights);
    reducer.add();
  }

  #finish(reducer: Reducer): Ending {
    const joining = reducer.finish();
    if (joining !== undefined) this.waits();
    return joining;
  }

  readonly #takeJoined = (): undefined => {
    this.scalars[SCALARS.loss] = this.reducer!.sums.lossSum;
    this.readLoss();
  };

  /** The first of `rows` rows that belongs to a shard. */
  #firstOf(shard: number, rows: number): number {
    return Math.floor((shard * rows) / this.#shards);
  }
}

/** @throws {RangeError} when there are fewer shards than a reducer of several processes needs */
export function checkReducer(where: string, shards: number, reducer: unknown): void {
  if (reducer === undefined || shards > 1) return;
  const rule = 'must be at least 2, so that several processes can share them';
  throw rangeError({ where, subject: 'shards', rule, got: String(shards) });
}

const NO_ROWS = new Uint32Array(0);
