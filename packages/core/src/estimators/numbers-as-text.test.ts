/** Rows as forms, JSON and databases give them: numbers that are text. */
import { describe, expect, it } from 'vitest';
import { tableFromRows } from '../tables/table-from-rows.ts';
import { DataError } from '../words/errors.ts';
import { Classifier } from './classifier.ts';
import { Regressor } from './regressor.ts';

const rows = Array.from({ length: 60 }, (_, i) => ({
  size: String((i * 7) % 60),
  price: `$${((i * 13) % 50) + 1}.50`,
  day: `2031-01-${String((i % 28) + 1).padStart(2, '0')}`,
  code: `0${i % 3}`,
}));
const targets = rows.map((row) => 3 * Number(row.size));

describe('numbers as text', () => {
  it('are numbers, and the notes say so', async () => {
    const model = await new Regressor({ maxIter: 5 }).fit(rows, targets);
    expect(model.preparation.columns.map(({ kind }) => kind)).toEqual([
      'number',
      'number',
      'date',
      'text',
    ]);
    expect(model.notes.map(({ code, column }) => [code, column])).toEqual([
      ['numbers-as-text', 'size'],
      ['decorated-numbers', 'price'],
      ['date', 'day'],
      ['codes', 'code'],
    ]);
    const plain = rows.map((row) => ({ ...row, size: Number(row.size) }));
    const twin = await new Regressor({ maxIter: 5 }).fit(plain, targets);
    expect(model.predict(rows)).toEqual(twin.predict(plain));
    // A prediction may come with numbers, too.
    expect(model.predict(plain)).toEqual(model.predict(rows));
  });

  it('a single row of a category that looks like a number stays a category', async () => {
    const kinds = Array.from({ length: 40 }, (_, i) => ({ kind: ['7', 'x', '1,234'][i % 3]! }));
    const labels = kinds.map(({ kind }) => (kind === '7' ? 'a' : 'b'));
    const model = await new Classifier({ maxIter: 60, learningRateInit: 0.05 }).fit(kinds, labels);
    expect(model.predict([{ kind: '7' }])).toEqual(['a']);
    expect(model.predict([{ kind: '1,234' }])).toEqual(['b']);
  });

  it('with two readings, or with one stray word, are refused by the name of the column', () => {
    const open = ['1,234', '2,500'].map((n) => ({ n }));
    expect(() => tableFromRows(open)).toThrow(DataError);
    expect(() => tableFromRows(open)).toThrow(/column 'n' must be a number with one reading/);
    const stray = Array.from({ length: 30 }, (_, i) => ({ n: i === 7 ? 'seven' : String(i) }));
    expect(() => tableFromRows(stray)).toThrow(/column 'n' must be a number; got 'seven' in row 8/);
  });

  it('a text that is no number in a row to predict is refused by its row', async () => {
    const model = await new Regressor({ maxIter: 2 }).fit(rows, targets);
    const wrong = [rows[0]!, { ...rows[1]!, size: 'many' }];
    expect(() => model.predict(wrong)).toThrow(/column 'size' must hold numbers.*'many' in row 2/);
  });
});

describe('JSON of an estimator', () => {
  it('is refused, because it would lose the weights', async () => {
    const model = await new Regressor({ maxIter: 2 }).fit(rows, targets);
    expect(() => JSON.stringify({ model })).toThrow(/toSafetensors\(regressor\)/);
  });
});
