/**
 * The common part of `Classifier` and `Regressor` after their options are read: the results of a fit, the error for a
 * use before the fit, the network's outputs for new rows, and the saved state. Each of the two decides itself how
 * targets become numbers and how outputs become answers.
 */
import { preparationNotes } from '../tables/preparation-notes.ts';
import type { TablePreparation } from '../tables/preparation.ts';
import type { DataNote } from '../tables/reading/reading.ts';
import type { TargetSpan } from '../tables/scaling.ts';
import { stateError, withoutWeights } from '../words/fault.ts';
import type { Network, Prediction } from '../model/network.ts';
import { NO_HISTORY, type History } from '../train/history.ts';
import type { TrainerState } from '../train/trainer-state.ts';
import type { Calibration } from './calibration.ts';
import type { OutOfFold } from './out-of-fold.ts';
import type { Learned } from './learned.ts';
import { RUN_OPTIONS, type EstimatorOptions } from './options.ts';
import type { TrainPlan } from './plan.ts';
import { outputsOfAll, outputsOfEach } from './outputs.ts';
import type { RecipeRequest } from './recipe-request.ts';
import type { RecipeWeight } from './recipe-weights.ts';
import { readRows, type Rows } from './rows.ts';
import type { SampleOptions } from './sample-options.ts';
import { savedNetworks, type EstimatorState, type SavedOptions } from './state.ts';

/** The results of a fit; `histories` is absent for an estimator that was loaded from a file. */
export interface Fitted {
  /** One, or those of an ensemble, whose outputs are averaged. */
  readonly networks: readonly [Network, ...Network[]];
  readonly preparation: TablePreparation;
  readonly histories?: readonly [History, ...History[]];
  /** What the networks said of rows that they had not learned from; absent like the histories. */
  readonly outOfFold?: OutOfFold | undefined;
  readonly calibration?: Calibration | undefined;
  /** How much the networks of each recipe count; absent if the plan has one recipe. */
  readonly recipeWeights?: readonly RecipeWeight[] | undefined;
  /** The plan that was followed, if a limit of time made it another one than that of the options. */
  readonly followed?: TrainPlan | undefined;
  /** Rows of a chunk, if the rows were shuffled chunk by chunk. */
  readonly chunkRows?: number | undefined;
}

/** The common part of both estimators. */
export abstract class Estimator<Parts extends Fitted> {
  abstract readonly kind: EstimatorState['kind'];
  abstract readonly options: EstimatorOptions;
  abstract readonly plan: TrainPlan;
  #fitted: Parts | undefined;
  /** Of the last `partialFit`, so that the next one goes on with its moments. */
  #optimiserStates: readonly TrainerState[] | undefined;

  constructor(fitted: Parts | undefined) {
    this.#fitted = fitted;
  }

  get network(): Network {
    return this.fitted('network').networks[0];
  }

  get networks(): readonly Network[] {
    return this.fitted('networks').networks;
  }

  get preparation(): TablePreparation {
    return this.fitted('preparation').preparation;
  }

  get history(): History {
    return this.fitted('history').histories?.[0] ?? NO_HISTORY;
  }

  get histories(): readonly History[] {
    return this.fitted('histories').histories ?? [];
  }

  get nIter(): number {
    return this.history.epochs.length;
  }

  get lossCurve(): readonly number[] {
    return this.history.epochs.map(({ loss }) => loss);
  }

  get bestLoss(): number {
    return this.lossCurve.reduce((least, loss) => (loss < least ? loss : least), Infinity);
  }

  get outOfFold(): OutOfFold | undefined {
    return this.fitted('outOfFold').outOfFold;
  }

  get recipeWeights(): readonly RecipeWeight[] | undefined {
    return this.fitted('recipeWeights').recipeWeights;
  }

  get calibration(): Calibration | undefined {
    return this.fitted('calibration').calibration;
  }

  /** What was left out of the rows, or read as something else than it seems; without entries if nothing was. */
  get notes(): readonly DataNote[] {
    return preparationNotes(this.preparation);
  }

  /** @throws {TypeError} always, because JSON would lose the weights */
  toJSON(): never {
    throw withoutWeights(this.kind);
  }

  /** What is saved; see `estimatorState`. */
  toState(): EstimatorState {
    const { kind } = this;
    const fitted = this.fitted('toState');
    const { networks, histories: _unsaved, outOfFold: _rows, ...others } = fitted;
    const { chunkRows, followed = this.plan, ...parts } = others;
    const plan = chunkRows === undefined ? followed : { ...followed, chunkRows };
    const options = this.savedOptions();
    const state = { kind, version: 1, options, plan, ...parts, ...savedNetworks(networks) };
    return state as unknown as EstimatorState;
  }

  /** The options that are saved, by name in code unit order, so that the same model gives the same bytes. */
  protected savedOptions(): SavedOptions {
    const unsaved: readonly string[] = RUN_OPTIONS;
    return Object.fromEntries(
      Object.entries(this.options)
        .filter(([name, value]) => !unsaved.includes(name) && value !== undefined)
        .toSorted(([left], [right]) => (left < right ? -1 : 1)),
    );
  }

  /**
   * What a fit to these rows learns from, for functions that train an estimator by themselves.
   *
   * @throws as `fit` does
   */
  abstract toRequest(
    where: string,
    rows: Rows,
    targets: unknown,
    options: SampleOptions,
  ): RecipeRequest;

  protected isFitted(): boolean {
    return this.#fitted !== undefined;
  }

  /** @throws {VinculumError} with code `not-fitted` before the first fit */
  protected fitted(what: string): Parts {
    if (this.#fitted !== undefined) return this.#fitted;
    const { kind } = this;
    const name = kind === 'classifier' ? 'Classifier' : 'Regressor';
    throw stateError('not-fitted', {
      where: name,
      subject: what,
      rule: 'must come after fit',
      remedy: ` Call await ${kind}.fit(rows, ${kind === 'classifier' ? 'labels' : 'targets'}) first.`,
    });
  }

  /** {@link fitted} for the public method `where`, such as `Classifier.predict`. */
  protected fittedFor(where: string): Parts {
    return this.fitted(where.slice(where.indexOf('.') + 1));
  }

  protected keep(fitted: Parts, optimiserStates?: readonly TrainerState[]): this {
    this.#fitted = fitted;
    this.#optimiserStates = optimiserStates;
    return this;
  }

  /** Where `fit` goes on: with `warmStart` from the fit before; undefined if it begins anew. */
  protected warm(): (Parts & Learned) | undefined {
    return this.options.warmStart === true ? this.#fitted : undefined;
  }

  /** Where `partialFit` goes on; undefined before the first fit. */
  protected learned(): (Parts & Learned) | undefined {
    return this.#fitted && { ...this.#fitted, optimiserStates: this.#optimiserStates };
  }

  /**
   * The outputs of the network for rows, or the mean of those of an ensemble.
   *
   * @param where - the public function
   * @param span - the range of each output of a member
   */
  protected outputs(where: string, rows: unknown, span?: TargetSpan): Prediction {
    const fitted = this.fittedFor(where);
    return outputsOfAll(where, fitted, readRows(where, rows, fitted.preparation), span);
  }

  /** The outputs of each network for rows. */
  protected outputsOfMembers(where: string, rows: unknown): Prediction[] {
    const fitted = this.fittedFor(where);
    return outputsOfEach(where, fitted, readRows(where, rows, fitted.preparation));
  }
}
