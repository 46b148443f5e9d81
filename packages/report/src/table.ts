/**
 * Tables of text in columns, like the library's `summary()`: a header, a rule, the rows.
 */
import { displayWidth, pad, plainText } from './text.ts';

/** One column: its title, and on which side its cells stand. */
export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/**
 * A table as text without a final line break. Cells are shown without control characters.
 *
 * @param columns - titles and sides
 * @param rows - cells, as many a row as there are columns
 */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
): string {
  const titles = columns.map((column) => plainText(column.title));
  const cells = rows.map((row) => row.map(plainText));
  const widths = titles.map((title, index) =>
    cells.reduce(
      (width, row) => Math.max(width, displayWidth(row[index] ?? '')),
      displayWidth(title),
    ),
  );
  const line = (row: readonly string[]): string =>
    widths
      .map((width, index) => pad(row[index] ?? '', width, columns[index]?.align))
      .join('  ')
      .trimEnd();
  const rule = '─'.repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  return [line(titles), rule, ...cells.map(line)].join('\n');
}

/** Names and values in two columns, without a header. */
export function renderPairs(pairs: readonly (readonly [name: string, value: string])[]): string {
  const names = pairs.map(([name]) => plainText(name));
  const width = names.reduce((most, name) => Math.max(most, displayWidth(name)), 0);
  return pairs
    .map(([, value], index) => `${pad(names[index] ?? '', width)}  ${plainText(value)}`.trimEnd())
    .join('\n');
}
