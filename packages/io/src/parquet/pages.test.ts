import { describe, expect, it } from 'vitest';
import { checkLevels, checkPage, pageHeads, type PageHead } from './pages.ts';

const DICTIONARY_INDICES = 8;
const head = (values: number, kind: PageHead['kind'] = 'values'): PageHead => ({
  kind,
  values,
  encoding: DICTIONARY_INDICES,
  levelBytes: 0,
  isPacked: true,
  start: 0,
  end: 0,
});

/** A number in groups of seven bits, the lowest first. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

/** A width of one bit, and a run of one value. */
const page = (count: number): Uint8Array => Uint8Array.from([1, ...varint(2 * count), 1]);

describe('the pages of a Parquet file', () => {
  it('have as many values in their runs as their heads say', () => {
    expect(() => checkPage(head(5), page(5), false)).not.toThrow();
    expect(() => checkPage(head(5), Uint8Array.of(1, 3, 0b10101), false)).not.toThrow();
    expect(() => checkPage(head(5), page(2 ** 30), false)).toThrow(
      /a run of 1073741824 values in a page of 5/,
    );
    expect(() => checkPage(head(5), page(0), false)).toThrow(/a run of no values/);
  });

  it('have levels of the same kind before their values', () => {
    const levels = [...varint(2 * 2 ** 30), 1];
    const content = Uint8Array.from([levels.length, 0, 0, 0, ...levels, 1, 10, 1]);
    expect(() => checkPage(head(5), content, true)).toThrow(/a run of 1073741824 values/);
    const second = { ...head(5, 'values-2'), levelBytes: levels.length };
    expect(() => checkLevels(second, Uint8Array.from(levels), true)).toThrow(/a run of/);
    expect(() => checkLevels(second, Uint8Array.from(levels), false)).not.toThrow();
    expect(() => checkPage(head(5), Uint8Array.of(9, 0, 0, 0, 1), true)).toThrow(/not whole/);
  });

  it('hold no more values of a dictionary than bytes', () => {
    const dictionary = head(2 ** 31 - 1, 'dictionary');
    expect(() => checkPage(dictionary, new Uint8Array(100), false)).toThrow(/in 100 bytes/);
  });

  it('are refused by their heads if they are longer than the column, or have too many values', () => {
    // A page of 3 values in 2 bytes: type 0, sizes 2 and 2, and the head of its values with encoding 0.
    const bytes = (values: number, size: number): Uint8Array =>
      Uint8Array.from([
        0x15,
        0,
        0x15,
        4,
        0x15,
        2 * size,
        0x2c,
        0x15,
        2 * values,
        0x15,
        0,
        0,
        0,
        7,
        7,
      ]);
    expect(pageHeads(bytes(3, 2), 3)).toMatchObject([{ kind: 'values', values: 3, end: 15 }]);
    expect(() => pageHeads(bytes(3, 3), 3)).toThrow(/not whole/);
    expect(() => pageHeads(bytes(4, 2), 3)).toThrow(/4 values in a group of 3 rows/);
    expect(() => pageHeads(Uint8Array.of(0x1c, 0x1c, 0x1c, 0x1c), 3)).toThrow(/a page/);
  });
});
