/**
 * A training run: one compiled train Program over one data set, and the step that `trainer` and `fit` share:
 * forward → loss → backward → (merge of shards) → finite check → clip → update → t ← t + 1. A step that fails
 * the check throws before any state changes. Nothing is allocated in a step.
 */
import type { Backend, HostExecutable } from '../backends/contract.ts';
import type { NonFiniteError } from '../errors.ts';
import type { LiveRun, NetworkState } from '../model.ts';
import { clipLimit, clipScale } from '../optim/clip.ts';
import { penaltyOf } from '../optim/decay.ts';
import { lower } from '../program/lower.ts';
import { SCALARS } from '../program/scalars.ts';
import { seedHigh, seedLow } from '../random/streams.ts';
import { coefficientsInto } from './coefficients.ts';
import { DataWindow, type DataSet } from './data-set.ts';
import type { MetricAccumulator } from './metrics.ts';
import { findNonFinite } from './non-finite.ts';
import { optimizerState } from './optimizer-state.ts';
import type { StepSettings } from './settings.ts';
import { ShardMerge } from './shards.ts';
import { UpdateBound } from './update-bound.ts';

type RealArray = Float32Array | Float64Array;

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
  readonly keepBest: boolean;
  /** Whether the rows of `data` change between steps. Default false. */
  readonly changing?: boolean;
  /** Bytes above which the data set is not copied into the arena whole; for tests. */
  readonly windowLimit?: number;
}

/** One training run; close it to give its memory back. */
export class TrainingRun implements LiveRun {
  readonly executable: HostExecutable;
  readonly parameters: RealArray;
  readonly adjoints: RealArray;
  readonly best: RealArray | undefined;
  /** What metrics judge: y, or the logits where there is no output function. */
  readonly output: RealArray;
  readonly target: RealArray | Int32Array;
  /** Takes in the predictions of every step and evaluation, where set. */
  metrics: MetricAccumulator | undefined;
  /** t: steps done. */
  steps = 0;
  skippedSteps = 0;
  learningRate: number;
  /** What later steps use; l1, l2, clip and the optimiser's numbers may be replaced between steps. */
  settings: StepSettings;
  /** Mean loss of the last batch, its ‖g‖ before clipping, and its Σ w. */
  loss = 0;
  gradientNorm = 0;
  weightSum = 0;

  readonly #request: RunRequest;
  readonly #data: DataSet;
  readonly #window: DataWindow;
  readonly #rows: Uint32Array;
  readonly #scalars: Float64Array;
  readonly #shards: ShardMerge | undefined;
  readonly #bound: UpdateBound;
  #skippedInARow = 0;
  #dirty = false;

