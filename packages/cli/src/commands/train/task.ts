/**
 * The rule by which a run chooses between classification and regression if the user does not say which.
 */
import type { Column } from 'vinculum';
import { looksLikeCode } from 'vinculum/internal';

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
  const { spellings } = column;
  const code = spellings?.find((text) => text !== null && looksLikeCode(text));
  if (column.kind === 'number' && code !== undefined && code !== null && /^0\d/.test(code)) {
    return { task: 'classification', reason: `the target has codes such as ${code}` };
  }
  if (column.kind === 'number' && column.reading?.unit !== undefined) {
    return { task: 'regression', reason: `the target counts ${column.reading.unit}` };
  }
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
        reason: `the target has more than ${MAX_INTEGER_CLASSES} distinct integers; --task classification takes them for classes`,
      };
    }
  }
  return {
    task: 'classification',
    reason: `the target has ${distinct.size} distinct ${distinct.size === 1 ? 'integer' : 'integers'}; --task regression takes them for quantities`,
  };
}
