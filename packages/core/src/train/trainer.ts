/**
 * `trainer`: one step at a time, or one phase at a time, with a state that the caller can save. `fit` is a loop over the
 * same steps.
 */
import { dataError, mustBe, rangeError, stateError, typeError } from '../words/fault.ts';
import { byName, stateOf, type Network, type NetworkState } from '../model/network.ts';
import { atOnce } from '../model/runner.ts';
import type { ParameterMap } from '../network/readable.ts';
import { newReals } from '../program/memory.ts';
import { checkChoice, isRecord } from '../words/options.ts';
import { DataSet } from './data-set.ts';
import type { FitData } from './fit-options.ts';
import { readRowSet } from './row-set.ts';
import { range } from '../arrays/split.ts';
import { TrainingRun, type StepPhase } from './run.ts';
import { readStepSettings, type StepOptions, type StepSettings } from './settings.ts';
import { changeSettings, type TrainerSettings } from './trainer-settings.ts';
import { restoreState, STATE_REGIONS, type TrainerState } from './trainer-state.ts';

export type { StepPhase };

/** Rows of one step. */
export interface Batch extends FitData {
  /** One a row, non-negative. */
  readonly sampleWeights?: ArrayLike<number>;
}

/** The result of a step. */
export interface StepResult {
  /** t, from 1. */
  readonly step: number;
  /** Σ w ℓ / Σ w of the batch, before the update. */
  readonly loss: number;
  /** ‖g‖ before clipping. */
  readonly gradientNorm: number;
  /** False if the update was skipped because of `onNonFinite: 'skip'`. */
  readonly updated: boolean;
}

/** A network in training, one step at a time. */
export interface Trainer {
  /** t: steps done. */
  readonly steps: number;
  readonly learningRate: number;
  /** Forward, backward and update of one batch of at most `batchSize` rows. */
  step(batch: Batch): StepResult;
  /**
   * One phase: `'forward'` takes the batch, then `'backward'`, then `'update'`. After `setParameters` or
   * `restore` the next is `'forward'` again. A `'forward'` may also come instead of the next phase: it begins a new
   * batch, and the adjoints of the batch before it are dropped, not added up.
   *
   * @throws {RangeError} when the phases are out of order
   */
  runPhase(phase: StepPhase, batch?: Batch): StepResult;
  /** The adjoints of the last backward pass by parameter name; copies. */
  gradients(): ParameterMap;
  /**
   * Changes the settings of later steps; moments and t stay. A new optimiser must be of the same kind and have the
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
  /** Gives the parameters to the network and frees the memory. A second call does nothing. */
  close(): void;
  [Symbol.dispose](): void;
}

/**
 * A trainer for a network. The network follows every step: `net.predict` shows the newest parameters. It is
 * locked to this trainer until `close()`.
 *
 * @param net - made by `network`
 * @param options - the options of `fit` that concern a step; `batchSize` is the most rows of a batch. The class
 *   weights `'balanced'` need a data set, so a trainer accepts only factors
 * @throws {TypeError} when an option is unknown or of a wrong kind
 * @throws {RangeError} when a value is wrong
 * @throws {VinculumError} with code 'busy' when the network is in training already
 * @example
 * using steps = trainer(net, { loss: 'mse', batchSize: 64 });
 * const { loss } = steps.step({ x, y });
 */
export function trainer(net: Network, options: StepOptions): Trainer {
  const where = 'trainer';
  const state = stateOf(where, net);
  const settings = readStepSettings(where, options, state);
  if (settings.classWeights === 'balanced') {
    throw rangeError({
      where,
      subject: 'classWeights',
      rule: 'must be factors',
      got: "'balanced', which needs a data set",
      remedy: ' Use fit, or give the factors.',
    });
  }
  return new StepTrainer(state, settings);
}

class StepTrainer implements Trainer {
  readonly #run: TrainingRun;
  readonly #order: Uint32Array;
  #rows = 0;
  #updated = false;
  #closed = false;

