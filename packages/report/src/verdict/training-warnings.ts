/** What the course of a training says against its result. */
import { count, percent } from '../html/figures.ts';
import type { ReportRecord } from '../record/report-record.ts';
import type { EpochFacts, HistoryFacts } from '../record/training-facts.ts';
import type { ReportWarning } from './warning.ts';

/** The last part of the epochs, in which a finished training gets no better. */
const LAST_PART = 0.1;

/** A smaller gain of the last part is not worth more epochs; as a share of the whole gain. */
const LEAST_GAIN = 0.02;

/** The loss was still falling when the epochs ran out. Of an ensemble one network is enough. */
export function notConverged({ training }: ReportRecord): ReportWarning[] {
  const unfinished = training.histories.find(
    (history) =>
      history.stoppedBy === 'epochs' &&
      history.epochs.length >= training.epochs &&
      isFalling(history),
  );
  if (unfinished === undefined) return [];
  const done = unfinished.epochs.length;
  return [
    {
      code: 'not-converged',
      message: `The loss was still falling at the last of ${count(done)} epochs, so the training ended too early.`,
      remedy: `Train longer: --epochs ${2 * done}.`,
      section: 'curves',
    },
  ];
}

function isFalling({ epochs, bestEpoch }: HistoryFacts): boolean {
  const { length } = epochs;
  if (length === 0 || bestEpoch < (1 - LAST_PART) * length) return false;
  const losses = epochs.map(watchedLoss);
  const before = losses.slice(0, Math.max(1, Math.floor((1 - LAST_PART) * length)));
  const first = losses[0] ?? NaN;
  const [early, last] = [Math.min(...before), Math.min(...losses)];
  if (length === 1) return true;
  return early - last > LEAST_GAIN * (first - last);
}

function watchedLoss({ loss, validation }: EpochFacts): number {
  return (validation === undefined ? loss : validation.loss) ?? Infinity;
}

/** Steps whose gradient was no number. */
export function skippedSteps({ training }: ReportRecord): ReportWarning[] {
  const skipped = training.histories.reduce((sum, one) => sum + one.skippedSteps, 0);
  if (skipped === 0) return [];
  return [
    {
      code: 'skipped-steps',
      message: `${count(skipped)} steps were skipped, because their gradient was not a finite number.`,
      remedy:
        'Use a smaller learning rate with --lr, or --clip, and look for extreme values among the inputs.',
      section: 'curves',
    },
  ];
}

/** From this share of its units on, a layer is mostly idle. */
const DEAD_SHARE = 0.5;

/** A layer whose units mostly say the same for every row. */
export function deadUnits({ internals }: ReportRecord): ReportWarning[] {
  return (internals?.units ?? [])
    .filter(({ dead, units }) => dead > DEAD_SHARE * units)
    .map(({ layer, dead, units }) => ({
      code: 'dead-units',
      message: `In ${layer} ${count(dead)} of ${count(units)} units (${percent(dead / units, 0)}) have the same value for every row, so they do nothing.`,
      remedy:
        'Use a smaller learning rate, or an activation such as gelu or silu that is nowhere flat.',
      section: 'internals',
    }));
}
