/** What is wrong with the data of a run: a column that tells the answer, rows on both sides of the split, rows that differ. */
import { METRICS } from 'vinculum/internal';
import { count, percent } from '../html/figures.ts';
import type { ReportRecord } from '../record/report-record.ts';
import { driftOf } from './drift.ts';
import { standingOf } from './standing.ts';
import type { ReportWarning } from './warning.ts';

/** Findings of the data that mean that a column tells the answer, and what each of them says of the column. */
const LEAKS: ReadonlyMap<string, string> = new Map([
  ['copied-target', 'copies the target'],
  ['telling-gaps', 'is empty exactly where the answer is one class, so its gaps tell the answer'],
  ['row-numbers', 'numbers the rows, so it tells the answer if they are in some order'],
]);

/** Columns that tell the answer, as the reader of the data has found them. */
export function copiedTarget({ data }: ReportRecord): ReportWarning[] {
  return data.warnings.flatMap(({ code, column = '' }): ReportWarning[] => {
    const says = LEAKS.get(code);
    if (says === undefined) return [];
    const message = `The column '${column}' ${says}.`;
    const remedy = `If it is not known when a prediction is made, train again with --drop ${column}.`;
    return [{ code: 'leak', message, remedy, section: 'data' }];
  });
}

/** A score this near to perfect … */
const NEARLY_PERFECT = 0.98;

/** … of which one column makes this share is suspicious. */
const WHOLE_SHARE = 0.9;

/** One column that nearly makes the whole of a nearly perfect score. */
export function tellingColumn(record: ReportRecord): ReportWarning[] {
  const { importance, evaluation, data } = record;
  const columns = importance?.measured.columns ?? [];
  const [first, second] = columns.map(({ column, mean }) => ({ name: column, mean: mean ?? 0 }));
  const known = data.warnings.some(({ code }) => LEAKS.has(code));
  if (first === undefined || second === undefined || known) return [];
  // The shares of an error are no shares of a score.
  if (METRICS[importance?.measured.metric ?? 'accuracy'].better !== 'up') return [];
  const standing = evaluation && standingOf(evaluation);
  if (standing === undefined || standing.better !== 'up' || standing.value < NEARLY_PERFECT)
    return [];
  const all = columns.reduce((sum, { mean }) => sum + Math.max(0, mean ?? 0), 0);
  if (columns.length < 3 || first.mean < WHOLE_SHARE * all) return [];
  return [
    {
      code: 'leak',
      message: `Nearly the whole score comes from the column '${first.name}': without it the model loses ${percent(first.mean)}, without any other column at most ${percent(Math.max(0, second.mean))}.`,
      remedy: `Ask whether '${first.name}' is known before the answer is; if it is not, train again with --drop ${first.name}.`,
      section: 'importance',
    },
  ];
}

/** From this share of the held-out rows on, the score rewards memory. */
const REPEATED_SHARE = 0.1;

/** Held-out rows that were learned from. */
export function rowsOnBothSides({ data }: ReportRecord): ReportWarning[] {
  const { acrossSplit } = data.duplicates;
  const { test } = data.rows;
  if (test === 0 || acrossSplit <= REPEATED_SHARE * test) return [];
  return [
    {
      code: 'repeated-across-split',
      message: `${count(acrossSplit)} of ${count(test)} held-out rows have the inputs of a row that was learned from, so the score rewards memory.`,
      remedy:
        'Remove repeated rows, or keep those that belong together on one side with --group COLUMN.',
      section: 'data',
    },
  ];
}

/** The most columns that are named. */
const MOST_NAMES = 3;

/** Columns whose held-out rows look unlike the rows that were learned from. */
export function drift({ data }: ReportRecord): ReportWarning[] {
  const drifted = data.columns
    .flatMap((column) => {
      const found = driftOf(column);
      return found?.isLarge === true ? [{ name: column.name, distance: found.distance }] : [];
    })
    .toSorted((a, b) => b.distance - a.distance);
  if (drifted.length === 0) return [];
  const names = drifted.slice(0, MOST_NAMES).map(({ name }) => `'${name}'`);
  const more = drifted.length - names.length;
  return [
    {
      code: 'drift',
      message: `The held-out rows differ from the training rows in ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}, by more than chance.`,
      remedy:
        'If the rows are in the order of time, this is what happens in use; otherwise look for how the rows were divided.',
      section: 'data',
    },
  ];
}
