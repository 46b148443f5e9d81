/**
 * `trainer`: one step at a time, by phases where wanted, with the state in the caller's hands. `fit` is a
 * loop over the same steps.
 */
import { chooseBackend } from '../backends/registry.ts';
import type { Matrix } from '../data/matrix.ts';
import type { Targets } from '../data/targets.ts';
import { VinculumError } from '../errors.ts';
import { attachRun, stateOf, type Network, type NetworkState } from '../model.ts';
import type { ParameterMap } from '../network/readable.ts';
import { checkChoice, show } from '../options.ts';
import { copyRows } from '../prediction.ts';
import { DataSet, oneHot, type RowSet } from './data-set.ts';
import { range, type FitData } from './fit-options.ts';
import { checkRows, readRowSet } from './row-set.ts';
import { TrainingRun } from './run.ts';
import {
  adoptOutput,
  checkStepOptions,
  readStepSettings,
  STEP_OPTION_NAMES,
  type StepOptions,
  type StepSettings,
} from './settings.ts';
import { changedSettings, type TrainerSettings } from './trainer-settings.ts';
import { readTrainerState, stateMap, type TrainerState } from './trainer-state.ts';

/** Rows of one step. */
export interface Batch extends FitData {
  /** One a row, non-negative. */
  readonly sampleWeights?: ArrayLike<number>;
}

/** What a step tells. */
export interface StepResult {
  /** t, from 1. */
  readonly step: number;
  /** Σ w ℓ / Σ w of the batch, before the update. */
  readonly loss: number;
  /** ‖g‖ before clipping. */
  readonly gradientNorm: number;
  /** False where `onNonFinite: 'skip'` left the update out. */
  readonly updated: boolean;
}

/** The part of a step that {@link Trainer.runPhase} runs. */
export type StepPhase = 'forward' | 'backward' | 'update';

/** A network in training, one step at a time. */
export interface Trainer {
  /** t: steps done. */
  readonly steps: number;
  readonly learningRate: number;
  /** Forward, backward and update of one batch of at most `batchSize` rows. */
  step(batch: Batch): StepResult;
  /**
   * One phase: `'forward'` takes the batch, then `'backward'`, then `'update'`.
   *
   * @throws {RangeError} when the phases are out of order
   */
  runPhase(phase: StepPhase, batch?: Batch): StepResult;
  /** The adjoints of the last backward pass by parameter name; copies. */
  gradients(): ParameterMap;
  /**
   * Changes what later steps use; moments and t stay. A new optimiser must be of the same kind and keep the
   * same moments; its learning rate counts from the next step.
   *
   * @throws {TypeError} when a name is unknown
   * @throws {RangeError} when a value is wrong, or the optimiser keeps other moments
   */
  set(values: TrainerSettings): void;
  /** Copies of everything that the next step depends on. */
  state(): TrainerState;
  /** Goes back to a state: the steps after it give the same bits. */
  restore(state: TrainerState): void;
  /** Hands the parameters to the network and frees the memory; twice is harmless. */
  close(): void;
  [Symbol.dispose](): void;
}

const TRAINER_OPTION_NAMES = STEP_OPTION_NAMES;

/**
 * A trainer for a network. The network follows every step: `net.predict` shows the newest parameters. It is
 * locked to this trainer until `close()`.
 *
 * @param net - made by `network`
 * @param options - as those of `fit` that concern a step; `batchSize` is the most rows of a batch. Class
 *   weights `'balanced'` need a data set, so a trainer takes only factors
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is wrong
 * @throws {VinculumError} with code 'busy' when the network is in training already
 * @example
 * using steps = trainer(net, { loss: 'mse', batchSize: 64 });
 * const { loss } = steps.step({ x, y });
 */
export function trainer(net: Network, options: StepOptions): Trainer {
  const state = stateOf('trainer', net);
  checkStepOptions('trainer', options, TRAINER_OPTION_NAMES);
  if (options.classWeights === 'balanced') {
    throw new RangeError(
      "trainer: classWeights must be factors; got 'balanced', which needs a data set. Use fit, or give the factors.",
    );
  }
  return new StepTrainer(state, options, readStepSettings('trainer', options, state));
}

class StepTrainer implements Trainer {
  readonly #state: NetworkState;
  readonly #options: StepOptions;
  readonly #settings: StepSettings;
  readonly #run: TrainingRun;
  readonly #order: Uint32Array;
  /** The batch's memory, which the run's data set views. */
  readonly #x: Float32Array | Float64Array;
  readonly #targets: Float32Array | Float64Array;
  readonly #weights: Float64Array;
  #rows = 0;
  #next: StepPhase = 'forward';
  #updated = false;
  #closed = false;

