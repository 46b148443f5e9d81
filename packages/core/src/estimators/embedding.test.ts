/** The embeddings of a plan: which columns of the prepared matrix they take, and that a saved model keeps them. */
import { describe, expect, it } from 'vitest';
import { fromSafetensors, toSafetensors } from '../formats/model-file.ts';
import { fitPreparation } from '../tables/preparation.ts';
import { prepare } from '../tables/prepare.ts';
import { tableFromRows } from '../tables/table-from-rows.ts';
import { Regressor } from './regressor.ts';

/** A fine structure in one number, beside a category, a truth value and missing numbers. */
const ROWS = Array.from({ length: 200 }, (_, n) => ({
  colour: ['red', 'green', 'blue'][n % 3]!,
  angle: (n * 37) % 100,
  open: n % 2 === 0,
  gap: n % 7 === 0 ? null : n % 11,
}));
const TARGETS = ROWS.map(({ angle }) => Math.sin(angle / 2));

const OPTIONS = { hiddenLayerSizes: [32], addIndicator: true, maxIter: 60, learningRateInit: 0.01 };

describe("the option embedding: 'periodic'", () => {
  it('embeds the numbers, and neither categories, truth values nor indicators', async () => {
    const model = await new Regressor({ ...OPTIONS, embedding: 'periodic', maxIter: 2 }).fit(
      ROWS,
      TARGETS,
    );
    // The prepared columns: 3 of colour, angle, open, gap and its indicator.
    expect(model.network.spec.layers[0]).toMatchObject({
      kind: 'periodic-embedding',
      columns: [3, 5],
    });
    const plain = await new Regressor({ ...OPTIONS, maxIter: 2 }).fit(ROWS, TARGETS);
    expect(plain.network.spec.layers.map(({ kind }) => kind)).toEqual(['dense', 'dense']);
  });

  it("'auto' embeds from 200 rows on", async () => {
    const estimator = new Regressor({ ...OPTIONS, embedding: 'auto', maxIter: 1 });
    for (const [rows, kind] of [
      [199, 'dense'],
      [200, 'periodic-embedding'],
    ] as const) {
      const numbers = Array.from({ length: rows }, (_, i) => i);
      const model = await estimator.fit(
        numbers.map((x) => ({ x })),
        numbers,
      );
      expect(model.network.spec.layers[0]!.kind).toBe(kind);
    }
  });

  it("'auto' embeds at most 60 numbers", async () => {
    const estimator = new Regressor({ ...OPTIONS, embedding: 'auto', maxIter: 1 });
    for (const [columns, kind] of [
      [60, 'periodic-embedding'],
      [61, 'dense'],
    ] as const) {
      const rows = Array.from({ length: 200 }, (_, row) =>
        Array.from({ length: columns }, (_one, column) => (row * (column + 3)) % 17),
      );
      const model = await estimator.fit(
        rows,
        rows.map(([first = 0]) => first),
      );
      expect(model.network.spec.layers[0]!.kind).toBe(kind);
    }
  });

  it('is left out for rows without a number', async () => {
    const estimator = new Regressor({ ...OPTIONS, embedding: 'periodic', maxIter: 2 });
    const model = await estimator.fit(
      ROWS.map(({ colour }) => ({ colour })),
      TARGETS,
    );
    expect(model.network.spec.layers.map(({ kind }) => kind)).toEqual(['dense', 'dense']);
  });

  it('sees a structure that is too fine for plain numbers', async () => {
    const scoreOf = async (embedding: 'none' | 'periodic'): Promise<number> => {
      const model = await new Regressor({ ...OPTIONS, embedding }).fit(ROWS, TARGETS);
      return model.score(ROWS, TARGETS);
    };
    expect(await scoreOf('periodic')).toBeGreaterThan((await scoreOf('none')) + 0.2);
  });

  it('is saved with the model, and a model that is fitted again has the same embedding', async () => {
    const model = await new Regressor({ ...OPTIONS, embedding: 'periodic', maxIter: 3 }).fit(
      ROWS,
      TARGETS,
    );
    const back = fromSafetensors(toSafetensors(model)) as typeof model;
    expect(back.predict(ROWS)).toEqual(model.predict(ROWS));
    const again = await back.fit(ROWS, TARGETS);
    expect(again.predict(ROWS)).toEqual(model.predict(ROWS));
  });

  it('refuses an unknown name', () => {
    const wrong = 'sine' as 'periodic';
    expect(() => new Regressor({ embedding: wrong })).toThrow("embedding 'sine' is unknown");
  });
});

