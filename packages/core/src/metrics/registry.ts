/**
 * The metrics by name: one row each. A new metric is a file beside this one, its name in {@link MetricName} and a row in
 * the table; everything that measures, watches or prints metrics reads them from here.
 */
import { mustBe, rangeError, typeError } from '../words/fault.ts';
import type { LossKind } from '../losses/loss.ts';
import { checkChoice } from '../words/options.ts';
import { accuracy } from './accuracy.ts';
import { cohenKappa, mcc } from './agreement.ts';
import { averagePrecision } from './average-precision.ts';
import { balancedAccuracy } from './balanced-accuracy.ts';
import { brier } from './brier.ts';
import { r2 } from './determination.ts';
import { logLoss } from './log-loss.ts';
import { macroF1, macroPrecision, macroRecall } from './macro.ts';
import { mae, mse, rmse } from './mean-errors.ts';
import { medianAbsoluteError } from './median-error.ts';
import { rowShape, type Metric, type RowShape } from './metric.ts';
import { mape } from './percentage-error.ts';
import { rocAuc } from './roc-auc.ts';
import { subsetAccuracy } from './subset-accuracy.ts';
import { top3Accuracy, top5Accuracy } from './top-accuracy.ts';
import { weightedF1, weightedPrecision, weightedRecall } from './weighted.ts';

export type MetricName =
  | 'accuracy'
  | 'subsetAccuracy'
  | 'balancedAccuracy'
  | 'macroPrecision'
  | 'macroRecall'
  | 'macroF1'
  | 'weightedPrecision'
  | 'weightedRecall'
  | 'weightedF1'
  | 'mcc'
  | 'cohenKappa'
  | 'top3Accuracy'
  | 'top5Accuracy'
  | 'logLoss'
  | 'brier'
  | 'rocAuc'
  | 'averagePrecision'
  | 'mse'
  | 'rmse'
  | 'mae'
  | 'medianAbsoluteError'
  | 'mape'
  | 'r2';

/** Values by name; a metric that was not asked for is absent. */
export type MetricValues = Readonly<Partial<Record<MetricName, number>>>;

/** Every metric, in the order in which lists name them. */
export const METRICS: Readonly<Record<MetricName, Metric>> = {
  accuracy,
  subsetAccuracy,
  balancedAccuracy,
  macroPrecision,
  macroRecall,
  macroF1,
  weightedPrecision,
  weightedRecall,
  weightedF1,
  mcc,
  cohenKappa,
  top3Accuracy,
  top5Accuracy,
  logLoss,
  brier,
  rocAuc,
  averagePrecision,
  mse,
  rmse,
  mae,
  medianAbsoluteError,
  mape,
  r2,
};

export const METRIC_NAMES = Object.keys(METRICS) as readonly MetricName[];

/** Whether a higher value is better of a quantity that early stopping can watch. Of the loss a lower value is better. */
export function higherIsBetter(name: 'loss' | MetricName): boolean {
  return name !== 'loss' && METRICS[name].better === 'up';
}

/** The metrics that fit rows of a shape. */
export function metricsFor({ task }: RowShape): MetricName[] {
  return METRIC_NAMES.filter((name) => METRICS[name].fits.tasks.includes(task));
}

/**
 * The metrics of a run: the requested metrics, or by default accuracy for a cross-entropy and none for other losses.
 *
 * @param outputs - the number of outputs of the network
 * @throws {TypeError} when it is no array
 * @throws {RangeError} when a name is unknown or does not fit the loss
 */
export function readMetrics(
  where: string,
  given: unknown,
  loss: LossKind,
  outputs: number,
): MetricName[] {
  const { task } = rowShape(loss, outputs);
  if (given === undefined) return task === 'values' ? [] : ['accuracy'];
  if (!Array.isArray(given)) {
    throw typeError(mustBe(where, 'metrics', 'an array of names', given));
  }
  return (given as unknown[]).map((name) => {
    const metric = checkChoice(where, 'metrics', name, METRIC_NAMES);
    const { fits } = METRICS[metric];
    if (fits.tasks.includes(task)) return metric;
    const many = task === 'labels' ? ` with ${outputs} outputs` : '';
    throw rangeError({
      where,
      subject: `metric '${metric}'`,
      rule: `needs ${fits.rule}; the loss is '${loss}'${many}`,
    });
  });
}
