/**
 * What `evaluateClasses` finds out about a classifier: a record of plain data that can be written as JSON and read by a report. Every
 * class is named by its index in `classes`. Counts are sums of sample weights, where rows have them.
 */
import type { Label } from '../arrays/labels.ts';
import type { BaselineFigures, Figure, FigureIntervals, Figures, Resampling } from './figure.ts';

/** See the head of this file. */
export interface ClassEvaluation {
  readonly task: 'classes';
  readonly rows: number;
  /** Σ w; the number of rows if they have no weights. */
  readonly weight: number;
  readonly classes: readonly Label[];
  /** Every metric of the registry that fits classes. */
  readonly figures: Figures;
  readonly intervals: FigureIntervals;
  readonly resampling: Resampling;
  /** In the order of the classes. */
  readonly perClass: readonly ClassFigures[];
  /**
   * The mean over the classes, and the mean by support. Precision, recall and F1 are those of `figures`; the areas are means over the
   * classes for which they are defined, where those of `figures` are null if a class has no area.
   */
  readonly averages: { readonly macro: ClassAverages; readonly weighted: ClassAverages };
  /** counts[truth][prediction]. */
  readonly confusion: readonly (readonly number[])[];
  /** The pairs that are confused, the most frequent first; pairs without rows are absent. */
  readonly confusions: readonly ConfusedPair[];
  /** Of each class against the rest; of two classes only those of the second one, because those of the first are their mirror. */
  readonly curves: readonly ClassCurves[];
  /** What other thresholds than 0.5 would do; only for two classes. */
  readonly thresholds?: ThresholdTable;
  readonly calibration: CalibrationFigures;
  readonly baselines: readonly BaselineFigures[];
}

/** Figures that exist for each class and as means over the classes. */
export interface ClassAverages {
  readonly precision: Figure;
  readonly recall: Figure;
  readonly f1: Figure;
  readonly rocAuc: Figure;
  readonly averagePrecision: Figure;
}

/**
 * The figures of one class against the rest. Precision, recall and F1 are 0 where their divisor is 0; both areas are null for a class
 * without rows, and the area under the ROC curve also for a class with all rows.
 */
export interface ClassFigures extends ClassAverages {
  readonly label: Label;
  /** Rows that belong to the class. */
  readonly support: number;
  /** Rows that were predicted to belong to it. */
  readonly predicted: number;
}

/** Rows of one class that were taken for another one. */
export interface ConfusedPair {
  readonly truth: number;
  readonly prediction: number;
  readonly count: number;
  /** The share of the rows of the true class, in (0, 1]. */
  readonly share: number;
}

/** The curves of one class, as lists of equal length. */
export interface ClassCurves {
  /** The index of the class. */
  readonly of: number;
  /** From (0, 0) to (1, 1); null if the class has no rows or all rows. */
  readonly roc: RocCurve | null;
  /** From the largest score to the smallest; null if the class has no rows. */
  readonly precisionRecall: PrecisionRecallCurve | null;
}

export interface RocCurve {
  readonly falsePositiveRate: readonly number[];
  readonly truePositiveRate: readonly number[];
  /** Rows count as positive from this score on; null at (0, 0), where no row does. */
  readonly threshold: readonly Figure[];
}

export interface PrecisionRecallCurve {
  readonly recall: readonly number[];
  readonly precision: readonly number[];
  /** Null at recall 0 and precision 1, where no row counts as positive. */
  readonly threshold: readonly Figure[];
}

/** What happens if a row belongs to the second class from a given probability on. */
export interface ThresholdTable {
  /** The index of the class whose probability is compared: 1. */
  readonly of: number;
  /** At 0.05, 0.1, …, 0.95. */
  readonly rows: readonly ThresholdFigures[];
  /** The row with the largest value of each figure, among all thresholds that make a difference. */
  readonly best: Readonly<Record<'accuracy' | 'balancedAccuracy' | 'f1' | 'mcc', ThresholdFigures>>;
}

export interface ThresholdFigures {
  readonly threshold: number;
  /** The share of the rows with at least this probability. */
  readonly positiveShare: number;
  /** Null if no row has this probability. */
  readonly precision: Figure;
  /** Null if the class has no rows. */
  readonly recall: Figure;
  /** The share of the rows of the other class that stay below. Null if there are none. */
  readonly specificity: Figure;
  readonly accuracy: number;
  readonly balancedAccuracy: Figure;
  readonly f1: number;
  readonly mcc: number;
}

/** Whether the probabilities are as large as the shares that they promise. */
export interface CalibrationFigures {
  /** Whose probability is looked at: that of the second of two classes, or of the predicted class of more. */
  readonly of: 'second class' | 'predicted class';
  /** Bins of equal width. */
  readonly uniform: readonly ReliabilityBin[];
  /** Bins of about as many rows. */
  readonly quantile: readonly ReliabilityBin[];
  /** The expected calibration error: the mean of |share − probability| over the uniform bins, by their weight. */
  readonly ece: Figure;
  /** The maximum calibration error: the largest |share − probability| of a uniform bin. */
  readonly mce: Figure;
  /** The temperature by which the logits should be divided for the least log loss on these rows; 1 if none is noticeably better. */
  readonly temperature: number;
  /** The log loss at that temperature. */
  readonly logLossAtTemperature: Figure;
}

/** A bin of probabilities; bins without rows are absent. */
export interface ReliabilityBin {
  /** The bin holds probabilities above `low` and up to `high`; the first one holds `low` too. */
  readonly low: number;
  readonly high: number;
  /** Rows in the bin. */
  readonly count: number;
  readonly meanProbability: number;
  /** The share of its rows for which what the probability is of was true. */
  readonly share: number;
}
