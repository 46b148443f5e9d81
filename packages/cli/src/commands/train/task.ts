/**
 * The rule by which a run chooses between classification and regression if the user does not say which.
 */
import type { Column } from 'vinculum';

/** What kind of question a target asks. */
export type Task = 'classification' | 'regression';

/** The largest number of distinct integers that are still read as class names. */
const MAX_INTEGER_CLASSES = 20;

/**
 * The task that a target column asks for: text and truth values are classes, so are integers with at most 20
 * distinct values; other numbers are quantities.
 *
 * @returns the task and the reason in words, for the user
 * @example
 * inferTask(columnOfTable(table, 'fur')).task; // 'classification'
 */
export function inferTask(column: Column): { readonly task: Task; readonly reason: string } {
  if (column.kind !== 'number') {
    const kind = column.kind === 'text' ? 'text' : 'true or false';
    return { task: 'classification', reason: `the target is ${kind}` };
  }
  const distinct = new Set<number>();
  for (const value of column.values) {
    if (Number.isNaN(value)) continue;
    if (!Number.isInteger(value)) return { task: 'regression', reason: 'the target has fractions' };
    distinct.add(value);
    if (distinct.size > MAX_INTEGER_CLASSES) {
      return {
        task: 'regression',
        reason: `the target has more than ${MAX_INTEGER_CLASSES} distinct integers`,
      };
    }
  }
  return {
    task: 'classification',
    reason: `the target has ${distinct.size} distinct ${distinct.size === 1 ? 'integer' : 'integers'}`,
  };
}
