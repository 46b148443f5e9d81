/** The scores of folds under the names that the command prints, and as people read them. */
import { grouped, metric, renderTable } from '@vinculum/report';
import type { CrossValidation, MetricName, MetricValues } from 'vinculum';
import type { Task } from '../train/task.ts';

type Printed = readonly [name: string, metric: MetricName];

const OF_CLASSES = [
  ['loss', 'logLoss'],
  ['precision', 'macroPrecision'],
  ['recall', 'macroRecall'],
  ['f1', 'macroF1'],
] as const satisfies readonly Printed[];

/** What is measured of each task, under the names of `train` and `evaluate`; the first one is the headline. */
export const CROSS_METRICS: Readonly<Record<Task, readonly Printed[]>> = {
  classification: [['accuracy', 'accuracy'], ...OF_CLASSES],
  multilabel: [['accuracy', 'subsetAccuracy'], ...OF_CLASSES],
  regression: [
    ['r2', 'r2'],
    ['rmse', 'rmse'],
    ['mae', 'mae'],
  ],
};

/** Values under the names that the command prints. */
export function namedMetrics(task: Task, values: MetricValues): Record<string, number> {
  return Object.fromEntries(CROSS_METRICS[task].map(([name, one]) => [name, values[one] ?? NaN]));
}

/** A row for each fold, then the mean and the standard deviation. */
export function crossTable(task: Task, result: CrossValidation, width?: number): string {
  const { folds, mean, deviation } = result;
  const names = CROSS_METRICS[task].map(([name]) => name);
  const cells = (values: MetricValues): string[] =>
    Object.values(namedMetrics(task, values)).map((value) => metric(value));
  return renderTable(
    [
      { title: 'fold' },
      ...['train', 'test', ...names].map((title) => ({ title, align: 'right' as const })),
    ],
    [
      ...folds.map(({ rows, metrics }, index) => [
        String(index + 1),
        grouped(rows.train),
        grouped(rows.test),
        ...cells(metrics),
      ]),
      ['mean', '', '', ...cells(mean)],
      ['deviation', '', '', ...cells(deviation)],
    ],
    width,
  );
}

/** `cross-validated accuracy 0.9733 ± 0.0249 (5 folds of 150 rows)`: the mean and the standard deviation of the folds. */
export function crossHeadline(task: Task, result: CrossValidation, rows: number): string {
  const [first] = CROSS_METRICS[task] as readonly [Printed];
  const name = task === 'regression' ? 'R²' : first[0];
  const [mean, deviation] = [result.mean[first[1]] ?? NaN, result.deviation[first[1]] ?? NaN];
  return `cross-validated ${name} ${mean.toFixed(4)} ± ${deviation.toFixed(4)} (${result.folds.length} folds of ${rows} rows)`;
}
