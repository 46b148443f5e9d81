/**
 * All metrics of the registry that fit rows, as figures.
 */
import { MetricAccumulator } from '../metrics/accumulator.ts';
import { metricsFor } from '../metrics/registry.ts';
import type { PredictedRows } from './bootstrap.ts';
import { figureOf, type Figures } from './figure.ts';

/** The figures of rows, by the names of the registry. */
export function figuresOf({ shape, rows, output, target, weights }: PredictedRows): Figures {
  const loss = shape.task === 'values' ? 'mse' : 'softmax-cross-entropy';
  const pass = new MetricAccumulator(metricsFor(shape), loss, shape.columns);
  pass.add(output, target, rows, weights);
  const values = Object.entries(pass.results());
  return Object.fromEntries(values.map(([name, value]) => [name, figureOf(value)]));
}
