/**
 * What rows carry beside their values and targets: how much each row counts, and which rows a split must keep together.
 */
import { sampleWeightsOf } from '../arrays/sample-weights.ts';
import { readSplitRoles, type SplitRoles } from '../arrays/split-rule.ts';
import type { Label } from '../arrays/labels.ts';
import { checkOptions } from '../words/options.ts';
import type { TargetRows } from './recipe-request.ts';

/** The options of `score`. */
export interface ScoreOptions {
  /** One a row, non-negative; a weight of 2 counts as the row given twice, in the loss and in every score. */
  readonly sampleWeight?: ArrayLike<number>;
}

/** The options of `fit`. `groups` and `time` say which rows early stopping may watch. */
export interface SampleOptions extends ScoreOptions, SplitRoles {}

/** The options of `partialFit` of a classifier. */
export interface ClassPassOptions extends ScoreOptions {
  /** All classes, for the first call if its labels do not have all of them. */
  readonly classes?: readonly Label[];
}

/** What the rows of a fit carry beside their targets, checked. */
export function readSampleOptions(
  where: string,
  options: SampleOptions,
  rows: number,
): Pick<TargetRows, 'sampleWeights' | 'split'> {
  checkOptions(where, options, ['sampleWeight', 'groups', 'time']);
  return {
    sampleWeights: options.sampleWeight,
    split: readSplitRoles(where, options, rows),
  };
}

/** The weights of rows that are scored. */
export function readScoreOptions(
  where: string,
  options: ScoreOptions,
  rows: number,
): Float64Array | undefined {
  checkOptions(where, options, ['sampleWeight']);
  return sampleWeightsOf(where, 'sampleWeight', options.sampleWeight, rows);
}
