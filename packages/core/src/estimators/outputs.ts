/**
 * What trained networks say of rows: the rows are prepared as they were for the training, and the outputs of several networks
 * are averaged. Estimators and cross-validation predict by these functions.
 */
import type { Matrix } from '../arrays/matrix.ts';
import { meanPrediction } from '../model/mean-prediction.ts';
import type { Network } from '../model/network.ts';
import type { Prediction } from '../model/prediction.ts';
import { prepareFor } from '../tables/prepare.ts';
import type { TablePreparation } from '../tables/preparation.ts';
import type { TargetSpan } from '../tables/scaling.ts';
import type { Table } from '../tables/table.ts';
import { dataError } from '../words/fault.ts';
import type { Calibration } from './calibration.ts';
import { networkWeights, type RecipeWeight } from './recipe-weights.ts';
import { asInput } from './rows.ts';
import { atTemperature } from './temperature.ts';

/** The parts of a model that predict. */
export interface Predicting {
  readonly networks: readonly Network[];
  readonly preparation: TablePreparation;
  readonly calibration?: Calibration | undefined;
  /** How much the networks of each recipe count; absent if all networks count the same. */
  readonly recipeWeights?: readonly RecipeWeight[] | undefined;
}

/**
 * The outputs of each network for rows.
 *
 * @throws {DataError} when a row cannot be prepared, or an output is not finite
 */
export function outputsOfEach(
  where: string,
  { networks, preparation }: Predicting,
  rows: Table | Matrix,
): Prediction[] {
  const inputs = asInput(prepareFor(where, preparation, rows));
  const outputs = networks.map((net) => net.predict(inputs));
  for (const one of outputs) checkOutputs(where, one);
  return outputs;
}

/**
 * The outputs of the network for rows, or the mean of those of an ensemble, at the temperature of the model.
 *
 * @param span - the range of each output of a member
 */
export function outputsOfAll(
  where: string,
  model: Predicting,
  rows: Table | Matrix,
  span?: TargetSpan,
): Prediction {
  const outputs = outputsOfEach(where, model, rows);
  const weights = networkWeights(model.recipeWeights, outputs.length);
  const mean = meanPrediction(outputs, span, weights);
  return atTemperature(mean, model.calibration?.temperature ?? 1);
}

/**
 * A network may overflow if its inputs are finite but very large. Its outputs are then NaN or infinite, and there is no class
 * or number to return for such a row.
 */
function checkOutputs(where: string, { data, shape }: Prediction): void {
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad === -1) return;
  const row = Math.floor(bad / shape[1]) + 1;
  throw dataError(
    {
      where,
      subject: "the network's outputs",
      rule: 'must be finite numbers',
      got: `${data[bad]} in row ${row}`,
      remedy: ' Its values are too large for this model.',
    },
    { row },
  );
}
