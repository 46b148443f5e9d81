/** How a model does on some rows: the score itself, and what a scorer of any task is. */
import type { MetricName, MetricValues } from 'vinculum';
import type { LabelledRows } from './labelled-rows.ts';

/** How a model does on some rows. */
export interface Score {
  readonly rows: number;
  /** Rows predicted right, of several labels those with every label right; 0 for a regression. */
  readonly correct: number;
  /** By the names that the command prints, in its order. */
  readonly metrics: ReadonlyMap<string, number>;
  /** The metrics of each target by its name, if the model predicts several numbers. */
  readonly targets?: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /**
   * counts[truth · classes + prediction]; of several labels counts[label · 4 + truth · 2 + prediction]; empty for a regression.
   * Rows count as their weights say.
   */
  readonly confusion: Float64Array;
  /** The column that weighs the rows, if one does. */
  readonly weight?: string | undefined;
  /** The first true value that is so far from its finite prediction that the square of the error is infinite. */
  readonly farthest?: TrueValue | undefined;
}

/** A cell of a target column. */
export interface TrueValue {
  readonly row: number;
  readonly column: string;
  readonly value: number;
}

/** Adds rows and computes the score of all of them. */
export interface Scorer {
  /** Adds rows, each as often as its weight says. */
  add(labelled: LabelledRows, weights?: Float64Array): void;
  score(): Score;
  /** Gives the memory back. */
  close(): void;
}

/** The loss, which has no row in the registry of metrics because it is what a run minimises. */
export const LOSS = 'loss';

/** Metrics under the names that the command prints. */
export type Printed = readonly (readonly [printed: string, metric: MetricName | typeof LOSS])[];

/** The names that the library measures for a list of printed ones. */
export function measuredNames(printed: Printed): MetricName[] {
  return printed.flatMap(([, metric]) => (metric === LOSS ? [] : [metric]));
}

/** The values under the names that the command prints. */
export function printedValues(
  printed: Printed,
  values: MetricValues,
  loss: number,
): Map<string, number> {
  return new Map(
    printed.map(([name, metric]) => [name, metric === LOSS ? loss : (values[metric] ?? NaN)]),
  );
}

/** The metrics in a document: those of all rows, and of several targets those of each. */
export function metricsDocument({ metrics, targets }: Score): object {
  return {
    ...Object.fromEntries(metrics),
    ...(targets === undefined
      ? {}
      : {
          targets: Array.from(targets, ([name, values]) => ({
            target: name,
            ...Object.fromEntries(values),
          })),
        }),
  };
}

/** The name of the target in a document, or the names of several. */
export function targetsDocument(targets: readonly string[]): object {
  return targets.length === 1 ? { target: targets[0] } : { targets };
}
