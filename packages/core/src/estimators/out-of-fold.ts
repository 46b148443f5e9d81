/**
 * Predictions for rows that a network has not learned from. Each member of an ensemble holds out another fold, so together they give a
 * prediction for every row that is as honest as that of a test row, but for the number of epochs, which early stopping chose by the same
 * rows. Score, calibration and intervals come from these predictions.
 */
import type { Matrix } from '../arrays/matrix.ts';
import { selectMatrixRows } from '../arrays/select-rows.ts';
import type { Numerics } from '../backends/contract.ts';
import type { BackendChoice } from '../backends/registry.ts';
import type { Network, Prediction } from '../model/network.ts';
import { TILE_ROWS } from '../model/prediction.ts';
import { predictor } from '../model/predictor.ts';
import { MetricAccumulator } from '../metrics/accumulator.ts';
import type { MetricValues } from '../metrics/registry.ts';
import { unscaleTargets, type TargetScaler } from '../tables/scaling.ts';
import { pickTargets, pickWeights } from './prepared-rows.ts';
import type { TargetRows } from './recipe-request.ts';
import { asInput, countRows } from './rows.ts';

/** What computes the predictions. */
export interface PredictorComputing {
  readonly backend: BackendChoice | undefined;
  readonly numerics: Numerics;
  readonly threads: number | undefined;
}

/** What one network says of the rows that it has held out. */
export interface HeldOut {
  /** Indices of the known rows, ascending. */
  readonly rows: Uint32Array;
  /** The outputs of the network for them: probabilities, or targets as they were scaled for training. */
  readonly outputs: Prediction;
}

/** What networks say of the rows that they have held out, those of the same row averaged. */
export interface OutOfFold extends HeldOut {
  /** Known rows that no network has held out. */
  readonly missing: number;
  /** Accuracy and log-loss, or R² and RMSE in the units of the targets, with the weights of the rows. */
  readonly metrics: MetricValues;
}

/** The predictions of one network for its held-out rows; `inputs` are all known rows as networks take them. */
export function predictHeldOut(
  net: Network,
  inputs: Matrix,
  rows: Uint32Array,
  computing: PredictorComputing,
): HeldOut {
  const { backend = 'auto', numerics, threads } = computing;
  const maxRows = Math.max(Math.min(rows.length, TILE_ROWS), 1);
  const options = { maxRows, backend, numerics, ...(threads === undefined ? {} : { threads }) };
  const snapshot = predictor(net, options);
  try {
    return { rows, outputs: snapshot.predict(asInput(selectMatrixRows(inputs, rows))) };
  } finally {
    snapshot.close();
  }
}

/**
 * The predictions of all networks, row by row.
 *
 * @param known - all known rows
 * @param scaler - of a regression
 * @returns undefined if no network has held out rows
 */
export function outOfFold(
  parts: readonly HeldOut[],
  known: TargetRows,
  scaler: TargetScaler | undefined,
): OutOfFold | undefined {
  const rows = countRows(known.rows);
  const columns = parts[0]?.outputs.shape[1] ?? 1;
  const counts = new Uint32Array(rows);
  const sums = new Float64Array(rows * columns);
  for (const { rows: held, outputs } of parts) {
    for (const [place, row] of held.entries()) {
      counts[row]! += 1;
      for (let k = 0; k < columns; k++)
        sums[row * columns + k]! += outputs.data[place * columns + k]!;
    }
  }
  const judged = Uint32Array.from(counts.keys()).filter((row) => counts[row]! > 0);
  if (judged.length === 0) return undefined;
  const data = new Float64Array(judged.length * columns);
  for (const [place, row] of judged.entries()) {
    for (let k = 0; k < columns; k++)
      data[place * columns + k] = sums[row * columns + k]! / counts[row]!;
  }
  return {
    rows: judged,
    outputs: { data, shape: [judged.length, columns] },
    missing: rows - judged.length,
    metrics: metricsOf(data, judged, known, scaler),
  };
}

function metricsOf(
  data: Float64Array,
  judged: Uint32Array,
  known: TargetRows,
  scaler: TargetScaler | undefined,
): MetricValues {
  const columns = data.length / judged.length;
  const truths = pickTargets(known, judged);
  const weights = pickWeights(known.sampleWeights, judged);
  const measured =
    truths instanceof Int32Array
      ? new MetricAccumulator(['accuracy', 'logLoss'], 'softmax-cross-entropy', columns)
      : scaler === undefined
        ? new MetricAccumulator(['subsetAccuracy', 'logLoss'], 'binary-cross-entropy', columns)
        : new MetricAccumulator(['r2', 'rmse'], 'mse', columns);
  const guesses = scaler === undefined ? data : unscaleTargets(scaler, data);
  measured.add(guesses, truths, judged.length, weights);
  return measured.results();
}
