import { describe, expect, it } from 'vitest';
import { fromSafetensors, toSafetensors } from '../formats/model-file.ts';
import { Classifier } from './classifier.ts';
import { Regressor } from './regressor.ts';

const ROWS = Array.from({ length: 60 }, (_, i) => ({ x: i - 30, colour: i % 3 ? 'red' : 'blue' }));
const LABELS = ROWS.map(({ x, colour }) => (x > 0 || colour === 'red' ? 'yes' : 'no'));
const NUMBERS = ROWS.map(({ x }) => 3 * x + 5);
/** Plain steps without moments in one order, so that ten epochs are twice five. */
const PLAIN = {
  hiddenLayerSizes: [8],
  solver: 'sgd',
  momentum: 0,
  learningRateInit: 0.05,
  shuffle: false,
  nIterNoChange: 99,
} as const;

function bitsOf(model: {
  readonly networks: readonly { parameters(): Map<string, ArrayLike<number>> }[];
}): number[] {
  return model.networks.flatMap((net) =>
    [...net.parameters().values()].flatMap((values) => Array.from(values)),
  );
}

describe('warmStart', () => {
  it.each([1, 3])('goes on where the fit before ended, with %i networks', async (members) => {
    const options = { ...PLAIN, members, warmStart: true };
    const whole = await new Classifier({ ...PLAIN, members, maxIter: 10 }).fit(ROWS, LABELS);
    const model = await new Classifier({ ...options, maxIter: 5 }).fit(ROWS, LABELS);
    const first = model.lossCurve;
    const again = await model.fit(ROWS, LABELS);
    expect(bitsOf(again)).toEqual(bitsOf(whole));
    expect([...first, ...again.lossCurve]).toEqual(whole.lossCurve);
    expect(again.nIter).toBe(5);
  });

  it('begins anew without it', async () => {
    const model = await new Regressor({ ...PLAIN, maxIter: 5 }).fit(ROWS, NUMBERS);
    const bits = bitsOf(model);
    expect(bitsOf(await model.fit(ROWS, NUMBERS))).toEqual(bits);
  });

  it('keeps the preparation and the unit of the targets, and widens their range', async () => {
    const options = { ...PLAIN, warmStart: true, maxIter: 40, clipOutput: true };
    const model = await new Regressor(options).fit(ROWS, NUMBERS);
    const { preparation, targetScaler } = model;
    const moved = NUMBERS.map((value) => value + 100);
    const again = await model.fit(ROWS, moved);
    expect(again.preparation).toBe(preparation);
    expect(again.targetScaler).toEqual({
      ...targetScaler,
      span: { min: [Math.min(...NUMBERS)], max: [Math.max(...moved)] },
    });
    expect(Math.max(...again.predict(ROWS))).toBeGreaterThan(Math.max(...NUMBERS));
  });

  it('is kept by a model file', async () => {
    const model = await new Regressor({ ...PLAIN, warmStart: true, maxIter: 5 }).fit(ROWS, NUMBERS);
    const loaded = fromSafetensors(toSafetensors(model)) as typeof model;
    expect(bitsOf(await loaded.fit(ROWS, NUMBERS))).toEqual(bitsOf(await model.fit(ROWS, NUMBERS)));
  });

  it('refuses other columns, classes and numbers of targets, and stays as it was', async () => {
    const options = { ...PLAIN, warmStart: true, maxIter: 2 };
    const model = await new Classifier(options).fit(ROWS, LABELS);
    const bits = bitsOf(model);
    const others = ROWS.map((row) => ({ ...row, size: 1 }));
    await expect(model.fit(others, LABELS)).rejects.toThrow(
      "Classifier.fit: column 'size' was not in the training data.",
    );
    await expect(
      model.fit(
        ROWS.map(({ x }) => ({ x })),
        LABELS,
      ),
    ).rejects.toThrow(/Classifier\.fit: .*'colour'/);
    const labels: string[] = LABELS.with(5, 'perhaps' as 'yes');
    await expect(model.fit(ROWS, labels)).rejects.toThrow(
      "Classifier.fit: labels must have the classes of the fit before, 'no', 'yes', with warmStart; got 'no', 'perhaps', 'yes'. Without warmStart the fit begins anew.",
    );
    expect(bitsOf(model)).toEqual(bits);
    const regressor = await new Regressor(options).fit(ROWS, NUMBERS);
    const pairs = NUMBERS.map((value) => [value, value]);
    await expect(regressor.fit(ROWS, pairs)).rejects.toThrow(/Regressor\.fit: targets/);
  });
});
