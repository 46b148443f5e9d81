/**
 * Intervals from errors on held-out rows: the bounds are those of the definition, and new rows, which nothing was tuned on, lie within
 * them as often as promised.
 */
import { describe, expect, it } from 'vitest';
import { uniforms } from '../../test/uniforms.ts';
import { heldOutErrors, intervalsFor, MOST_ERRORS, type HeldOutErrors } from './intervals.ts';
import { Regressor } from './regressor.ts';

const errorsOf = (errors: readonly number[]): HeldOutErrors =>
  heldOutErrors(new Float64Array(errors.length), errors, 1);

describe('intervals', () => {
  it('are for one network its prediction ± the quantile of its errors: the split conformal method', () => {
    const held = [errorsOf([3, -1, 2, 4, 5, -6, 7, 8, 9])];
    const known = { mean: Float64Array.of(100), members: [Float64Array.of(100)], held };
    for (const [level, error] of [
      [0.1, 1],
      [0.5, 5],
      [0.71, 8],
      [0.9, 9],
    ] as const) {
      const { low, high } = intervalsFor('test', known, level);
      expect([low[0], high[0]]).toEqual([100 - error, 100 + error]);
    }
    expect(() => intervalsFor('test', known, 0.91)).toThrow(
      'test: level must be at most 0.900, because only 9 rows were held out; got 0.91. Ask for a smaller level, or train on more rows.',
    );
    expect(() => intervalsFor('test', known, 1)).toThrow(
      /level must be a finite number, above 0, below 1; got 1/,
    );
  });

  it.each([1, 2, 8, 62, 5000])(
    'may be asked for at the level that the message of %i rows names',
    (rows) => {
      const held = [errorsOf(uniforms(rows, rows))];
      const known = { mean: Float64Array.of(0), members: [Float64Array.of(0)], held };
      let message = '';
      try {
        intervalsFor('test', known, 0.9999);
      } catch (error) {
        message = String(error);
      }
      const level = Number(/at most ([\d.]+), because/.exec(message)?.[1]);
      expect(intervalsFor('test', known, level).high[0]).toBeGreaterThan(0);
    },
  );

  it('are for several networks the quantiles of all outputs ± errors (CV+)', () => {
    const errors = [1, 2, 3].map((seed) => uniforms(30 + seed, seed));
    const held = errors.map(errorsOf);
    const members = [4, 5, 6].map((seed) => Float64Array.from(uniforms(20, seed)));
    const mean = members[0]!.map((_, i) => members.reduce((sum, one) => sum + one[i]! / 3, 0));
    const rows = errors.reduce((sum, one) => sum + one.length, 0);
    const { low, high } = intervalsFor('test', { mean, members, held }, 0.8);
    for (let i = 0; i < mean.length; i++) {
      const guesses = (sign: number): number[] =>
        held
          .flatMap((one, m) => one.errors[0]!.map((error) => members[m]![i]! * sign + error))
          .toSorted((left, right) => left - right);
      const rank = Math.ceil(0.8 * (rows + 1)) - 1;
      expect(high[i]).toBe(Math.max(guesses(1)[rank]!, mean[i]!));
      expect(low[i]).toBe(Math.min(-guesses(-1)[rank]!, mean[i]!));
    }
  });

  it('are not narrower with the errors that a model keeps than with all of them', () => {
    const all = uniforms(1000, 7);
    const kept = errorsOf(all);
    expect(kept).toMatchObject({ rows: 1000 });
    expect(kept.errors[0]).toHaveLength(MOST_ERRORS);
    const known = { mean: Float64Array.of(0), members: [Float64Array.of(0)], held: [kept] };
    for (const level of [0.05, 0.5, 0.9, 0.99]) {
      const exact = all.toSorted((left, right) => left - right)[Math.ceil(level * 1001) - 1]!;
      const { high } = intervalsFor('test', known, level);
      expect(high[0]).toBeGreaterThanOrEqual(exact);
      expect(high[0]).toBeLessThan(exact + 1 / MOST_ERRORS + 0.002);
    }
  });

  it.each([
    [1, 0.8],
    [1, 0.95],
    [4, 0.8],
    [4, 0.95],
  ])('of %i networks hold about the wanted share of new rows (%f)', async (members, level) => {
    // y = x₁ − x₂² + noise, whose size the networks cannot know.
    const [a, b, noise] = [11, 12, 13].map((seed) => uniforms(1400, seed)) as [
      number[],
      number[],
      number[],
    ];
    const rows = a.map((value, i) => [value, b[i]!]);
    const targets = a.map((value, i) => value - b[i]! * b[i]! + 0.6 * (noise[i]! - 0.5));
    const model = await new Regressor({
      hiddenLayerSizes: 12,
      maxIter: 40,
      learningRateInit: 0.01,
      earlyStopping: true,
      members,
      ...(members === 1 ? { validationFraction: 0.5 } : {}),
    }).fit(rows.slice(0, 600), targets.slice(0, 600));
    const unseen = rows.slice(600);
    const { low, high } = model.predictInterval(unseen, { level });
    const truths = targets.slice(600);
    const inside = truths.filter((truth, i) => truth >= low[i]! && truth <= high[i]!).length;
    // Three standard errors of a share of 800 rows, and that of 300 errors; several networks hold a little more.
    expect(inside / truths.length).toBeGreaterThan(level - 0.07);
    expect(inside / truths.length).toBeLessThan(level + 0.1);
    expect(model.predict(unseen).every((value, i) => low[i]! <= value && value <= high[i]!)).toBe(
      true,
    );
  });

  it('are refused for a model that held out no rows', async () => {
    const model = await new Regressor({ maxIter: 2 }).fit([[1], [2], [3]], [1, 2, 3]);
    expect(() => model.predictInterval([[1]])).toThrow(
      'Regressor.predictInterval: an interval must come from rows that were held out in training, and none were. Train with earlyStopping: true or a preset.',
    );
  });
});
