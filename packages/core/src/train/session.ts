/**
 * A train Program compiled for one network over one data set: bind rows, run, read. `evaluate` and `backward`
 * use it as it is; a training run adds the step of the optimiser. Nothing is allocated once it is made.
 */
import type { Backend, HostExecutable } from '../backends/contract.ts';
import type { Loss } from '../losses/loss.ts';
import { currentParameters, type NetworkState } from '../model/network.ts';
import { predictionLayers } from '../network/layout.ts';
import { lower } from '../lowering/lower.ts';
import type { UpdateRequest } from '../lowering/lowering.ts';
import { SCALARS } from '../program/scalars.ts';
import { seedHigh, seedLow } from '../random/streams.ts';
import type { DataSet } from './data-set.ts';
import type { EvaluationPass } from './evaluation-pass.ts';

type RealArray = Float32Array | Float64Array;

/** What a session is made of. */
export interface SessionRequest {
  readonly state: NetworkState;
  readonly loss: Loss;
  readonly backend: Backend;
  readonly data: DataSet;
  /** N: rows of the largest batch. */
  readonly capacity: number;
  /** Of dropout. Default 0. */
  readonly seed?: number;
  /** Whether dropout is on in `forward`. Default true. */
  readonly training?: boolean;
  readonly update?: UpdateRequest;
  /** Threads to compute with; absent, the backend chooses. */
  readonly threads?: number | undefined;
  /** Bytes above which the data set is not copied into the arena whole. */
  readonly windowLimit?: number | undefined;
}

/** A compiled train Program with its rows; close it to give its memory back. */
export class Session {
  readonly executable: HostExecutable;
  readonly scalars: Float64Array;
  readonly parameters: RealArray;
  readonly adjoints: RealArray;
  /** What the metrics of a step judge: what its loss has seen, y or the logits. */
  readonly output: RealArray;
  readonly target: RealArray | Int32Array;
  readonly state: NetworkState;
  data: DataSet;
  /** t: steps done. */
  steps = 0;
  /** Mean loss of the last batch, and its Σ w. */
  loss = 0;
  weightSum = 0;
  /** Whether the packed weights are those of `parameters`. */
  protected prepared = false;
  readonly #rows: Uint32Array;
  /** What the metrics of {@link evaluate} judge. */
  readonly #evaluated: RealArray;

  constructor(request: SessionRequest) {
    const { state, loss, backend, data, capacity, seed = 0, training = true, update } = request;
    const { spec } = state;
    const layers = training ? spec.layers : predictionLayers(spec.layers);
    const program = lower({
      spec: { ...spec, layers },
      purpose: 'train',
      precision: backend.precision,
      capacity,
      loss,
      data: data.request(capacity, request.windowLimit),
      ...(update && { update }),
    });
    this.executable = backend.compile(program, { threads: request.threads });
    this.state = state;
    this.data = data;
    this.scalars = this.executable.scalars;
    this.#rows = this.executable.view('rows') as Uint32Array;
    this.parameters = this.region('parameters')!;
    this.adjoints = this.region('adjoints')!;
    this.output = this.region(program.outputs.forward.name)!;
    this.#evaluated = this.region(program.outputs.evaluate.name)!;
    this.target = this.executable.view('target') as RealArray | Int32Array;
    this.parameters.set(currentParameters(state));
    this.scalars[SCALARS.seedLow] = seedLow(seed);
    this.scalars[SCALARS.seedHigh] = seedHigh(seed);
    data.open(this.executable);
  }

  /** The memory of a real tensor, or undefined where the Program has none of that name. */
  region(name: string): RealArray | undefined {
    const { tensors } = this.executable.program;
    return tensors.has(name) ? (this.executable.view(name) as RealArray) : undefined;
  }

  /** Forward of the rows order[start … start + count) as a whole batch. Sets `loss`. */
  forward(order: Uint32Array, start: number, count: number): void {
    this.weigh(order, start, count);
    this.bind(order, start, count, 0);
    this.prepare();
    this.executable.run('forward');
    this.setLoss(this.scalars[SCALARS.loss]!);
  }

  /**
   * Adds rows to a pass, without dropout, tile by tile: it yields after each, so that a run may pause.
   *
   * @param tile - the most rows that run at once; at most the capacity
   */
  *evaluate(order: Uint32Array, tile: number, pass: EvaluationPass): Generator<void, void> {
    this.prepare();
    for (let start = 0; start < order.length; start += tile) {
      const count = Math.min(tile, order.length - start);
      this.weigh(order, start, count);
      this.bind(order, start, count, 0);
      this.executable.run('evaluate');
      const lossSum = this.scalars[SCALARS.loss]!;
      pass.add(lossSum, this.weightSum, this.#evaluated, this.target, count);
      yield;
    }
  }

  /** Takes other rows in place of the set that the session was made for; both must ask for the same Program. */
  rebind(data: DataSet): void {
    this.data = data;
    data.open(this.executable);
  }

  close(): void {
    this.executable.close();
  }

  /** Packs the weights if they were written from outside since; an update packs its own. */
  protected prepare(): void {
    if (this.prepared) return;
    this.executable.run('prepare');
    this.prepared = true;
  }

  /** Σ w of a batch, in row order. */
  protected weigh(order: Uint32Array, start: number, count: number): void {
    const sum = this.data.weightSum(order, start, count);
    this.weightSum = sum;
    this.scalars[SCALARS.inverseWeightSum] = sum > 0 ? 1 / sum : 0;
    this.scalars[SCALARS.step] = this.steps + 1;
  }

  /** Rows order[start … start + count), the first of them row `rowOffset` of the batch. */
  protected bind(order: Uint32Array, start: number, count: number, rowOffset: number): void {
    this.scalars[SCALARS.rows] = count;
    this.scalars[SCALARS.rowOffset] = rowOffset;
    this.data.placesInto(this.#rows, order, start, count);
  }

  protected setLoss(sum: number): void {
    this.loss = sum * this.scalars[SCALARS.inverseWeightSum]!;
  }
}
