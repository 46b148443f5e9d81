/**
 * Tables of text in columns, like the library's `summary()`: a header, a rule, the rows. If a width is given, a table
 * that is too wide becomes several tables with the same first column, as pandas prints a wide frame, and a cell of
 * words is broken between words.
 */
import { displayWidth, pad, plainText } from './text.ts';

/** One column: its title, and on which side its cells stand. */
export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** A cell narrower than this is not worth breaking. */
const LEAST_WIDTH = 8;
const GAP = '  ';

/** A column with its cells in the form that is shown, title first. */
interface ShownColumn {
  readonly cells: readonly string[];
  readonly width: number;
  readonly align: 'left' | 'right';
}

/**
 * A table as text without a final line break. Cells are shown without control characters.
 *
 * @param columns - titles and sides
 * @param rows - cells, as many a row as there are columns
 * @param width - the number of columns on the screen; no limit if absent
 */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number = Infinity,
): string {
  const shown = columns.map(({ title, align = 'left' }, index): ShownColumn => {
    const cells = [title, ...rows.map((row) => row[index] ?? '')].map(plainText);
    return { cells, align, width: widest(cells) };
  });
  return blocksOf(shown, width)
    .map((block) => renderBlock(block, width))
    .join('\n\n');
}

/** Names and values in two columns, without a header; a value that is too wide continues on the next line. */
export function renderPairs(
  pairs: readonly (readonly [name: string, value: string])[],
  width: number = Infinity,
): string {
  const names = pairs.map(([name]) => plainText(name));
  const indent = widest(names);
  const room = Math.max(LEAST_WIDTH, width - indent - GAP.length);
  return pairs
    .flatMap(([, value], index) =>
      wrapped(plainText(value), room).map((line, at) =>
        `${pad(at === 0 ? (names[index] ?? '') : '', indent)}${GAP}${line}`.trimEnd(),
      ),
    )
    .join('\n');
}

/** The columns in groups that fit; each group begins with the first column, which identifies the rows. */
function blocksOf(columns: readonly ShownColumn[], width: number): ShownColumn[][] {
  const [key, ...rest] = columns;
  if (key === undefined) return [];
  const blocks: ShownColumn[][] = [[key]];
  let used = key.width;
  for (const column of rest) {
    const last = blocks.at(-1) ?? [];
    const isFull = last.length > 1 && used + GAP.length + column.width > width;
    if (isFull) blocks.push([key, column]);
    else last.push(column);
    used = (isFull ? key.width : used) + GAP.length + column.width;
  }
  return blocks;
}

function renderBlock(columns: readonly ShownColumn[], width: number): string {
  const others = columns.slice(0, -1).reduce((sum, one) => sum + one.width + GAP.length, 0);
  const last = columns.at(-1);
  const room = Math.max(LEAST_WIDTH, width - others);
  const widths = columns.map((column) =>
    column === last ? Math.min(column.width, room) : column.width,
  );
  const rule = '─'.repeat(widths.reduce((sum, one) => sum + one + GAP.length, -GAP.length));
  const lines = (columns[0]?.cells ?? []).flatMap((_, row) => {
    const cells = columns.map(({ cells: all }, index) => {
      const cell = all[row] ?? '';
      return row === 0 ? [cell] : wrapped(cell, widths[index] ?? 0);
    });
    const height = Math.max(...cells.map((cell) => cell.length));
    return Array.from({ length: height }, (_unused, at) =>
      columns
        .map(({ align }, index) => pad(cells[index]?.[at] ?? '', widths[index] ?? 0, align))
        .join(GAP)
        .trimEnd(),
    );
  });
  return [lines[0] ?? '', rule, ...lines.slice(1)].join('\n');
}

/** A text in lines of at most `width` columns, broken between words; a longer word stays whole. */
function wrapped(text: string, width: number): string[] {
  if (displayWidth(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && displayWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

function widest(cells: readonly string[]): number {
  return cells.reduce((width, cell) => Math.max(width, displayWidth(cell)), 0);
}
