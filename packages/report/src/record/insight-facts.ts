/** What the model relies on, what its parameters look like, and where it is most wrong. */
import type { PartialDependence, PermutationImportance } from 'vinculum';
import type { Figure } from './figure.ts';
import type { Histogram } from './data-facts.ts';

/** How much worse the model is without each column. */
export interface ImportanceFacts {
  /** As `permutationImportance` gives it, on held-out rows. */
  readonly measured: PermutationImportance;
  /** Why not all columns or rows were measured, as a sentence; absent if all were. */
  readonly limits?: string;
  /** Columns that vary together: shuffling one of them hides less than it seems, because the other one still tells. */
  readonly correlated?: readonly {
    readonly columns: readonly [string, string];
    readonly correlation: number;
  }[];
}

/** How the prediction follows one column. */
export interface PartialDependenceFacts {
  /** As `partialDependence` gives it; its lines of single rows are drawn if it has some. */
  readonly measured: PartialDependence;
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
