import { describe, expect, it } from 'vitest';
import { BLOCK_CELLS, CellStore } from './cell-store.ts';
import { NumberCells } from './number-cells.ts';

/** Cells that fill two blocks and a part of a third one, in all the forms that a column of numbers has. */
const CELLS: readonly string[] = Array.from({ length: 2 * BLOCK_CELLS + 1000 }, (_, row) => {
  if (row % 1009 === 0) return row % 2 === 0 ? 'NA' : '';
  if (row % 5003 === 0) return `00${row}`;
  if (row % 31 === 0) return `${row}.123456789012345`;
  return row % 3 === 0 ? `${row % 1000}.${String(row % 900).padStart(3, '0')}` : String(row);
});

function filled(store?: CellStore): NumberCells {
  const cells = new NumberCells('.', store);
  for (const text of CELLS) {
    const bytes = Buffer.from(text);
    if (text === 'NA' || text === '') cells.pushMissing(text);
    else if (!cells.take(bytes, 0, bytes.length)) cells.push(Number(text), text);
  }
  return cells;
}

describe('the cells of a column of numbers', () => {
  it.each([
    ['in memory', undefined],
    ['in memory, in a store', Infinity],
    ['in a file from the first block on', 0],
    ['in a file from the second block on', 700_000],
  ])('come back as they were spelt: %s', (_, most) => {
    const store = most === undefined ? undefined : new CellStore('test', most);
    const cells = filled(store);
    try {
      expect(cells.isStored).toBe(most === 0 || most === 700_000);
      expect(cells.length).toBe(CELLS.length);
      const expected = Float64Array.from(CELLS, (text) =>
        text === 'NA' || text === '' ? NaN : Number(text),
      );
      expect(cells.values()).toEqual(expected);
      for (const [first, end] of [
        [0, 3],
        [65_530, 65_540],
        [100, 131_080],
        [CELLS.length - 2, CELLS.length],
      ] as const) {
        expect(cells.loader().range(first, end)).toEqual(expected.slice(first, end));
      }
      const wrong = CELLS.findIndex((text, row) => cells.spellingOf(row) !== text);
      expect(wrong).toBe(-1);
      expect(cells.marks()).toEqual(filled().marks());
      expect(cells.losesSpelling(1e6, () => false)).toBe(true);
    } finally {
      store?.close();
    }
  });

  it('are forgotten when they are cleared, and filled again', () => {
    const cells = filled();
    cells.clear(false);
    expect(cells.length).toBe(0);
    cells.pushPlain(7);
    expect(cells.spellingOf(0)).toBe('7');
    expect(cells.values()).toEqual(Float64Array.of(7));
  });
});
