/** What a user should know of how a file was read, a sentence each. */
import { cellAt, type Column, type DataNote } from 'vinculum';
import { listed, show } from 'vinculum/internal';
import type { OpenSource } from '../source.ts';
import { unnamedColumn } from './header.ts';

/** Words that were read as missing; the empty cell needs no word. */
export function missingNotes(column: string, missing: ReadonlyMap<string, number>): DataNote[] {
  const words = [...missing].filter(([word]) => word !== '');
  if (words.length === 0) return [];
  const counts = words.map(([word, count]) => `${show(word)} (${count})`);
  return [
    {
      code: 'missing-words',
      column,
      count: words.reduce((sum, [, count]) => sum + count, 0),
      message: `column ${show(column)}: ${listed(counts)} ${words.length === 1 ? 'is' : 'are'} read as missing`,
    },
  ];
}

/** How pandas names an index column that it reads back. */
const PANDAS_INDEX = /^Unnamed: \d+$/;

/**
 * The columns without those that spreadsheets, pandas and R add: an unnamed index at the front, and unnamed empty columns.
 *
 * @throws {DataError} when another unnamed column holds values
 */
export function withoutIndex(
  source: OpenSource,
  columns: readonly Column[],
): { readonly columns: Column[]; readonly left: readonly DataNote[] } {
  const left: DataNote[] = [];
  const names = columns.map(({ name }) => name);
  const kept = columns.filter((column, index) => {
    const { name } = column;
    const unnamed = name === '';
    if (!unnamed && !(index === 0 && PANDAS_INDEX.test(name))) return true;
    const title = unnamed ? `column ${index + 1}, which has no name,` : `column ${show(name)}`;
    if (isEmpty(column)) {
      left.push({ code: 'unnamed-empty', message: `${title} is left out: it has no values` });
      return false;
    }
    if (index === 0 && columns.length > 1 && numbersRows(column, !unnamed)) {
      left.push({
        code: 'index',
        message: `${title} is left out: it only numbers or names the rows`,
      });
      return false;
    }
    if (unnamed) throw unnamedColumn(source, names, index);
    return true;
  });
  return { columns: kept, left };
}

function isEmpty(column: Column): boolean {
  for (let row = 0; row < column.values.length; row++)
    if (cellAt(column, row) !== null) return false;
  return true;
}

/** Whether each row has its own integer, one more than the row before, or its own text. */
function numbersRows(column: Column, onlyIntegers: boolean): boolean {
  const { values } = column;
  if (column.kind === 'number') {
    const first = column.values[0] ?? NaN;
    return (
      (first === 0 || first === 1) && column.values.every((value, row) => value === first + row)
    );
  }
  if (onlyIntegers || column.kind !== 'text') return false;
  return (
    new Set(values as readonly unknown[]).size === values.length && !column.values.includes(null)
  );
}
