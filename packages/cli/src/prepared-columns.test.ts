import { fitPreparation, tableFromRows, type RowRecord } from 'vinculum';
import { describe, expect, it } from 'vitest';
import { preparedNames } from './prepared-columns.ts';

const PENGUINS: readonly RowRecord[] = [
  { island: 'Dream', bill: 39, sex: 'male', ringed: true },
  { island: 'Biscoe', bill: 41, sex: null, ringed: false },
  { island: 'Dream', bill: null, sex: 'female', ringed: null },
  { island: 'Torgersen', bill: 46, sex: 'male', ringed: true },
];

describe('preparedNames', () => {
  it('names the columns of the matrix', () => {
    const preparation = fitPreparation(tableFromRows(PENGUINS));
    expect(preparedNames(preparation)).toEqual([
      'island=Biscoe',
      'island=Dream',
      'island=Torgersen',
      'bill',
      'sex=female',
      'sex=male',
      'sex=(missing)',
      'ringed',
    ]);
  });

  it('accepts columns and categories with the names of properties', () => {
    const fitted = fitPreparation(
      tableFromRows([
        JSON.parse('{"__proto__": "constructor", "toString": 1}') as RowRecord,
        JSON.parse('{"toString": 2, "__proto__": "__proto__"}') as RowRecord,
      ]),
    );
    expect(preparedNames(fitted)).toEqual([
      '__proto__=__proto__',
      '__proto__=constructor',
      'toString',
    ]);
  });
});
