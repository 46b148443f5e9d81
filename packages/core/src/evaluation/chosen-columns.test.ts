import { expect, test } from 'vitest';
import { Regressor } from '../estimators/regressor.ts';
import { permutationImportance } from './permutation-importance.ts';

const ROWS = Array.from({ length: 12 }, (_, i) => ({ a: i, b: (i * 5) % 12, c: i % 3 }));
const TARGETS = ROWS.map(({ a, b }) => a + b);

test('the importance of chosen columns is that which they have among all', async () => {
  const model = await new Regressor({ maxIter: 5, hiddenLayerSizes: [4] }).fit(ROWS, TARGETS);
  const all = permutationImportance(model, ROWS, TARGETS);
  const chosen = permutationImportance(model, ROWS, TARGETS, { columns: ['c', 'a'] });
  expect(chosen.columns).toEqual(all.columns.filter(({ column }) => column !== 'b'));
  expect(() => permutationImportance(model, ROWS, TARGETS, { columns: ['d'] })).toThrow(
    /columns .*d.* must be ones that the model uses/,
  );
});
