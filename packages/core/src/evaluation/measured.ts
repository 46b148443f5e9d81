/**
 * All metrics of the registry that fit rows, as figures.
 */
import { MetricAccumulator } from '../metrics/accumulator.ts';
import { metricsFor } from '../metrics/registry.ts';
import type { PredictedRows } from './bootstrap.ts';
import { figureOf, type Figures } from './figure.ts';

/** A loss of each task; the metrics do not depend on which. */
const LOSSES = {
  classes: 'softmax-cross-entropy',
  binary: 'binary-cross-entropy',
  labels: 'binary-cross-entropy',
  values: 'mse',
} as const;

/** The figures of rows, by the names of the registry. */
export function figuresOf({ shape, rows, output, target, weights }: PredictedRows): Figures {
  const pass = new MetricAccumulator(metricsFor(shape), LOSSES[shape.task], shape.columns);
  pass.add(output, target, rows, weights);
  const values = Object.entries(pass.results());
  return Object.fromEntries(values.map(([name, value]) => [name, figureOf(value)]));
}