  constructor(state: NetworkState, settings: StepSettings) {
    const { backend, batchSize: rows } = settings;
    const { precision } = backend;
    const columns = state.spec.inputs;
    const { outputs } = state.layout;
    // A batch of zeros, which each step overwrites with its own batch.
    const matrix = { data: newReals(precision, rows * columns), rows, columns, scale: 1 };
    const data = newReals(precision, rows * outputs);
    const targets = { kind: 'rows', rows, columns: outputs, data } as const;
    const weights = new Float64Array(rows);
    this.#order = range(0, rows);
    this.#run = new TrainingRun({
      where: 'trainer',
      network: state,
      settings,
      backend,
      data: new DataSet([{ matrix, targets, weights }], precision),
      capacity: rows,
    });
  }

  get steps(): number {
    return this.#run.steps;
  }

  get learningRate(): number {
    return this.#run.learningRate;
  }

  step(batch: Batch): StepResult {
    const run = this.#open('step');
    this.#take('step', batch);
    this.#updated = atOnce(run.step(this.#order, 0, this.#rows));
    return this.#result();
  }

  runPhase(phase: StepPhase, batch?: Batch): StepResult {
    const where = 'runPhase';
    const run = this.#open(where);
    checkChoice(where, 'phase', phase, ['forward', 'backward', 'update'] as const);
    if (phase === 'forward') this.#take(where, batch);
    else if (phase !== run.next) {
      throw rangeError({
        where,
        subject: 'phase',
        rule: `must be '${run.next}' now`,
        got: `'${phase}'`,
      });
    }
    this.#updated = false;
    if (phase === 'update') this.#updated = atOnce(run.update());
    else atOnce(run[phase](this.#order, 0, this.#rows));
    return this.#result();
  }

  gradients(): ParameterMap {
    const run = this.#open('gradients');
    return byName(run.layout, run.adjoints);
  }

  set(values: TrainerSettings): void {
    changeSettings(this.#open('set'), values);
  }

  state(): TrainerState {
    const run = this.#open('state');
    const regions = Object.entries(STATE_REGIONS).map(([field, name]) => {
      const flat = run.find(name);
      return [field, flat === undefined ? new Map() : byName(run.layout, flat)] as const;
    });
    return {
      step: run.steps,
      learningRate: run.learningRate,
      ...(Object.fromEntries(regions) as Record<keyof typeof STATE_REGIONS, ParameterMap>),
    };
  }

  restore(state: TrainerState): void {
    restoreState(this.#open('restore'), state);
  }

  close(): void {
    if (!this.#closed) this.#run.close();
    this.#closed = true;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Checks a batch and copies it into the run's memory. */
  #take(where: string, batch: Batch | undefined): void {
    if (batch === undefined) throw typeError(mustBe(where, 'batch', '{ x, y }', batch));
    const { network: state, settings, data } = this.#run;
    const { loss, classWeights, batchSize } = settings;
    const rules = { where, state, loss, others: ['sampleWeights'] };
    const sampleWeights = isRecord(batch) ? batch['sampleWeights'] : undefined;
    const set = readRowSet(rules, batch, { classWeights, sampleWeights });
    const { rows } = set.matrix;
    if (rows > batchSize) {
      throw rangeError({
        where,
        subject: 'x',
        rule: `must have at most batchSize = ${batchSize} rows`,
        got: rows,
        remedy: ' Give trainer a larger batchSize.',
      });
    }
    if (set.weights?.every((weight) => Math.fround(weight) === 0) === true) {
      throw dataError({
        where,
        subject: 'the rows of a batch',
        rule: 'must not all weigh 0',
        got: '0 for each',
      });
    }
    data.write([set]);
    this.#rows = rows;
  }

  #result(): StepResult {
    const { steps: step, loss, gradientNorm } = this.#run;
    return { step, loss, gradientNorm, updated: this.#updated };
  }

  #open(where: string): TrainingRun {
    if (!this.#closed) return this.#run;
    throw stateError('closed', {
      where,
      subject: 'the trainer',
      rule: 'is closed',
      remedy: ' Make a new one.',
    });
  }
}
