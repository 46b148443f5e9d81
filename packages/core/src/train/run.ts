/**
 * A training run: a session whose Program has an update, and the step that `trainer` and `fit` share:
 * forward → loss → backward → (merge of shards) → finite check → clip → update → t ← t + 1. A step that fails
 * the check throws before any state changes. Nothing is allocated in a step.
 */
import type { Backend } from '../backends/contract.ts';
import { outputOfLoss } from '../losses/loss.ts';
import { checkIdle, type LiveRun, type NetworkState } from '../model/network.ts';
import { withOutput } from '../network/spec.ts';
import { penaltyOf } from '../optim/decay.ts';
import { updateNeeds } from '../optim/optimizer.ts';
import { SCALARS } from '../program/scalars.ts';
import type { DataSet } from './data-set.ts';
import type { MetricAccumulator } from '../metrics/accumulator.ts';
import { findNonFinite } from './non-finite.ts';
import { Session } from './session.ts';
import type { StepSettings } from './settings.ts';
import { ShardMerge } from './shards.ts';
import { UpdateBound } from './update-bound.ts';
import { updateScalarsInto } from './update-scalars.ts';

type RealArray = Float32Array | Float64Array;

/** The part of a step that runs by itself. */
export type StepPhase = 'forward' | 'backward' | 'update';

/** What a run is made of. */
export interface RunRequest {
  /** The public function, for messages. */
  readonly where: string;
  readonly state: NetworkState;
  readonly settings: StepSettings;
  readonly backend: Backend;
  readonly data: DataSet;
  /** N: rows of the largest batch. */
  readonly capacity: number;
  readonly keepBest?: boolean;
  /** Bytes above which the data set is not copied into the arena whole; for tests. */
  readonly windowLimit?: number;
}

/** After so many skipped steps in a row the run is lost, and says so. */
const MOST_SKIPPED_IN_A_ROW = 10;

/** One training run; it has its network to itself until it is closed. */
export class TrainingRun extends Session implements LiveRun {
  readonly best: RealArray | undefined;
  /** Takes in the predictions of every step, where set. */
  metrics: MetricAccumulator | undefined;
  /** The phase that may come next, besides `'forward'`. */
  next: StepPhase = 'forward';
  skippedSteps = 0;
  learningRate: number;
  /** What later steps use; l1, l2, clip and the optimiser's numbers may be replaced between steps. */
  settings: StepSettings;
  /** ‖g‖ of the last batch, before clipping. */
  gradientNorm = 0;
  readonly #where: string;
  readonly #shards: ShardMerge | undefined;
  readonly #bound: UpdateBound;
  #skippedInARow = 0;
  #dirty = false;
  #inFlight = false;
  #pushed: RealArray | undefined;

