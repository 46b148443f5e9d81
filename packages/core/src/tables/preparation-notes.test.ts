import { describe, expect, it } from 'vitest';
import { fitPreparation } from './preparation.ts';
import { preparationNotes } from './preparation-notes.ts';
import { tableFromRows } from './table-from-rows.ts';

describe('preparationNotes', () => {
  const rows = Array.from({ length: 200 }, (_, i) => ({
    id: `row ${i}`,
    town: i < 100 ? `town ${i % 30}` : `village ${i}`,
    empty: null,
    x: i,
  }));
  const fitted = fitPreparation(tableFromRows(rows), { maxCategories: 40 });

  it('says which columns and categories are left out', () => {
    expect(preparationNotes(fitted).map(({ message }) => message)).toEqual([
      "column 'id' is left out: nearly every row has its own text",
      "column 'town': 100 rare categories are read as unknown",
      "column 'empty' is left out: it has no values",
    ]);
  });
});
