import { describe, expect, it } from 'vitest';
import type { EpochRecord } from '../train/history.ts';
import { DataError } from '../words/errors.ts';
import { Classifier } from './classifier.ts';
import { Regressor } from './regressor.ts';

const ROWS = Array.from({ length: 120 }, (_, i) => ({
  x: Math.floor(i / 2) - 30,
  colour: i % 3 === 0 ? 'red' : 'blue',
}));
const LABELS = ROWS.map(({ x, colour }) => (x > 0 || colour === 'red' ? 'yes' : 'no'));
const NUMBERS = ROWS.map(({ x, colour }) => 3 * x + (colour === 'red' ? 50 : 0));
const SMALL = { hiddenLayerSizes: [16], learningRateInit: 0.02, batchSize: 20 };

/** The parameters of the first network. */
function bitsOf(model: {
  readonly network: { parameters(): Map<string, ArrayLike<number>> };
}): number[] {
  return [...model.network.parameters().values()].flatMap((values) => Array.from(values));
}

describe('partialFit', () => {
  it('has the bits of fit over as many epochs, if each pass is an epoch', async () => {
    const whole = await new Classifier({ ...SMALL, maxIter: 4, nIterNoChange: 9 }).fit(
      ROWS,
      LABELS,
    );
    const parts = new Classifier(SMALL);
    for (let pass = 0; pass < 4; pass++) await parts.partialFit(ROWS, LABELS);
    const learned = await parts.partialFit(ROWS.slice(0, 20), LABELS.slice(0, 20));
    expect(learned.nIter).toBe(5);
    const four = new Classifier(SMALL);
    let last = await four.partialFit(ROWS, LABELS);
    for (let pass = 1; pass < 4; pass++) last = await four.partialFit(ROWS, LABELS);
    expect(bitsOf(last)).toEqual(bitsOf(whole));
    expect(last.lossCurve).toEqual(whole.lossCurve);
    expect(last.bestLoss).toBe(Math.min(...whole.lossCurve));
  });

  it('reports the loss and the penalty of fit, with weights of rows and of classes', async () => {
    const options = { ...SMALL, classWeight: { yes: 3 }, alpha: 0.5 };
    const sampleWeight = ROWS.map((_, i) => i % 3);
    const whole = await new Classifier({ ...options, maxIter: 1 }).fit(ROWS, LABELS, {
      sampleWeight,
    });
    const pass = await new Classifier(options).partialFit(ROWS, LABELS, { sampleWeight });
    expect(bitsOf(pass)).toEqual(bitsOf(whole));
    const [{ loss, penalty }] = whole.history.epochs as [EpochRecord];
    expect(penalty).toBeGreaterThan(0);
    expect(pass.history.epochs).toMatchObject([{ loss, penalty }]);
  });

  it('learns from parts, each with new rows', async () => {
    const model = new Regressor({ ...SMALL, hiddenLayerSizes: [32] });
    let fitted = await model.partialFit(ROWS, NUMBERS);
    for (let pass = 0; pass < 60; pass++) {
      for (const from of [0, 40, 80]) {
        fitted = await model.partialFit(
          ROWS.slice(from, from + 40),
          NUMBERS.slice(from, from + 40),
        );
      }
    }
    expect(fitted.score(ROWS, NUMBERS)).toBeGreaterThan(0.98);
    expect(fitted.nIter).toBe(181);
  });

  it('takes all classes with the first part, and goes on after fit', async () => {
    const model = new Classifier({ ...SMALL, maxIter: 60 });
    await model.partialFit(ROWS.slice(0, 3), LABELS.slice(0, 3), {
      classes: ['yes', 'no', 'maybe'],
    });
    const first = await model.partialFit([ROWS[0]!], ['maybe']);
    expect(first.classes).toEqual(['maybe', 'no', 'yes']);
    const fitted = await new Classifier({ ...SMALL, maxIter: 60 }).fit(ROWS, LABELS);
    const { preparation, nIter } = fitted;
    const further = await fitted.partialFit(ROWS.slice(0, 30), LABELS.slice(0, 30));
    expect(further.preparation).toBe(preparation);
    expect(further.nIter).toBe(nIter + 1);
    expect(further.score(ROWS, LABELS)).toBeGreaterThan(0.95);
  });

  it('trains every member of an ensemble, from other weights', async () => {
    const model = await new Classifier({ ...SMALL, members: 3 }).partialFit(ROWS, LABELS);
    expect(model.networks).toHaveLength(3);
    expect(model.histories.map(({ epochs }) => epochs.length)).toEqual([1, 1, 1]);
    expect(model.networks[1]!.parameters()).not.toEqual(model.networks[0]!.parameters());
  });

  it('leaves the model as it was if a part has a fault', async () => {
    const model = await new Classifier(SMALL).partialFit(ROWS, LABELS);
    const before = bitsOf(model);
    const { network } = model;
    const labels: string[] = LABELS.with(5, 'perhaps' as 'yes');
    await expect(model.partialFit(ROWS, labels)).rejects.toThrow(
      /Classifier\.partialFit: labels\[5\] must be one of the classes/,
    );
    await expect(model.partialFit([], [])).rejects.toThrow('there must be rows; got 0');
    const wrong = ROWS.with(7, { x: Infinity, colour: 'red' });
    await expect(model.partialFit(wrong, LABELS)).rejects.toThrow(DataError);
    expect(model.network).toBe(network);
    expect(bitsOf(model)).toEqual(before);
  });

  it.each([119, 121])('refuses %i sample weights for 120 rows', async (length) => {
    const sampleWeight = new Float64Array(length).fill(1);
    const rule = `partialFit: sampleWeight must have one weight a row, 120; got ${length}.`;
    await expect(new Classifier().partialFit(ROWS, LABELS, { sampleWeight })).rejects.toThrow(
      `Classifier.${rule}`,
    );
    await expect(new Regressor().partialFit(ROWS, NUMBERS, { sampleWeight })).rejects.toThrow(
      `Regressor.${rule}`,
    );
  });

  it('needs at least two classes, and factors in place of balanced weights', async () => {
    await expect(new Classifier().partialFit([ROWS[0]!], ['yes'])).rejects.toThrow(
      /Classifier\.partialFit: labels must have at least 2 classes/,
    );
    const balanced = new Classifier({ classWeight: 'balanced' });
    await expect(balanced.partialFit(ROWS, LABELS)).rejects.toThrow(
      "Classifier.partialFit: classWeight must name the factors; got 'balanced', which needs all rows at once.",
    );
  });
});
