/**
 * What a model knows of its own certainty: a temperature for the probabilities of classes, the errors of its networks on rows that they
 * have not learned from for numbers. Plain JSON, which a model file holds.
 */
import { meanPrediction } from '../model/mean-prediction.ts';
import type { Prediction } from '../model/prediction.ts';
import { outputSpan, unscaleTargets, type TargetScaler } from '../tables/scaling.ts';
import { mustBe, typeError } from '../words/fault.ts';
import { listOf, numberOption, optional, recordOption, type OptionRule } from '../words/options.ts';
import {
  heldOutErrors,
  MOST_ERRORS,
  type HeldOutErrors,
  type JudgedPredictions,
} from './intervals.ts';
import type { HeldOut } from './out-of-fold.ts';
import { pickTargets, pickWeights } from './prepared-rows.ts';
import { mixedFolds, networkWeights, type RecipeWeight } from './recipe-weights.ts';
import { fitTemperature } from './temperature.ts';

/** See the head of this file. */
export interface Calibration {
  /** The logits are divided by it; absent, it is 1. */
  readonly temperature?: number | undefined;
  /** For each network, or with several recipes for each fold; absent if some network held out no rows. */
  readonly heldOut?: readonly HeldOutErrors[] | undefined;
}

/** Fewer rows cannot tell a temperature from chance. */
const FEWEST_ROWS = 200;

/**
 * The calibration of a classifier. With several recipes the parts are their weighted means, one for each fold.
 *
 * A row is judged by one network, but predicted by the mean of all, which is less sure than each of them. A temperature above 1 would make it
 * less sure still, so an ensemble takes only a temperature below 1 (on eleven tables, all that were found above 1 made the
 * mean worse).
 *
 * @param classes - of all known rows
 * @param several - whether the model is the mean of several networks
 */
export function calibrateClasses(
  parts: readonly HeldOut[],
  classes: Int32Array,
  weights: ArrayLike<number> | undefined,
  several: boolean,
): Calibration | undefined {
  const judged = parts.map(({ rows, outputs }) => ({
    outputs,
    classes: pickTargets({ targets: classes, columns: 1 }, rows),
    weights: pickWeights(weights, rows),
  }));
  const rows = judged.reduce((sum, part) => sum + part.classes.length, 0);
  if (rows < FEWEST_ROWS) return undefined;
  const fitted = Number(fitTemperature(judged).toPrecision(4));
  const temperature = several ? Math.min(fitted, 1) : fitted;
  return temperature === 1 ? undefined : { temperature };
}

/**
 * The calibration of a regressor. With several recipes the parts are their weighted means, one for each fold.
 *
 * @param targets - of all known rows, row-major, in their own units
 */
export function calibrateNumbers(
  parts: readonly HeldOut[],
  targets: Float64Array,
  scaler: TargetScaler,
): Calibration | undefined {
  if (parts.some(({ rows }) => rows.length === 0)) return undefined;
  const columns = scaler.mean.length;
  const heldOut = parts.map(({ rows, outputs }) => {
    const own = pickTargets({ targets, columns }, rows);
    return heldOutErrors(unscaleTargets(scaler, outputs.data), own, columns);
  });
  return { heldOut };
}

/**
 * The outputs of the networks of a regressor in the units of the targets, for {@link intervalsFor}.
 *
 * @param outputs - of each network, scaled like its targets
 * @param held - for each network; with several recipes for each fold, whose networks are one weighted mean
 * @param recipes - how much the networks of each recipe count
 */
export function knownPredictions(
  scaler: TargetScaler,
  outputs: readonly Prediction[],
  held: readonly HeldOutErrors[],
  recipes?: readonly RecipeWeight[],
): JudgedPredictions {
  const weights = networkWeights(recipes, outputs.length);
  const { data } = meanPrediction(outputs, outputSpan(scaler), weights);
  const members = mixedFolds(outputs, recipes).map((one) => unscaleTargets(scaler, one.data));
  return { mean: unscaleTargets(scaler, data), members, held };
}

const readErrors: OptionRule<readonly number[]> = (where, name, value) => {
  const errors = listOf(numberOption({ min: 0 }))(where, name, value);
  const ascending = errors.every((one, i) => i === 0 || errors[i - 1]! <= one);
  if (errors.length > 0 && errors.length <= MOST_ERRORS && ascending) return errors;
  throw typeError(mustBe(where, name, `a list of 1 to ${MOST_ERRORS} numbers, ascending`, value));
};

/** The rule of a calibration in a file. */
export const readCalibration: OptionRule<Calibration> = recordOption<Calibration>({
  temperature: optional(numberOption({ above: 0 })),
  heldOut: optional(
    listOf(
      recordOption<HeldOutErrors>({
        rows: numberOption({ integer: true, min: 1 }),
        errors: listOf(readErrors),
      }),
    ),
  ),
});
