/** What the model relies on, what its parameters look like, and where it is most wrong. */
import type { Figure } from './figure.ts';
import type { Histogram } from './data-facts.ts';

/** Permutation importance: how much worse a score becomes if the values of one column are shuffled among the held-out rows. */
export interface ImportanceFacts {
  /** The score, such as `accuracy`. */
  readonly score: string;
  /** On the rows as they are. */
  readonly baseline: number;
  /** How often each column was shuffled. */
  readonly repeats: number;
  readonly rows: number;
  /** Sorted, the most important column first. */
  readonly columns: readonly ColumnImportance[];
  /** Columns that vary together: shuffling one of them hides less than it seems, because the other one still tells. */
  readonly correlated?: readonly {
    readonly columns: readonly [string, string];
    readonly correlation: number;
  }[];
}

export interface ColumnImportance {
  readonly name: string;
  /** How much the score becomes worse; of a score whose smaller values are better, how much it grows. */
  readonly mean: number;
  /** Standard deviation of the repeats. */
  readonly deviation: number;
}

/** The mean prediction over the held-out rows if one column has the same value in all of them. */
export interface PartialDependenceFacts {
  readonly column: string;
  /** Numbers in ascending order, or categories. */
  readonly grid: readonly (number | string)[];
  /** One for each class or target. */
  readonly lines: readonly { readonly name: string; readonly values: readonly number[] }[];
  /** Where the values of the rows lie: the nine deciles of a number. */
  readonly deciles?: readonly number[];
}

export interface InternalsFacts {
  /** Of the first network: each tensor of parameters. */
  readonly tensors: readonly TensorFacts[];
  /** Of the first network: each layer with an activation, on held-out rows. */
  readonly units: readonly UnitFacts[];
}

export interface TensorFacts {
  /** Such as `layers.0.weight`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly mean: number;
  readonly deviation: number;
  readonly min: number;
  readonly max: number;
  readonly zeros: number;
  readonly notFinite: number;
  readonly weights: Histogram;
  /** Of the gradient of the loss at the end of the training. */
  readonly gradients?: Histogram;
  /** √Σg². */
  readonly gradientNorm?: Figure;
}

/** The units of one layer. */
export interface UnitFacts {
  readonly layer: string;
  readonly activation: string;
  readonly units: number;
  /** Units whose value is the same in every row, so that they tell nothing. */
  readonly dead: number;
  /** The share of values at which the activation is almost flat. */
  readonly saturated: number;
}

/** A row on which the model is wrong. */
export interface WorstRow {
  /** The number of the row in its source, from 1. */
  readonly row: number;
  readonly actual: string;
  readonly predicted: string;
  /** Of the predicted class. */
  readonly probability?: number;
  /** Of the row; by it the rows are sorted. */
  readonly loss: number;
  /** The inputs as the source has them; null for a missing one. */
  readonly cells: readonly (readonly [column: string, value: string | number | boolean | null])[];
  /** Of a picture: its pixels, row by row; then `cells` may be empty. */
  readonly pixels?: readonly number[];
}
