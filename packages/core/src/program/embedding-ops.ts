/**
 * The ops of a Program that embed columns: numbers and categories become several learned numbers each. They have a file of their
 * own because they are many; `program.ts` has all others.
 */
import type { Tensor } from './tensor.ts';

/** What the ops of a periodic embedding share: its parameters but the bias, and which columns it embeds. */
interface PeriodicEmbedding {
  readonly input: Tensor;
  /** f, real [embedded columns, frequencies], in turns. */
  readonly frequency: Tensor;
  /** p, of the same shape, in radians. */
  readonly phase: Tensor;
  /** W, real [embedded columns · units, frequencies]. */
  readonly weight: Tensor;
  /** The number of sums for each embedded column. */
  readonly units: number;
  /** The embedded columns of the input, ascending. */
  readonly embedded: readonly number[];
}

/** out = (input, W cos(2π f xᵢ + p) + b for each embedded column i): eq. (43). */
export interface EmbedPeriodicOp extends PeriodicEmbedding {
  readonly kind: 'embedPeriodic';
  readonly out: Tensor;
  /** The cosines, real [N, embedded columns · frequencies], for the trace. */
  readonly cosines?: Tensor | undefined;
  /** b, real [embedded columns · units]. */
  readonly bias: Tensor;
}

/** The adjoints of all parameters of {@link EmbedPeriodicOp}, overwriting: eq. (44), (45). */
export interface EmbedPeriodicWeightAdjointOp extends PeriodicEmbedding {
  readonly kind: 'embedPeriodicWeightAdjoint';
  readonly frequencyBar: Tensor;
  readonly phaseBar: Tensor;
  readonly weightBar: Tensor;
  readonly biasBar: Tensor;
  readonly outBar: Tensor;
}

/** The adjoint of the input of {@link EmbedPeriodicOp}: eq. (46). */
export interface EmbedPeriodicInputAdjointOp extends PeriodicEmbedding {
  readonly kind: 'embedPeriodicInputAdjoint';
  readonly inputBar: Tensor;
  readonly outBar: Tensor;
}

/** A column that holds the number of a category, from 0 to `levels` − 1. */
export interface Category {
  readonly column: number;
  readonly levels: number;
}

/** What the ops of a category embedding share. */
interface CategoryEmbedding {
  /** The embedded columns of the input, ascending. */
  readonly categories: readonly Category[];
  /** The learned numbers of a level. */
  readonly size: number;
}

/** out = (the columns that are not embedded, the row of the weight of each category): eq. (47). */
export interface EmbedCategoriesOp extends CategoryEmbedding {
  readonly kind: 'embedCategories';
  readonly out: Tensor;
  readonly input: Tensor;
  /** E, real [sum of all levels, size]. */
  readonly weight: Tensor;
}

/** Ē: each row is the sum of the adjoints of its category, overwriting: eq. (48). */
export interface EmbedCategoriesWeightAdjointOp extends CategoryEmbedding {
  readonly kind: 'embedCategoriesWeightAdjoint';
  readonly weightBar: Tensor;
  readonly outBar: Tensor;
  readonly input: Tensor;
}

/** The adjoint of the columns that are not embedded, and 0 for the others: eq. (49). */
export interface EmbedCategoriesInputAdjointOp extends CategoryEmbedding {
  readonly kind: 'embedCategoriesInputAdjoint';
  readonly inputBar: Tensor;
  readonly outBar: Tensor;
}

/** All of them. */
export type EmbeddingOp =
  | EmbedPeriodicOp
  | EmbedPeriodicWeightAdjointOp
  | EmbedPeriodicInputAdjointOp
  | EmbedCategoriesOp
  | EmbedCategoriesWeightAdjointOp
  | EmbedCategoriesInputAdjointOp;
