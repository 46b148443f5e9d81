/**
 * The warnings of a run, those first that make the score unbelievable. Each rule is a row of the table; a healthy run has no
 * warning. The rules read the record alone, so the same run has the same warnings in the page and wherever else they are shown.
 */
import type { ReportRecord } from '../record/report-record.ts';
import { copiedTarget, drift, rowsOnBothSides, tellingColumn } from './data-warnings.ts';
import {
  fewRows,
  missedClass,
  neverPredicted,
  noBetterThanGuess,
  overfitting,
  uncalibrated,
} from './score-warnings.ts';
import { deadUnits, notConverged, skippedSteps } from './training-warnings.ts';
import type { ReportWarning, WarningRule } from './warning.ts';

/** In the order in which they are shown. */
const RULES: readonly WarningRule[] = [
  copiedTarget,
  tellingColumn,
  rowsOnBothSides,
  noBetterThanGuess,
  fewRows,
  neverPredicted,
  missedClass,
  overfitting,
  notConverged,
  skippedSteps,
  drift,
  deadUnits,
  uncalibrated,
];

/** What a reader should know before the score is believed. */
export function warningsOf(record: ReportRecord): readonly ReportWarning[] {
  return RULES.flatMap((rule) => rule(record));
}
