/**
 * From rows to the matrices that networks take: the preparation is learned from the training rows, then all rows are prepared by it. The event
 * loop gets its turns meanwhile, and the signal of the caller ends it.
 */
import type { Matrix } from '../arrays/matrix.ts';
import { lossFacts, outputOfLoss } from '../losses/loss.ts';
import { fittingSteps, type TablePreparation } from '../tables/preparation.ts';
import { preparationSteps } from '../tables/prepare.ts';
import {
  fitTargetScaler,
  fitTargetUnit,
  scaleTargets,
  withSpan,
  type TargetScaler,
} from '../tables/scaling.ts';
import { rowNumberOf } from '../tables/table.ts';
import type { FitData } from '../train/fit-options.ts';
import { sharedReals } from '../train/fit-side-by-side.ts';
import { Pause } from '../train/pause.ts';
import { dataError, stateError } from '../words/fault.ts';
import type { TrainPlan } from './plan.ts';
import type { NumericTargets, RecipeRequest, RunOptions, TargetRows } from './recipe-request.ts';
import { asInput, countRows, pickRows } from './rows.ts';

/** The rows as networks take them. */
export interface PreparedRows {
  readonly preparation: TablePreparation;
  /** Of a regression. */
  readonly targetScaler: TargetScaler | undefined;
  readonly data: FitData;
  /** The same inputs, as a matrix. All rows may be judged. */
  readonly inputs: Matrix;
  readonly every: 1;
  /** The same targets: class indices, or numbers as they are scaled for training. */
  readonly targets: NumericTargets;
  /** The caller's own rows for validation. */
  readonly validation: (FitData & { readonly sampleWeights?: ArrayLike<number> }) | undefined;
  /** Nothing is to be given back. */
  readonly close: () => void;
}

/**
 * Fits the preparation, and prepares the rows.
 *
 * @param learned - the rows that the preparation is learned from
 * @param from - a preparation that is there already, and is used instead
 */
export async function prepareRows(
  request: RecipeRequest,
  learned: Uint32Array,
  from?: FittedParts,
): Promise<PreparedRows> {
  const { where, plan, known, validation: own, run } = request;
  const preparing = new Preparing(where, run.signal);
  try {
    const { preparation, targetScaler } = await fitRows(request, learned, from, preparing);
    run.onPrepared?.(preparation);
    const allocate = plan.ensemble === undefined ? undefined : sharedReals;
    const prepared = (set: TargetRows): Promise<Matrix> =>
      preparing.finish(preparationSteps(preparation, set.rows, where, allocate));
    const pair = (inputs: Matrix, targets: NumericTargets): FitData => ({
      x: asInput(inputs),
      y: { data: targets, shape: [inputs.rows, known.columns] },
    });
    const ownPair = async (set: TargetRows): Promise<PreparedRows['validation']> => ({
      ...pair(await prepared(set), scaled(where, targetScaler, set)),
      ...(set.sampleWeights === undefined ? {} : { sampleWeights: set.sampleWeights }),
    });
    // Held-out rows are prepared together with the others, so that a fault in any row names the caller's row.
    const inputs = await prepared(known);
    const validation = own && (await ownPair(own));
    const targets = scaled(where, targetScaler, known);
    return {
      preparation,
      targetScaler,
      inputs,
      every: 1,
      targets,
      data: pair(inputs, targets),
      validation,
      close: () => undefined,
    };
  } finally {
    preparing.close();
  }
}

/** What is learned from rows before any network is. */
export interface FittedParts {
  readonly preparation: TablePreparation;
  /** Of a regression. */
  readonly targetScaler?: TargetScaler | undefined;
}

/** Fits the preparation and the scaler of the targets, or takes those that are there already. */
export async function fitRows(
  { where, plan, known }: RecipeRequest,
  learned: Uint32Array,
  from: FittedParts | undefined,
  preparing: Preparing,
): Promise<FittedParts> {
  if (from !== undefined) {
    const { preparation, targetScaler } = from;
    return { preparation, targetScaler: widened(targetScaler, known, learned) };
  }
  const all = learned.length === countRows(known.rows);
  const training = all ? known.rows : pickRows(known.rows, learned);
  const preparation = await preparing.finish(fittingSteps(training, plan.preparation, where));
  return { preparation, targetScaler: scalerFor(plan, known, learned) };
}

/** Gives the event loop turns during long preparations, and stops them when the caller's signal is set. */
export class Preparing {
  readonly #where: string;
  readonly #signal: RunOptions['signal'];
  readonly #pause = new Pause();

  constructor(where: string, signal: RunOptions['signal']) {
    this.#where = where;
    this.#signal = signal;
  }

  /** Runs all steps and resolves to their result. */
  async finish<Result>(steps: Generator<void, Result>): Promise<Result> {
    for (;;) {
      this.#check();
      const { done, value } = steps.next();
      if (done === true) return value;
      if (this.#pause.due()) await this.#pause.turn();
    }
  }

  close(): void {
    this.#pause.close();
  }

  #check(): void {
    if (this.#signal?.aborted !== true) return;
    throw stateError('aborted', {
      where: this.#where,
      subject: 'the signal',
      rule: 'was set before the training began, so nothing was learned',
    });
  }
}

function scalerFor(
  { loss, standardizeTarget, clipOutput = false }: TrainPlan,
  known: TargetRows,
  rows: Uint32Array,
): TargetScaler | undefined {
  if (lossFacts(loss.kind).targets !== 'numbers') return undefined;
  const learned = pickTargets(known, rows);
  // Without rows the mean is 0 and the scale is 1.
  const fit = outputOfLoss(loss.kind) === 'exp' ? fitTargetUnit : fitTargetScaler;
  const scaler = fit(standardizeTarget ? learned : [], known.columns);
  return clipOutput ? withSpan(scaler, learned) : scaler;
}

/** A scaler that is there already keeps its unit, but predictions may be what the further targets are. */
function widened(
  scaler: TargetScaler | undefined,
  known: TargetRows,
  rows: Uint32Array,
): TargetScaler | undefined {
  return scaler?.span === undefined ? scaler : withSpan(scaler, pickTargets(known, rows));
}

/** @throws {DataError} when a target cannot be trained on in float32 */
export function scaled(
  where: string,
  scaler: TargetScaler | undefined,
  { rows, targets, columns }: TargetRows,
): NumericTargets {
  if (scaler === undefined) return targets;
  const values = scaleTargets(scaler, targets);
  const wrong = values.findIndex((value) => !Number.isFinite(Math.fround(value)));
  if (wrong === -1) return values;
  const index = Math.floor(wrong / columns);
  const row = 'data' in rows ? index + 1 : rowNumberOf(rows, index);
  throw dataError(
    {
      where,
      subject: `the target of row ${row}`,
      rule: 'must stay within the range of float32 when the mean of the others is taken off and it is divided by their deviation',
      got: targets[wrong],
      remedy: ' Correct it or leave the row out.',
    },
    { row },
  );
}

/** The targets of the given rows. */
export function pickTargets<Targets extends NumericTargets>(
  { targets, columns }: { readonly targets: Targets; readonly columns: number },
  rows: Uint32Array,
): Targets {
  return targets
    .slice(0, rows.length * columns)
    .map((_, i) => targets[rows[Math.floor(i / columns)]! * columns + (i % columns)]!) as Targets;
}

/** The weights of the given rows; undefined if rows have none. */
export function pickWeights(
  weights: ArrayLike<number> | undefined,
  rows: Uint32Array,
): Float64Array | undefined {
  return weights && Float64Array.from(rows, (row) => weights[row]!);
}
