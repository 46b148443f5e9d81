/**
 * A train Program over one data set: bind the rows of a batch, run, read the results. `evaluate`, `backward` and the
 * gradient check use it unchanged, the trace uses it for the unfused Program, and a training run adds the step of the
 * optimiser. After its construction it allocates nothing.
 */
import type { Backend } from '../backends/contract.ts';
import type { Loss } from '../losses/loss.ts';
import { after, Runner, type Ending } from '../model/runner.ts';
import type { UpdateRequest } from '../lowering/lowering.ts';
import { predictionLayers, type Layout } from '../network/layout.ts';
import type { NetworkSpec } from '../network/spec.ts';
import type { RealArray } from '../program/memory.ts';
import { SCALARS } from '../program/scalars.ts';
import { seedHigh, seedLow } from '../random/streams.ts';
import type { DataSet } from './data-set.ts';
import type { RowSums } from './row-sums.ts';
import { newStepState, type StepState } from './run-state.ts';

/** The network that runs: its record, and the layout of its parameters. */
export interface NetworkPlan {
  readonly spec: NetworkSpec;
  readonly layout: Layout;
}

/** The arguments of a runner over batches. */
export interface BatchRequest {
  readonly network: NetworkPlan;
  /** All weights, then all biases. */
  readonly parameters: ArrayLike<number>;
  readonly loss: Loss;
  readonly backend: Backend;
  readonly data: DataSet;
  /** N: rows of the largest batch. */
  readonly capacity: number;
  /** The seed of dropout. Default 0. */
  readonly seed?: number;
  /** The state from which a run continues; every step changes it. By default the run begins. */
  readonly progress?: StepState;
  /** Whether dropout is on in `forward`. Default true. */
  readonly training?: boolean;
  readonly update?: UpdateRequest;
  /** Whether every quantity is stored, as the trace shows it. Default false. */
  readonly traced?: boolean;
  /** The number of threads; if absent, the backend chooses. */
  readonly threads?: number | undefined;
  /** Whether the caller can wait for a phase. Default false. */
  readonly asynchronous?: boolean;
  /** A data set of more bytes is not copied into the arena as a whole. */
  readonly windowLimit?: number | undefined;
}

/** A compiled train Program with its rows; close it to give its memory back. */
export class BatchRunner extends Runner {
  readonly layout: Layout;
  readonly adjoints: RealArray;
  /** The predictions for the metrics of a step: the values from which its loss was computed, y or the logits. */
  readonly output: RealArray;
  readonly target: RealArray | Int32Array;
  data: DataSet;
  /** The sample weights of the rows that are bound, for the metrics; undefined if rows have none. */
  sampleWeights: Float64Array | undefined;
  /** The progress of the run; a resumed run continues from its saved progress. */
  readonly progress: StepState;
  /** Σ w of the last batch. */
  weightSum = 0;
  /** Whether the packed weights are up to date with `parameters`. */
  protected prepared = false;
  readonly #rows: Uint32Array;
  /** The predictions for the metrics of {@link evaluate}. */
  readonly #evaluated: RealArray;

  constructor(request: BatchRequest) {
    const { network, loss, backend, data, capacity, seed = 0, training = true, update } = request;
    const { progress = newStepState(), traced = false } = request;
    const { spec, layout } = network;
    const layers = training ? spec.layers : predictionLayers(spec.layers);
    super({
      spec: { ...spec, layers },
      purpose: traced ? 'trace' : 'train',
      capacity,
      loss,
      data: data.request(capacity, request.windowLimit),
      ...(update && { update }),
      backend,
      parameters: request.parameters,
      threads: request.threads,
      asynchronous: request.asynchronous,
    });
    this.layout = layout;
    this.progress = progress;
    this.data = data;
    this.#rows = this.view('rows');
    this.adjoints = this.view('adjoints');
    this.output = this.realsOf(this.program.outputs.forward);
    this.#evaluated = this.realsOf(this.program.outputs.evaluate);
    this.target = this.view('target');
    this.scalars[SCALARS.seedLow] = seedLow(seed);
    this.scalars[SCALARS.seedHigh] = seedHigh(seed);
    data.open(this);
    this.#holdSampleWeights();
  }

  /** Forward of the rows order[start … start + count) as a whole batch. Sets `loss`. */
  forward(order: Uint32Array, start: number, count: number): Ending {
    this.weigh(order, start, count);
    this.bind(order, start, count, 0);
    return after(this.prepare(), () => after(this.run('forward'), () => this.readLoss()));
  }

  /**
   * Adds rows to a pass, without dropout, tile by tile. After each tile it yields, so that a run may pause. If the phase
   * has not ended, it yields a promise, which the caller must await before it continues.
   *
   * @param tile - the most rows that run at once; at most the capacity
   */
  *evaluate(order: Uint32Array, tile: number, pass: RowSums): Generator<Ending, void> {
    const packing = this.prepare();
    if (packing !== undefined) yield packing;
    this.settled();
    for (let start = 0; start < order.length; start += tile) {
      const count = Math.min(tile, order.length - start);
      this.weigh(order, start, count);
      this.bind(order, start, count, 0, true);
      yield this.run('evaluate');
      this.settled();
      const lossSum = this.scalars[SCALARS.loss]!;
      pass.add(lossSum, this.weightSum, this.#evaluated, this.target, count, this.sampleWeights);
    }
  }

  /** Replaces the data set for which the runner was made; both sets must need the same Program. */
  rebind(data: DataSet): void {
    this.data = data;
    data.open(this);
    this.#holdSampleWeights();
  }

  /** t: steps done. */
  get steps(): number {
    return this.progress.steps;
  }

  /** Mean loss of the last batch. */
  get loss(): number {
    return this.progress.loss;
  }

  /** Called when a phase that was awaited has ended. */
  protected settled(): void {}

  /** Packs the weights if the user has written them since they were packed; an update packs the weights itself. */
  protected prepare(): Ending {
    if (this.prepared) return undefined;
    this.prepared = true;
    return this.run('prepare');
  }

  /** Σ w of a batch, in row order. */
  protected weigh(order: Uint32Array, start: number, count: number): void {
    const sum = this.data.weightSum(order, start, count);
    this.weightSum = sum;
    this.scalars[SCALARS.inverseWeightSum] = sum > 0 ? 1 / sum : 0;
    this.scalars[SCALARS.step] = this.progress.steps + 1;
  }

  /** Rows order[start … start + count), the first of them row `rowOffset` of the batch. */
  protected bind(
    order: Uint32Array,
    start: number,
    count: number,
    rowOffset: number,
    atOnce: boolean = false,
  ): void {
    this.scalars[SCALARS.rows] = count;
    this.scalars[SCALARS.rowOffset] = rowOffset;
    this.data.placesInto(this.#rows, order, start, count, atOnce);
    if (this.sampleWeights === undefined) return;
    this.data.sampleWeightsInto(this.sampleWeights, order, start, count);
  }

  #holdSampleWeights(): void {
    if (!this.data.hasSampleWeights) this.sampleWeights = undefined;
    else this.sampleWeights ??= new Float64Array(this.#rows.length);
  }

  /** Takes Σ w ℓ of the batch from the scalars as its mean loss. */
  protected readLoss(): undefined {
    const { scalars } = this;
    this.progress.loss = scalars[SCALARS.loss]! * scalars[SCALARS.inverseWeightSum]!;
  }
}
