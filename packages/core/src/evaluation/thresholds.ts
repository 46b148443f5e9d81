/**
 * The table of thresholds: what a classifier of two classes does if a row belongs to the second class from another probability than
 * 0.5 on. Where one mistake costs more than the other, another threshold is better.
 */
import type { ThresholdFigures, ThresholdTable } from './class-evaluation.ts';
import type { RankedCounts } from './curves.ts';
import { figureOf, valueOf } from './figure.ts';

/** The thresholds of the table are multiples of 1/20. */
const STEPS = 20;

/**
 * The table.
 *
 * @param counts - of the second class, by falling threshold; without rows there is no table
 */
export function thresholdTable(counts: readonly RankedCounts[]): ThresholdTable | undefined {
  const all = counts.at(-1);
  if (all === undefined) return undefined;
  const rows = Array.from({ length: STEPS - 1 }, (_, i) => {
    const threshold = (i + 1) / STEPS;
    return figuresAt(threshold, countsFrom(counts, threshold), all);
  });
  const candidates = counts.map((one) => figuresAt(one.threshold, one, all));
  const best = (name: keyof ThresholdTable['best']): ThresholdFigures =>
    candidates.reduce((most, one) => (valueOf(one[name]) > valueOf(most[name]) ? one : most));
  return {
    of: 1,
    rows,
    best: {
      accuracy: best('accuracy'),
      balancedAccuracy: best('balancedAccuracy'),
      f1: best('f1'),
      mcc: best('mcc'),
    },
  };
}

type Counted = Pick<RankedCounts, 'truePositives' | 'falsePositives'>;

/** The counts of the rows whose score is at least the threshold. */
function countsFrom(counts: readonly RankedCounts[], threshold: number): Counted {
  return (
    counts.findLast((one) => one.threshold >= threshold) ?? { truePositives: 0, falsePositives: 0 }
  );
}

function figuresAt(threshold: number, counted: Counted, all: Counted): ThresholdFigures {
  const { truePositives: hits, falsePositives: alarms } = counted;
  const { truePositives: positives, falsePositives: negatives } = all;
  const quiet = negatives - alarms;
  const missed = positives - hits;
  const recall = hits / positives;
  const specificity = quiet / negatives;
  const spread = (hits + alarms) * positives * negatives * (quiet + missed);
  return {
    threshold,
    positiveShare: (hits + alarms) / (positives + negatives),
    precision: figureOf(hits / (hits + alarms)),
    recall: figureOf(recall),
    specificity: figureOf(specificity),
    accuracy: (hits + quiet) / (positives + negatives),
    balancedAccuracy: figureOf((recall + specificity) / 2),
    f1: hits === 0 ? 0 : (2 * hits) / (2 * hits + alarms + missed),
    mcc: spread > 0 ? (hits * quiet - alarms * missed) / Math.sqrt(spread) : 0,
  };
}