  constructor(request: RunRequest) {
    const { state, settings, backend, data, capacity } = request;
    const { optimizer, shards } = settings;
    const program = lower({
      spec: state.spec,
      purpose: 'train',
      precision: backend.precision,
      capacity,
      loss: settings.loss,
      data: data.request(capacity, request.windowLimit),
      update: {
        ...optimizerState(optimizer),
        spareAdjoints: ShardMerge.buffersFor(shards),
        keepBest: request.keepBest,
      },
    });
    this.#request = request;
    this.settings = settings;
    this.#data = data;
    this.executable = backend.compile(program);
    this.#scalars = this.executable.scalars;
    this.#rows = this.executable.view('rows') as Uint32Array;
    this.#window = new DataWindow(data, this.executable, request.changing);
    this.parameters = this.#real('parameters');
    this.adjoints = this.#real('adjoints');
    this.best = request.keepBest ? this.#real('best') : undefined;
    this.output = program.tensors.has('y')
      ? this.#real('y')
      : this.#real(`h${state.layout.dense.length - 1}`);
    this.target = this.executable.view('target') as RealArray | Int32Array;
    this.#shards =
      shards > 1 ? new ShardMerge(this.adjoints, shards, (name) => this.#real(name)) : undefined;
    this.learningRate = optimizer.learningRate;
    for (const name of ['firstMoments', 'secondMoments', 'thirdMoments']) {
      if (program.tensors.has(name)) this.#real(name).fill(0);
    }
    this.#bound = new UpdateBound(this.parameters, this.moments('firstMoments'), state.spec.dtype);
    this.push(state.flat);
    this.#scalars[SCALARS.seedLow] = seedLow(settings.seed);
    this.#scalars[SCALARS.seedHigh] = seedHigh(settings.seed);
  }

  /** Forward of the rows order[start … start + count), in shards where asked. Sets `loss`. */
  forward(order: Uint32Array, start: number, count: number): void {
    this.#begin(order, start, count);
    if (this.#shards === undefined) this.#runWhole(order, start, count);
    else this.#runShards(this.#shards, order, start, count, false);
  }

  /** The adjoints of the rows of the last {@link forward}. */
  backward(order: Uint32Array, start: number, count: number): void {
    if (this.#shards === undefined) this.executable.run('backward');
    else this.#runShards(this.#shards, order, start, count, true);
  }

  /**
   * The finite check, then the optimiser's step.
   *
   * @returns whether the step was taken; false where `onNonFinite` is `'skip'` and the check failed
   * @throws {NonFiniteError} when the check fails; nothing has changed then
   */
  update(): boolean {
    const { settings } = this;
    const scalars = this.#scalars;
    this.executable.run('check');
    const norm = Math.sqrt(scalars[SCALARS.normSquared]!);
    this.gradientNorm = norm;
    const { clip } = settings;
    const scale = clipScale(clip, norm);
    scalars[SCALARS.clipScale] = scale;
    scalars[SCALARS.clipValue] = clipLimit(clip);
    coefficientsInto(scalars, settings, this.steps + 1, this.learningRate);
    const steepest = Math.min(scalars[SCALARS.maxAbsolute]! * scale, clipLimit(clip));
    const finite = Number.isFinite(this.loss) && Number.isFinite(norm);
    if (!(finite && this.#bound.admits(settings.optimizer, scalars, steepest))) {
      return this.#refuse();
    }
    this.executable.run('update');
    this.steps++;
    this.#skippedInARow = 0;
    this.#dirty = true;
    return true;
  }

  /** One whole step over the rows order[start … start + count). */
  step(order: Uint32Array, start: number, count: number): boolean {
    this.#begin(order, start, count);
    if (this.#shards === undefined) this.#runWhole(order, start, count);
    this.backward(order, start, count);
    const updated = this.update();
    // The shards of a batch overwrite each other's predictions, so those are taken in one by one.
    if (updated && this.#shards === undefined) this.metrics?.add(this.output, this.target, count);
    return updated;
  }

  /** Packs the weights for {@link evaluate}. */
  prepareEvaluation(): void {
    this.executable.run('prepare');
  }

  /** Forward without dropout; returns Σ w ℓ of the rows and sets `weightSum`. */
  evaluate(order: Uint32Array, start: number, count: number): number {
    this.#weigh(order, start, count);
    this.#bind(order, start, count, 0);
    this.executable.run('evaluate');
    this.metrics?.add(this.output, this.target, count);
    return this.#scalars[SCALARS.loss]!;
  }

  /** ½·l2·Σw² + l1·Σ|w| of the weights, in float64. */
  penalty(): number {
    const { l1, l2 } = this.settings;
    const weights = this.parameters.subarray(0, this.#request.state.layout.weightCount);
    return penaltyOf(weights, l1, l2);
  }

  /** A flat moment region, or undefined where the optimiser keeps none. */
  moments(name: 'firstMoments' | 'secondMoments' | 'thirdMoments'): RealArray | undefined {
    return this.executable.program.tensors.has(name) ? this.#real(name) : undefined;
  }

  /** The parameters were written in place: the network must read them anew. */
  markChanged(): void {
    this.#dirty = true;
    this.#bound.forget();
  }

  pull(flat: RealArray): void {
    if (!this.#dirty) return;
    flat.set(this.parameters);
    this.#request.state.version++;
    this.#dirty = false;
  }

  push(flat: RealArray): void {
    this.parameters.set(flat);
    this.#bound.forget();
    this.#dirty = false;
  }

  /** Hands the parameters to the network and gives the arena back. */
  close(): void {
    const { state } = this.#request;
    this.pull(state.flat);
    if (state.live === this) state.live = undefined;
    this.executable.close();
  }

  #real(name: string): RealArray {
    return this.executable.view(name) as RealArray;
  }

  #begin(order: Uint32Array, start: number, count: number): void {
    this.#weigh(order, start, count);
    this.#scalars[SCALARS.step] = this.steps + 1;
  }

  #runWhole(order: Uint32Array, start: number, count: number): void {
    this.#bind(order, start, count, 0);
    this.executable.run('forward');
    this.#setLoss(this.#scalars[SCALARS.loss]!);
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
    merge.begin(adjoints);
    for (let shard = 0; shard < shards; shard++) {
      const first = Math.floor((shard * count) / shards);
      const rows = Math.floor(((shard + 1) * count) / shards) - first;
      if (rows === 0) {
        merge.addEmpty();
        continue;
      }
      this.#bind(order, start + first, rows, first);
      this.executable.run('forward');
      if (adjoints) {
        this.metrics?.add(this.output, this.target, rows);
        this.executable.run('backward');
      }
      merge.add(this.#scalars[SCALARS.loss]!);
    }
    this.#setLoss(merge.finish());
  }

  #setLoss(sum: number): void {
    this.loss = sum * this.#scalars[SCALARS.inverseWeightSum]!;
  }

  /** Σ w of a batch, in row order. */
  #weigh(order: Uint32Array, start: number, count: number): void {
    const sum = this.#data.weightSum(order, start, count);
    this.weightSum = sum;
    this.#scalars[SCALARS.inverseWeightSum] = sum > 0 ? 1 / sum : 0;
  }

  #bind(order: Uint32Array, start: number, count: number, rowOffset: number): void {
    this.#scalars[SCALARS.rows] = count;
    this.#scalars[SCALARS.rowOffset] = rowOffset;
    const { whole } = this.#window;
    for (let i = 0; i < count; i++) {
      const row = order[start + i]!;
      if (!whole) this.#window.copyRow(row, i);
      this.#rows[i] = whole ? row : i;
    }
  }

  #refuse(): boolean {
    const { where, state } = this.#request;
    const fault: NonFiniteError = findNonFinite(
      where,
      this.executable,
      state.layout,
      this.steps + 1,
      this.loss,
      this.learningRate,
    );
    if (this.settings.onNonFinite === 'throw') throw fault;
    this.skippedSteps++;
    if (++this.#skippedInARow < MOST_SKIPPED_IN_A_ROW) return false;
    fault.message += ` ${MOST_SKIPPED_IN_A_ROW} steps in a row were skipped.`;
    throw fault;
  }
}

/** After so many skipped steps in a row the run is lost, and says so. */
const MOST_SKIPPED_IN_A_ROW = 10;
