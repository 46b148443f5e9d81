/**
 * Cross-validation by a plan: for each split a model is trained on its rows by the recipe and measured on the rows that it has
 * not seen. Estimators and `vinculum cv` use this function. It knows no options, flags or labels.
 */
import { foldSplits } from '../arrays/k-fold.ts';
import type { Split } from '../arrays/split.ts';
import type { SplitRule } from '../arrays/split-rule.ts';
import type { LossKind } from '../losses/loss.ts';
import { MetricAccumulator } from '../metrics/accumulator.ts';
import { rowShape } from '../metrics/metric.ts';
import type { MetricName, MetricValues } from '../metrics/registry.ts';
import { outputSpan, unscaleTargets } from '../tables/scaling.ts';
import { stateError } from '../words/fault.ts';
import { outputsOfAll } from './outputs.ts';
import { pickTargets, pickWeights } from './prepared-rows.ts';
import { learn, type RecipeResult, type TargetRows } from './recipe.ts';
import type { RecipeRequest } from './recipe-request.ts';
import { countRows, pickRows } from './rows.ts';

/** What a model that was trained without a fold says of it. */
export interface FoldScore {
  /** How many rows were learned from (including those of early stopping), and how many are in the fold. */
  readonly rows: { readonly train: number; readonly test: number };
  readonly metrics: MetricValues;
  /** Of the networks together. */
  readonly epochs: number;
  /** How long the training took. */
  readonly seconds: number;
}

/** The scores of all folds. */
export interface CrossValidation {
  readonly folds: readonly FoldScore[];
  /** Of each metric over the folds, each of which counts once. */
  readonly mean: MetricValues;
  /** The sample standard deviation of each metric over the folds, √(Σ(x − mean)²/(k − 1)). */
  readonly deviation: MetricValues;
}

/** What is measured, and how. */
export interface CrossRequest {
  readonly request: RecipeRequest;
  readonly splits: readonly Split[];
  readonly metrics: readonly MetricName[];
  /** Called after each fold, with its number from 1. */
  readonly onFold?: ((score: FoldScore, fold: number) => void) | undefined;
}

/** The loss by whose rule targets are measured: of a regression in the units of its targets, whatever it minimises. */
export function measuredLoss({ plan, known }: RecipeRequest): LossKind {
  const { kind } = plan.loss;
  const ofClasses = known.targets instanceof Int32Array || kind === 'binary-cross-entropy';
  return ofClasses ? kind : 'mse';
}

/** The metrics that say most of a task, the one that decides first. */
export function usualMetrics(request: RecipeRequest): readonly MetricName[] {
  const { task } = rowShape(measuredLoss(request), request.outputs);
  if (task === 'values') return ['r2', 'rmse', 'mae'];
  return [task === 'labels' ? 'subsetAccuracy' : 'accuracy', 'logLoss'];
}

/** The splits of a request's rows into folds, by their classes and by the roles of its rows. */
export function foldsOfRequest(
  { where, known }: RecipeRequest,
  folds: number,
  seed: number,
): Split[] {
  const classOf = known.targets instanceof Int32Array ? known.targets : undefined;
  return foldSplits(where, countRows(known.rows), folds, seed, { classOf, ...known.split });
}

/**
 * Trains and measures once for each split.
 *
 * @throws {VinculumError} with code 'aborted' when the signal is set before the last training has ended
 * @throws as `learn` does
 */
export async function crossLearn(cross: CrossRequest): Promise<CrossValidation> {
  const { request, splits, metrics, onFold } = cross;
  const folds: FoldScore[] = [];
  for (const { train, test } of splits) {
    const result = await learn({ ...request, known: pickKnown(request.known, train) });
    if (request.run.signal?.aborted === true) {
      throw stateError('aborted', {
        where: request.where,
        subject: 'the signal',
        rule: `was set in fold ${folds.length + 1} of ${splits.length}, so there is no result`,
      });
    }
    const score = {
      rows: { train: train.length, test: test.length },
      metrics: measure(request, result, pickKnown(request.known, test), metrics),
      epochs: result.histories.reduce((sum, { epochs }) => sum + epochs.length, 0),
      seconds: result.seconds,
    };
    folds.push(score);
    onFold?.(score, folds.length);
  }
  return summaryOf(folds, metrics);
}

/** The metrics of a trained model on rows. */
function measure(
  request: RecipeRequest,
  result: RecipeResult,
  { rows, targets, sampleWeights }: TargetRows,
  metrics: readonly MetricName[],
): MetricValues {
  const { targetScaler } = result;
  const span = outputSpan(targetScaler);
  const { data, shape } = outputsOfAll(request.where, result, rows, span);
  const guesses = targetScaler === undefined ? data : unscaleTargets(targetScaler, data);
  const measured = new MetricAccumulator(metrics, measuredLoss(request), request.outputs);
  measured.add(guesses, targets, shape[0], sampleWeights && Float64Array.from(sampleWeights));
  return measured.results();
}

/** The known rows at some places. */
function pickKnown(known: TargetRows, rows: Uint32Array): TargetRows {
  return {
    rows: pickRows(known.rows, rows),
    targets: pickTargets(known, rows),
    columns: known.columns,
    sampleWeights: pickWeights(known.sampleWeights, rows),
    split: known.split && pickRule(known.split, rows),
  };
}

function pickRule({ classOf, groupOf, times }: SplitRule, rows: Uint32Array): SplitRule {
  const pick = (values: Int32Array | undefined): Int32Array | undefined =>
    values && Int32Array.from(rows, (row) => values[row]!);
  return {
    ...(classOf && { classOf: pick(classOf) }),
    groupOf: pick(groupOf),
    times: times && Float64Array.from(rows, (row) => times[row]!),
  };
}

function summaryOf(folds: readonly FoldScore[], metrics: readonly MetricName[]): CrossValidation {
  const count = folds.length;
  const mean: Partial<Record<MetricName, number>> = {};
  const deviation: Partial<Record<MetricName, number>> = {};
  for (const name of metrics) {
    const values = folds.map((fold) => fold.metrics[name] ?? NaN);
    const centre = values.reduce((sum, value) => sum + value, 0) / count;
    const squares = values.reduce((sum, value) => sum + (value - centre) * (value - centre), 0);
    mean[name] = centre;
    deviation[name] = Math.sqrt(squares / (count - 1));
  }
  return { folds, mean, deviation };
}