  /** @throws {VinculumError} code `busy` when another run has the network */
  constructor({ where, state, settings, keepBest = false, ...request }: RunRequest) {
    const { loss, optimizer, seed, shards, threads } = settings;
    const spareAdjoints = ShardMerge.buffersFor(shards);
    checkIdle(where, state);
    const update = { ...updateNeeds(optimizer), spareAdjoints, keepBest };
    super({ ...request, state, loss, seed, threads, update });
    this.#where = where;
    this.settings = settings;
    this.learningRate = optimizer.learningRate;
    this.best = this.region('best');
    if (shards > 1) {
      this.#shards = new ShardMerge(this.adjoints, shards, (name) => this.region(name)!);
    }
    for (const name of ['firstMoments', 'secondMoments', 'thirdMoments'])
      this.region(name)?.fill(0);
    this.#bound = new UpdateBound(
      this.parameters,
      this.region('firstMoments'),
      this.region('secondMoments'),
      state.spec.dtype,
    );
    state.live = this;
  }

  /** Forward of the rows order[start … start + count), in shards where asked. Sets `loss`. */
  override forward(order: Uint32Array, start: number, count: number): void {
    if (this.#shards === undefined) super.forward(order, start, count);
    else this.#runShards(this.#shards, order, start, count, false);
    this.next = 'backward';
  }

  /** The adjoints of the rows of the last {@link forward}; shards go forward again. */
  backward(order: Uint32Array, start: number, count: number): void {
    this.metrics?.mark();
    if (this.#shards === undefined) this.#runBackward(count);
    else this.#runShards(this.#shards, order, start, count, true);
    this.next = 'update';
  }

  /**
   * The finite check, then the optimiser's step.
   *
   * @returns whether the step was taken; false where `onNonFinite` is `'skip'` and the check failed
   * @throws {NonFiniteError} when the check fails; nothing has changed then
   */
  update(): boolean {
    this.executable.run('check');
    if (!this.#judge()) {
      this.metrics?.undo();
      return false;
    }
    return this.#takeUpdate();
  }

  /** One whole step over the rows order[start … start + count). */
  step(order: Uint32Array, start: number, count: number): boolean {
    if (this.#shards !== undefined) {
      this.backward(order, start, count);
      return this.update();
    }
    this.#bindBatch(order, start, count);
    this.executable.run('gradients');
    return this.#accepts(count) && this.#takeUpdate();
  }

  /** The same where phases run on threads that the caller's may not wait for; nobody else may touch the run meanwhile. */
  async stepAsync(order: Uint32Array, start: number, count: number): Promise<boolean> {
    const { runAsync } = this.executable;
    if (runAsync === undefined || this.#shards !== undefined) return this.step(order, start, count);
    this.#inFlight = true;
    try {
      this.#bindBatch(order, start, count);
      await runAsync('gradients');
      if (!this.#accepts(count)) return false;
      await this.#updateAsync(runAsync);
      return true;
    } finally {
      this.#inFlight = false;
      if (this.#pushed !== undefined) this.push(this.#pushed);
    }
  }

  /** An update that was broken off leaves the network what it last had. */
  async #updateAsync(runAsync: (phase: 'update') => Promise<void>): Promise<void> {
    try {
      await runAsync('update');
    } catch (error) {
      this.#dirty = false;
      throw error;
    }
    this.#finishUpdate();
  }

  #bindBatch(order: Uint32Array, start: number, count: number): void {
    this.weigh(order, start, count);
    this.bind(order, start, count, 0);
    this.prepare();
  }

  /** Takes the loss of a batch whose gradients have been computed and, if the update may be taken, its metrics. */
  #accepts(count: number): boolean {
    this.setLoss(this.scalars[SCALARS.loss]!);
    if (!this.#judge()) return false;
    this.metrics?.add(this.output, this.target, count);
    return true;
  }

  /** Whether the update may be taken; its scalars are set then. */
  #judge(): boolean {
    const { scalars, settings } = this;
    this.next = 'forward';
    const norm = Math.sqrt(scalars[SCALARS.normSquared]!);
    this.gradientNorm = norm;
    updateScalarsInto(scalars, settings, norm, this.steps + 1, this.learningRate);
    const scaled = scalars[SCALARS.maxAbsolute]! * scalars[SCALARS.clipScale]!;
    const steepest = Math.min(scaled, scalars[SCALARS.clipValue]!);
    const finite = Number.isFinite(this.loss) && Number.isFinite(norm);
    if (!(finite && this.#bound.admits(settings.optimizer, scalars, steepest))) {
      this.#refuse();
      return false;
    }
    return true;
  }

  /** The update, which nothing can refuse any more; returns true. */
  #takeUpdate(): true {
    this.executable.run('update');
    this.#finishUpdate();
    return true;
  }

  #finishUpdate(): void {
    this.steps++;
    this.#skippedInARow = 0;
    this.#dirty = true;
    this.adoptOutput();
  }

  /** The loss fixes what predict applies: from the first step on it is part of the spec. */
  adoptOutput(): void {
    const { state } = this;
    if (state.spec.output !== undefined) return;
    state.spec = withOutput(state.spec, outputOfLoss(this.settings.loss.kind));
    state.version++;
  }

  /** ½·l2·Σw² + l1·Σ|w| of the weights, in float64. */
  penalty(): number {
    const { l1, l2 } = this.settings;
    return penaltyOf(this.parameters.subarray(0, this.state.layout.decayingCount), l1, l2);
  }

  /** The parameters were written in place: the network must read them anew. */
  markChanged(): void {
    this.#dirty = true;
    this.#bound.forget();
    this.prepared = false;
    this.next = 'forward';
  }

  /** While a step is in flight, the parameters are those before it. */
  pull(flat: RealArray): void {
    if (!this.#dirty || this.#inFlight) return;
    flat.set(this.parameters);
    this.state.version++;
    this.#dirty = false;
  }

  /** While a step is in flight, they are taken over after it. */
  push(flat: RealArray): void {
    this.#pushed = this.#inFlight ? flat.slice() : undefined;
    if (this.#inFlight) return;
    this.parameters.set(flat);
    this.markChanged();
    this.#dirty = false;
  }

  /** Hands the parameters to the network and gives the arena back. */
  override close(): void {
    this.pull(this.state.flat);
    this.state.live = undefined;
    super.close();
  }

  #runBackward(rows: number): void {
    this.executable.run('backward');
    // Here, since the shards of a batch overwrite each other's predictions.
    this.metrics?.add(this.output, this.target, rows);
  }

  /** Forward of each shard, and backward where `adjoints` are wanted and not the loss alone. */
  #runShards(
    merge: ShardMerge,
    order: Uint32Array,
    start: number,
    count: number,
    adjoints: boolean,
  ): void {
    const { shards } = this.settings;
    this.weigh(order, start, count);
    this.prepare();
    merge.begin(adjoints);
    for (let shard = 0; shard < shards; shard++) {
      const first = Math.floor((shard * count) / shards);
      const rows = Math.floor(((shard + 1) * count) / shards) - first;
      if (rows === 0) {
        merge.addEmpty();
        continue;
      }
      this.bind(order, start + first, rows, first);
      this.executable.run('forward');
      if (adjoints) this.#runBackward(rows);
      merge.add(this.scalars[SCALARS.loss]!);
    }
    this.setLoss(merge.finish());
  }

  /** A step that failed the check: throws, or counts it as skipped. */
  #refuse(): void {
    const fault = findNonFinite(
      this.#where,
      this.executable,
      this.state.layout,
      this.steps + 1,
      this.loss,
      this.learningRate,
    );
    if (this.settings.onNonFinite === 'throw') throw fault;
    this.skippedSteps++;
    if (++this.#skippedInARow < MOST_SKIPPED_IN_A_ROW) return;
    fault.message += ` ${MOST_SKIPPED_IN_A_ROW} steps in a row were skipped.`;
    throw fault;
  }
}
