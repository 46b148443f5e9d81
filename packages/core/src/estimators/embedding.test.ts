/** The embedding of a plan: which columns of the prepared matrix it takes, and that a saved model keeps it. */
import { describe, expect, it } from 'vitest';
import { fromSafetensors, toSafetensors } from '../formats/model-file.ts';
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