describe('the option embedAbove', () => {
  /** 12 cities, of which 2 occur once; the target is a number of the city. */
  const CITY = Array.from({ length: 200 }, (_, n) => ({
    city: n < 2 ? `rare ${n}` : n % 20 === 7 ? null : `city ${String((n * 7) % 10)}`,
    side: n % 2 === 0 ? 'left' : 'right',
    angle: (n * 37) % 100,
  }));
  const PRICES = CITY.map(
    ({ city }) => [3, 1, 4, 1, 5, 9, 2, 6, 5, 8][Number(city?.slice(5))] ?? 0,
  );

  it('gives a column with more categories a number for each and learned numbers, and leaves others alone', async () => {
    const model = await new Regressor({ ...OPTIONS, embedAbove: 8 }).fit(CITY, PRICES);
    const city = model.preparation.columns[0];
    expect(city).toMatchObject({ kind: 'text', embedded: true, missing: true, omitted: 2 });
    expect(model.preparation.width).toBe(1 + 2 + 1);
    expect(model.network.spec.layers[0]).toEqual({
      kind: 'category-embedding',
      columns: [{ column: 0, levels: 11 }],
      size: 8,
    });
    expect(model.score(CITY, PRICES)).toBeGreaterThan(0.9);
    const exact = await new Regressor({ ...OPTIONS, embedAbove: 12, maxIter: 2 }).fit(CITY, PRICES);
    expect(exact.network.spec.layers[0]).toMatchObject({ kind: 'dense' });
  });

  it('reads a category that is missing, rare or unknown as level 0, and every other as its own', () => {
    const rows = tableFromRows([
      ...CITY.slice(0, 100),
      { city: 'elsewhere', side: 'left', angle: 0 },
    ]);
    const preparation = fitPreparation(tableFromRows(CITY), { embedAbove: 8 });
    const { data, columns } = prepare(preparation, rows);
    const levels = Array.from({ length: 101 }, (_, n) => data[n * columns]);
    expect(levels[0]).toBe(0);
    expect(levels[7]).toBe(0);
    expect(levels[100]).toBe(0);
    const known = CITY.slice(0, 100).map(({ city }) => Number(city?.slice(5) ?? -1));
    // The first two are rare, so they have no number of their own.
    expect(levels.slice(2, 100)).toEqual(known.slice(2).map((digit) => digit + 1));
  });

  it('goes with embedded numbers, and is saved', async () => {
    const estimator = new Regressor({
      ...OPTIONS,
      embedAbove: 8,
      embedding: 'periodic',
      maxIter: 3,
    });
    const model = await estimator.fit(CITY, PRICES);
    expect(model.network.spec.layers.slice(0, 2)).toMatchObject([
      { kind: 'periodic-embedding', columns: [3] },
      { kind: 'category-embedding', columns: [{ column: 0, levels: 11 }] },
    ]);
    const back = fromSafetensors(toSafetensors(model)) as typeof model;
    expect(back.preparation).toEqual(model.preparation);
    expect(back.predict(CITY)).toEqual(model.predict(CITY));
  });

  it.each([0, 1.5, NaN, '8', 'always'])('refuses %o', (embedAbove) => {
    expect(() => new Regressor({ embedAbove: embedAbove as number })).toThrow(
      'embedAbove must be an integer, at least 1',
    );
  });
});
