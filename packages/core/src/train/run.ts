/**
 * A training run: a runner whose Program has an update, and the step that `trainer` and `fit` share:
 * forward → loss → backward → (joining of shards) → finite check → clip → update → t ← t + 1. A step that fails
 * the check throws before any state changes. The code of a step is the same whether phases end at once or later: each
 * stage runs a phase, and `after` continues with the next stage at once or when the phase has ended. If the phases end
 * at once, a step allocates nothing.
 */
import type { Backend } from '../backends/contract.ts';
import { outputOfLoss } from '../losses/loss.ts';
import { checkIdle, currentParameters, type NetworkState } from '../model/network.ts';
import { after, type Ending } from '../model/runner.ts';
import { fastestOf } from '../network/layout.ts';
import { withOutput } from '../network/spec.ts';
import { penaltyOf } from '../optim/decay.ts';
import { updateNeeds } from '../optim/optimizer.ts';
import type { RealArray } from '../program/memory.ts';
import type { Phase } from '../program/program.ts';
import { SCALARS } from '../program/scalars.ts';
import type { DataSet } from './data-set.ts';
import type { MetricName } from '../metrics/registry.ts';
import { refuseStep } from './non-finite.ts';
import { ParameterExchange } from './parameter-exchange.ts';
import { buffersFor, type MakeReducer } from './reducer.ts';
import {
  copyTensors,
  newStepState,
  restoreTensors,
  type RunState,
  type RunTensors,
} from './run-state.ts';
import type { StepSettings } from './settings.ts';
import { checkReducer, ShardedRunner } from './sharded-runner.ts';
import { UpdateBound } from './update-bound.ts';
import { updateScalarsInto } from './update-scalars.ts';

/** The parts of a step that can be run separately. */
export type StepPhase = 'forward' | 'backward' | 'update';

/** The arguments of a run. */
export interface RunRequest {
  /** The public function, for messages. */
  readonly where: string;
  readonly network: NetworkState;
  readonly settings: StepSettings;
  readonly backend: Backend;
  readonly data: DataSet;
  /** N: rows of the largest batch. */
  readonly capacity: number;
  readonly keepBest?: boolean;
  /** The state from which the run continues; if absent, the run begins with the network's parameters. */
  readonly from?: Pick<RunState, 'step' | 'tensors'> | undefined;
  /** The metrics of the steps' predictions. Default none. */
  readonly metrics?: readonly MetricName[];
  /** Joins the shards of several processes. By default this process computes all shards. */
  readonly reducer?: MakeReducer | undefined;
  /** Whether the caller can wait for a step. Default false. */
  readonly asynchronous?: boolean;
  /** A data set of more bytes is not copied into the arena as a whole; for tests. */
  readonly windowLimit?: number;
}

/** One training run. No other run may train its network until this run is closed. */
export class TrainingRun extends ShardedRunner {
  readonly network: NetworkState;
  readonly best: RealArray | undefined;
  /** The phase that may come next, besides `'forward'`. */
  next: StepPhase = 'forward';
  /** The settings of later steps; l1, l2, clip and the optimiser's numbers may be replaced between steps. */
  settings: StepSettings;
  readonly #where: string;
  readonly #bound: UpdateBound;
  readonly #exchange: ParameterExchange;

