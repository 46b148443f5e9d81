/** The scores of runs as the commands that list runs show them. */
import { metric } from '@vinculum/report';
import { METRICS } from 'vinculum/internal';
import type { MetricsRecord, RunDocument } from './run-document.ts';

/** The metrics of a record that are numbers; one that JSON could not hold is NaN. */
export function metricsIn(record: MetricsRecord | undefined): Map<string, number> {
  return new Map(
    Object.entries(record ?? {}).flatMap(([name, value]): [string, number][] => {
      if (value === null) return [[name, NaN]];
      return typeof value === 'number' ? [[name, value]] : [];
    }),
  );
}

/** `accuracy 0.9778`, of a regression `R² 0.8431`; a run that held no row out has no score. */
export function headlineOf({ task, metrics }: RunDocument): string {
  const values = metricsIn(metrics.test);
  const name = task === 'regression' ? 'r2' : 'accuracy';
  const value = values.get(name);
  if (value === undefined) return 'none';
  return `${name === 'r2' ? 'R²' : name} ${metric(value)}`;
}

/** Whether more is better of a metric that `train` prints. */
export function isMoreBetter(name: string): boolean {
  if (name === 'loss') return false;
  const known: Readonly<Record<string, { readonly better: 'up' | 'down' } | undefined>> = METRICS;
  // Precision, recall and F1 are printed under short names.
  return known[name]?.better !== 'down';
}
