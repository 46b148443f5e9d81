/**
 * The facts of an evaluation on rows that were held out: the scores with their intervals and baselines, and what the plots
 * of a classification or of a regression need. The figures are those of `evaluateClasses` and `evaluateNumbers`.
 */
import type { Figure } from './figure.ts';
import type { Histogram } from './data-facts.ts';

export type EvaluationFacts = ClassFacts | LabelFacts | NumberFacts;

/** One figure of how good a model is. */
export interface ScoreFacts {
  /** As the library names it, such as `accuracy`, `rocAuc` or `rmse`. */
  readonly name: string;
  readonly value: Figure;
  /** Where the value of other rows of the same kind probably lies, by the bootstrap. */
  readonly interval?: readonly [low: number, high: number];
  /** Whether a larger value is better. */
  readonly better: 'up' | 'down';
}

/** A simple model on the same rows, beside which a score is read. */
export interface BaselineFacts {
  /** `guess` always says the same; `linear` is a model without hidden layers. */
  readonly kind: 'guess' | 'linear';
  /** What it does, in words, such as `always 'Adelie'`. */
  readonly says: string;
  readonly scores: readonly ScoreFacts[];
}

interface EvaluationBase {
  /** Which rows these are, in words, such as `held-out rows`. */
  readonly of: string;
  readonly rows: number;
  /** The score of the verdict comes first. */
  readonly scores: readonly ScoreFacts[];
  /** The probability of the intervals, such as 0.95. */
  readonly level: number;
  readonly baselines: readonly BaselineFacts[];
  /** The same scores on the rows that the model has learned from. */
  readonly trainScores?: readonly ScoreFacts[];
}

/** One class of several. */
export interface ClassFacts extends EvaluationBase {
  readonly kind: 'classes';
  readonly classes: readonly string[];
  /** Of two classes: the index of the one that curves and thresholds are about. */
  readonly positive?: number;
  /** Weighted counts: confusion[truth][prediction]. */
  readonly confusion: readonly (readonly number[])[];
  readonly perClass: readonly ClassScoreFacts[];
  /** `macro` and `weighted` means of the classes. */
  readonly averages: readonly AverageFacts[];
  /** One for each class, or of two classes for the positive one alone. */
  readonly curves: readonly ClassCurves[];
  /** Of two classes: the scores at several thresholds. */
  readonly thresholds?: readonly ThresholdFacts[];
  readonly calibration?: CalibrationFacts;
  /** The share of rows whose class is among the k most probable ones. */
  readonly topK?: readonly { readonly k: number; readonly accuracy: number }[];
  /** Held-out rows that were taken for another class, drawn as pictures if the rows are pictures. */
  readonly confusedRows?: readonly ConfusedRow[];
}

/** The truth of several labels in each row. */
export interface LabelFacts extends EvaluationBase {
  readonly kind: 'labels';
  readonly classes: readonly string[];
  readonly perClass: readonly ClassScoreFacts[];
  readonly averages: readonly AverageFacts[];
  /** One for each label. */
  readonly curves: readonly ClassCurves[];
  readonly calibration?: CalibrationFacts;
}

export interface ClassScoreFacts {
  readonly name: string;
  readonly precision: Figure;
  readonly recall: Figure;
  readonly f1: Figure;
  /** Rows that belong to the class. */
  readonly support: number;
  /** Rows that were predicted to belong to it. */
  readonly predicted: number;
  readonly rocAuc?: Figure;
  readonly prAuc?: Figure;
}

export interface AverageFacts {
  readonly name: string;
  readonly precision: Figure;
  readonly recall: Figure;
  readonly f1: Figure;
}

/** The two curves of one class against all others. Points of a long curve may be left out if the line stays the same to the eye. */
export interface ClassCurves {
  readonly name: string;
  /** From (0, 0) to (1, 1). */
  readonly roc: readonly CurvePoint[];
  readonly rocAuc: Figure;
  readonly rocAucInterval?: readonly [low: number, high: number];
  /** x is the recall and y the precision. */
  readonly pr: readonly CurvePoint[];
  readonly prAuc: Figure;
  /** The share of the class among the rows: the precision of a guess. */
  readonly share: number;
}

export interface CurvePoint {
  readonly x: number;
  readonly y: number;
  /** The smallest probability that counts as the class; null for the end at which no row is taken. */
  readonly threshold: Figure;
}

export interface ThresholdFacts {
  readonly threshold: number;
  readonly precision: Figure;
  readonly recall: Figure;
  readonly f1: Figure;
  readonly accuracy: Figure;
  readonly mcc?: Figure;
  /** Rows that count as the positive class. */
  readonly predicted: number;
}

/** Whether probabilities mean what they say. */
export interface CalibrationFacts {
  /** What is binned, in words, such as `probability of the predicted class`. */
  readonly of: string;
  readonly bins: readonly ReliabilityBin[];
  /** Expected calibration error: the mean distance of share and probability, weighted by rows. */
  readonly ece: number;
  /** The largest distance of a bin. */
  readonly mce?: number;
  /** The temperature that the same rows would ask for, and what it would give. */
  readonly temperature?: {
    readonly value: number;
    readonly ece: number;
    readonly logLoss?: number;
  };
}

export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** The mean probability of the rows of the bin; null if it is empty. */
  readonly probability: Figure;
  /** The share of the rows of the bin that are right; null if it is empty. */
  readonly share: Figure;
}

/** A row that was taken for another class. */
export interface ConfusedRow {
  /** The number of the row in its source, from 1. */
  readonly row: number;
  readonly truth: string;
  readonly predicted: string;
  /** Of the predicted class. */
  readonly probability: number;
  /** Of a picture: its pixels, row by row. */
  readonly pixels?: readonly number[];
}

/** Numbers. The scores of several targets are means over the targets. */
export interface NumberFacts extends EvaluationBase {
  readonly kind: 'numbers';
  readonly targets: readonly TargetFacts[];
}

export interface TargetFacts {
  readonly name: string;
  /** The scores of this target alone. */
  readonly scores: readonly ScoreFacts[];
  /** Actual and predicted values; of many rows a sample, drawn by the seed. */
  readonly pairs: readonly (readonly [actual: number, predicted: number])[];
  /** Rows in the sample before it was drawn. */
  readonly rows: number;
  /** Of residuals, actual − predicted. */
  readonly residuals: Histogram;
  /** Quantiles of the residuals against those of the normal distribution of the same mean and deviation. */
  readonly qq: readonly (readonly [normal: number, residual: number])[];
  /** Rows in order of the target, divided into ten parts. */
  readonly deciles: readonly DecileFacts[];
  /** How many of the intervals of a stated probability hold the actual value. */
  readonly coverage?: readonly { readonly level: number; readonly share: number }[];
}

export interface DecileFacts {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  readonly mae: number;
  /** Mean of predicted − actual. */
  readonly bias: number;
}
