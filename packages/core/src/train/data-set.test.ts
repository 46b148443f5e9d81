/** How the rows of a batch come into a window that does not hold the whole data set. */
import { describe, expect, it } from 'vitest';
import { readMatrix } from '../arrays/matrix.ts';
import { shuffleRows } from '../random/shuffle.ts';
import { DataSet } from './data-set.ts';

const COLUMNS = 3;
const WINDOW = 24;

/** Rows numbered from `first` on: each value, label and weight says which row it belongs to. */
function rowsFrom(first: number, count: number) {
  const data = Float32Array.from({ length: count * COLUMNS }, (_, i) => first * COLUMNS + i);
  const labels = Int32Array.from({ length: count }, (_, row) => first + row);
  const weights = Float64Array.from({ length: count }, (_, row) => first + row + 0.5);
  const targets = { kind: 'labels' as const, labels, rows: count };
  return { matrix: readMatrix({ data, shape: [count, COLUMNS] }), targets, weights };
}

describe('a window that is smaller than its data set', () => {
  const set = new DataSet([rowsFrom(0, 50), rowsFrom(50, 30)], 'float32');
  const views = new Map<string, Float32Array | Int32Array>([
    ['window.x', new Float32Array(WINDOW * COLUMNS)],
    ['window.target', new Int32Array(WINDOW)],
    ['window.weights', new Float32Array(WINDOW)],
  ]);
  set.open({ view: (name: string) => views.get(name) } as never);
  const ordered = Uint32Array.from({ length: 80 }, (_, row) => row);
  const shuffled = ordered.slice();
  shuffleRows(shuffled, 1, 0);
  // Long and short stretches in order, and one that ends at the last row of a part.
  const stretches = Uint32Array.from([...ordered.slice(30, 70), 5, 6, 7, ...ordered.slice(40, 77)]);

  it.each([
    ['in order', ordered, false],
    ['in order', ordered, true],
    ['shuffled', shuffled, false],
    ['shuffled', shuffled, true],
    ['in stretches', stretches, true],
  ])('holds the rows of each batch: %s (case %#)', (_, order, atOnce) => {
    const places = new Uint32Array(WINDOW);
    for (let start = 0; start < order.length; start += WINDOW) {
      const count = Math.min(WINDOW, order.length - start);
      for (const view of views.values()) view.fill(-1);
      set.placesInto(places, order, start, count, atOnce);
      const rows = Array.from(order.subarray(start, start + count));
      expect(Array.from(places.subarray(0, count))).toEqual(rows.map((_row, place) => place));
      expect(Array.from(views.get('window.x')!.subarray(0, count * COLUMNS))).toEqual(
        rows.flatMap((row) => [0, 1, 2].map((column) => row * COLUMNS + column)),
      );
      expect(Array.from(views.get('window.target')!.subarray(0, count))).toEqual(rows);
      expect(Array.from(views.get('window.weights')!.subarray(0, count))).toEqual(
        rows.map((row) => row + 0.5),
      );
    }
  });
});