  /** @throws {VinculumError} code `busy` when another run is training the network */
  constructor({ where, network, settings, keepBest = false, from, ...request }: RunRequest) {
    const { loss, optimizer, seed, shards, threads, maxNorm } = settings;
    checkIdle(where, network);
    checkReducer(where, shards, request.reducer);
    const spareAdjoints = buffersFor(shards);
    const update = { ...updateNeeds(optimizer), spareAdjoints, keepBest, maxNorm };
    const parameters = currentParameters(network);
    const progress = from === undefined ? newStepState(optimizer.learningRate) : { ...from.step };
    super({ ...request, network, parameters, loss, seed, shards, threads, update, progress });
    this.network = network;
    this.#where = where;
    this.settings = settings;
    this.best = this.find('best');
    for (const name of ['firstMoments', 'secondMoments', 'thirdMoments'] as const)
      this.find(name)?.fill(0);
    this.#bound = new UpdateBound(
      this.parameters,
      this.find('firstMoments'),
      this.find('secondMoments'),
      network.spec.dtype,
      fastestOf(this.layout),
    );
    this.#exchange = new ParameterExchange(network, this.parameters, () =>
      this.#parametersWritten(),
    );
    if (from !== undefined) {
      try {
        restoreTensors(where, (name) => this.find(name), from.tensors);
      } catch (error) {
        this.close();
        throw error;
      }
      this.markChanged();
    }
  }

  override forward(order: Uint32Array, start: number, count: number): Ending {
    this.next = 'backward';
    return super.forward(order, start, count);
  }

  /** The adjoints of the rows of the last {@link forward}; shards go forward again. */
  backward(order: Uint32Array, start: number, count: number): Ending {
    this.next = 'update';
    if (this.reducer === undefined) return this.run('backward');
    this.begin(order, start, count, true);
    return this.runShards();
  }

  /**
   * The finite check, then the optimiser's step.
   *
   * @returns whether the step was taken; false if `onNonFinite` is `'skip'` and the check failed
   * @throws {NonFiniteError} when the check fails; nothing has changed then
   */
  update(): boolean | Promise<boolean> {
    return after(this.run('check'), this.#judgeAndUpdate);
  }

  /**
   * One whole step over the rows order[start … start + count).
   *
   * @returns whether the step was taken, as for {@link update}; a promise of it if a phase has not ended. Until the promise
   *   is settled the caller must not use the run
   */
  step(order: Uint32Array, start: number, count: number): boolean | Promise<boolean> {
    this.begin(order, start, count, true);
    const taken = after(this.prepare(), this.#computeGradients);
    return typeof taken === 'boolean' ? taken : this.#settle(taken);
  }

  /** Holds the user's writes back until the step has ended. */
  async #settle(step: Promise<boolean>): Promise<boolean> {
    try {
      return await step;
    } finally {
      this.settled();
    }
  }

  /** Forward, backward and check of the step's rows. */
  readonly #computeGradients = (): boolean | Promise<boolean> => {
    if (this.reducer !== undefined) return after(this.runShards(), this.#checkShards);
    return after(this.runWhole(), this.#acceptGradients);
  };

  /** The check of joined adjoints; gradients without shards were checked before. */
  readonly #checkShards = (): boolean | Promise<boolean> =>
    after(this.run('check'), this.#acceptBatch);

  /** Takes the loss of a batch that was not divided. */
  readonly #acceptGradients = (): boolean | Promise<boolean> => {
    this.readLoss();
    return this.#acceptBatch();
  };

  /** Takes the metrics of the batch and the update, if the update may be taken. */
  readonly #acceptBatch = (): boolean | Promise<boolean> => {
    if (!this.#judge()) return false;
    this.addMetrics();
    return this.#takeUpdate();
  };

  readonly #judgeAndUpdate = (): boolean | Promise<boolean> =>
    this.#judge() ? this.#takeUpdate() : false;

  /** Whether the update may be taken; its scalars are set then. */
  #judge(): boolean {
    const { scalars, settings } = this;
    this.next = 'forward';
    const norm = Math.sqrt(scalars[SCALARS.normSquared]!);
    this.progress.gradientNorm = norm;
    updateScalarsInto(scalars, settings, norm, this.steps + 1, this.learningRate);
    const scaled = scalars[SCALARS.maxAbsolute]! * scalars[SCALARS.clipScale]!;
    const steepest = Math.min(scaled, scalars[SCALARS.clipValue]!);
    const finite = Number.isFinite(this.loss) && Number.isFinite(norm);
    if (!(finite && this.#bound.admits(settings.optimizer, scalars, steepest))) {
      refuseStep(this.#where, this, settings.onNonFinite);
      return false;
    }
    return true;
  }

  /** The update, after all checks have passed. */
  #takeUpdate(): boolean | Promise<boolean> {
    this.#exchange.updateBegins(this.asynchronous);
    return after(this.run('update'), this.#finishUpdate);
  }

  readonly #finishUpdate = (): boolean => {
    this.#exchange.updateEnded();
    this.progress.steps++;
    this.progress.skippedInARow = 0;
    this.adoptOutput();
    return true;
  };

  /** Copies of all that the run has written. */
  tensors(): RunTensors {
    return copyTensors((name) => this.find(name));
  }

  /** The loss decides which output function `predict` applies. From the first step on, that function is part of the spec. */
  adoptOutput(): void {
    const { network } = this;
    if (network.spec.output !== undefined) return;
    network.spec = withOutput(network.spec, outputOfLoss(this.settings.loss.kind));
    network.version++;
  }

  /** The rate of the next step of a trainer; `fit` sets the rate of each step. */
  get learningRate(): number {
    return this.progress.learningRate;
  }

  /** ‖g‖ of the last batch, before clipping. */
  get gradientNorm(): number {
    return this.progress.gradientNorm;
  }

  /** ½·l2·Σw² + l1·Σ|w| of the weights, in float64. */
  penalty(): number {
    const { l1, l2 } = this.settings;
    return penaltyOf(this.parameters.subarray(0, this.layout.decayingCount), l1, l2);
  }

  /** Says that the parameters were written in place, so that the network must read them again. */
  markChanged(): void {
    this.#exchange.markNewer();
    this.#parametersWritten();
  }

  /** Forgets packed weights and bounds of the parameters, because the parameters were written. */
  #parametersWritten(): void {
    this.#bound.forget();
    this.prepared = false;
    this.next = 'forward';
  }

  override run(phase: Phase): Ending {
    const pending = super.run(phase);
    if (pending !== undefined) this.waits();
    return pending;
  }

  protected override waits(): void {
    this.#exchange.phaseBegan();
  }

  protected override settled(): void {
    this.#exchange.phaseEnded();
  }

  /** Gives the parameters to the network and the arena back to the backend. */
  override close(): void {
    this.#exchange.close();
    super.close();
  }
}