  constructor(state: NetworkState, options: StepOptions, settings: StepSettings) {
    const capacity = settings.batchSize;
    const { outputs } = state.layout;
    const backend = chooseBackend('trainer', options.backend ?? 'auto', state.spec.dtype);
    const Store = backend.precision === 'float64' ? Float64Array : Float32Array;
    this.#state = state;
    this.#options = options;
    this.#settings = settings;
    this.#x = new Store(capacity * state.spec.inputs);
    this.#targets = new Store(capacity * outputs);
    this.#weights = new Float64Array(capacity).fill(1);
    this.#order = range(0, capacity);
    const matrix: Matrix = {
      data: this.#x,
      rows: capacity,
      columns: state.spec.inputs,
      scale: 1,
    };
    const targets: Targets = {
      kind: 'rows',
      rows: capacity,
      columns: outputs,
      data: this.#targets,
    };
    this.#run = new TrainingRun({
      where: 'trainer',
      state,
      settings,
      backend,
      data: new DataSet([{ matrix, targets, weights: this.#weights }], backend.precision),
      capacity,
      keepBest: false,
      changing: true,
    });
    try {
      attachRun('trainer', state, this.#run);
    } catch (error) {
      this.#run.executable.close();
      throw error;
    }
    adoptOutput(state, settings.loss);
  }

  get steps(): number {
    return this.#run.steps;
  }

  get learningRate(): number {
    return this.#run.learningRate;
  }

  step(batch: Batch): StepResult {
    this.#checkOpen('step');
    this.#take('step', batch);
    this.#updated = this.#run.step(this.#order, 0, this.#rows);
    this.#next = 'forward';
    return this.#result();
  }

  runPhase(phase: StepPhase, batch?: Batch): StepResult {
    this.#checkOpen('runPhase');
    checkChoice('runPhase', 'phase', phase, ['forward', 'backward', 'update'] as const);
    if (phase === 'forward') {
      this.#take('runPhase', batch);
      this.#updated = false;
      this.#run.forward(this.#order, 0, this.#rows);
      this.#next = 'backward';
      return this.#result();
    }
    if (phase !== this.#next) {
      throw new RangeError(`runPhase: phase must be '${this.#next}' now; got '${phase}'.`);
    }
    if (phase === 'backward') {
      this.#run.backward(this.#order, 0, this.#rows);
      this.#next = 'update';
    } else {
      this.#next = 'forward';
      this.#updated = this.#run.update();
    }
    return this.#result();
  }

  gradients(): ParameterMap {
    this.#checkOpen('gradients');
    return stateMap(this.#state.layout, this.#run.adjoints);
  }

  set(values: TrainerSettings): void {
    this.#checkOpen('set');
    const { settings, learningRate } = changedSettings(
      this.#run.settings,
      this.#run.learningRate,
      values,
    );
    this.#run.settings = settings;
    this.#run.learningRate = learningRate;
  }

  state(): TrainerState {
    this.#checkOpen('state');
    const { layout } = this.#state;
    const moments = (name: 'firstMoments' | 'secondMoments' | 'thirdMoments'): ParameterMap => {
      const flat = this.#run.moments(name);
      return flat === undefined ? new Map() : stateMap(layout, flat);
    };
    return {
      step: this.#run.steps,
      learningRate: this.#run.learningRate,
      parameters: stateMap(layout, this.#run.parameters),
      firstMoment: moments('firstMoments'),
      secondMoment: moments('secondMoments'),
      thirdMoment: moments('thirdMoments'),
    };
  }

  restore(state: TrainerState): void {
    this.#checkOpen('restore');
    const { layout } = this.#state;
    const run = this.#run;
    const writes = readTrainerState(layout, state, (name) => run.moments(name), run.parameters);
    for (const { flat, place, values } of writes) flat.set(values, place.offset);
    run.steps = state.step;
    run.learningRate = state.learningRate;
    run.markChanged();
    this.#next = 'forward';
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#run.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Checks a batch and copies it into the run's memory. */
  #take(where: string, batch: Batch | undefined): void {
    if (batch === undefined) {
      throw new TypeError(`${where}: batch must be { x, y }; got ${show(batch)}.`);
    }
    const { outputs } = this.#state.layout;
    const rules = { where, state: this.#state, loss: this.#settings.loss };
    const set: RowSet = readRowSet(rules, batch, {
      classWeights: this.#options.classWeights,
      sampleWeights: (batch as { sampleWeights?: unknown } | null)?.sampleWeights,
      others: ['sampleWeights'],
    });
    const { rows } = set.matrix;
    checkRows(where, rows);
    if (rows > this.#settings.batchSize) {
      throw new RangeError(
        `${where}: x must have at most batchSize = ${this.#settings.batchSize} rows; got ${rows}. Give trainer a larger batchSize.`,
      );
    }
    copyRows(this.#x, set.matrix, 0, rows);
    const targets =
      set.targets.kind === 'labels' ? oneHot(set.targets.labels, outputs) : set.targets;
    this.#targets.set(targets.data);
    for (let i = 0; i < rows; i++) this.#weights[i] = set.weights?.[i] ?? 1;
    this.#rows = rows;
  }

  #result(): StepResult {
    return {
      step: this.#run.steps,
      loss: this.#run.loss,
      gradientNorm: this.#run.gradientNorm,
      updated: this.#updated,
    };
  }

  #checkOpen(where: string): void {
    if (this.#closed) {
      throw new VinculumError('closed', `${where}: the trainer is closed. Make a new one.`);
    }
  }
}
