/**
 * The facts of an evaluation on rows that were held out: the figures that the library finds out, and the rows that a page
 * shows beside them.
 */
import type { ClassEvaluation, Figures, NumberEvaluation } from 'vinculum';

export type EvaluationFacts = ClassFacts | LabelFacts | NumberFacts;

interface EvaluationBase {
  /** Which rows these are, in words, such as `held-out rows`. */
  readonly of: string;
}

/** One class of several in each row. */
export interface ClassFacts extends EvaluationBase {
  readonly kind: 'classes';
  /** As `evaluateClasses` gives it. */
  readonly measured: ClassEvaluation;
  /** The same figures on the rows that the model has learned from, to see whether it only remembers. */
  readonly learned?: Figures;
  /** Rows of the pairs that are confused most often. */
  readonly confusedRows?: readonly ConfusedRow[];
}

/** The truth of several labels in each row. */
export interface LabelFacts extends EvaluationBase {
  readonly kind: 'labels';
  readonly rows: number;
  /** Of the rows as a whole, such as `subsetAccuracy`. */
  readonly figures: Figures;
  /** Each label as two classes, false and true. */
  readonly labels: readonly { readonly name: string; readonly measured: ClassEvaluation }[];
  readonly learned?: Figures;
}

/** Numbers. */
export interface NumberFacts extends EvaluationBase {
  readonly kind: 'numbers';
  /** One for each column that is predicted. */
  readonly targets: readonly TargetFacts[];
}

export interface TargetFacts {
  readonly name: string;
  /** As `evaluateNumbers` gives it. */
  readonly measured: NumberEvaluation;
  /** The same figures on the rows that the model has learned from. */
  readonly learned?: Figures;
  /** Actual and predicted values; of many rows a sample, drawn by the seed. */
  readonly pairs: readonly (readonly [actual: number, predicted: number])[];
}

/** A row that was taken for another class. */
export interface ConfusedRow {
  /** The number of the row in its source, from 1. */
  readonly row: number;
  /** Indices of classes. */
  readonly truth: number;
  readonly prediction: number;
  /** Of the predicted class. */
  readonly probability: number;
  /** Of a picture: its pixels, row by row. */
  readonly pixels?: readonly number[];
}
