import { describe, expect, it } from 'vitest';
import { learningRateAt, plateauOf, readSchedule, type Schedule } from './schedule.ts';
import { constant } from './schedules/constant.ts';
import { cosine } from './schedules/cosine.ts';
import { exponential } from './schedules/exponential.ts';
import { oneCycle } from './schedules/one-cycle.ts';
import { PLATEAU_START, plateauAfter, reduceOnPlateau } from './schedules/reduce-on-plateau.ts';
import { step } from './schedules/step.ts';
import { warmup } from './schedules/warmup.ts';

const LENGTH = { stepsPerEpoch: 10, epochs: 6 };

/** The rates of all steps of a run, from a rate of 1. */
function rates(schedule: Schedule | undefined, length = LENGTH, base = 1): number[] {
  return Array.from({ length: length.stepsPerEpoch * length.epochs }, (_, at) =>
    learningRateAt(schedule, base, at, length, PLATEAU_START),
  );
}

describe('schedules', () => {
  it('constant, and none, change nothing', () => {
    expect(new Set(rates(constant()))).toEqual(new Set([1]));
    expect(new Set(rates(undefined))).toEqual(new Set([1]));
  });

  it('step falls between epochs, as StepLR does', () => {
    const all = rates(step({ every: 2, factor: 0.5 }));
    expect(all.filter((_, at) => at % 10 === 0)).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25]);
    expect(all[19]).toBe(1);
    expect(step({ every: 3 }).factor).toBe(0.1);
  });

  it('exponential falls each epoch, as ExponentialLR does', () => {
    const all = rates(exponential({ factor: 0.5 }));
    expect(all.filter((_, at) => at % 10 === 9)).toEqual([1, 0.5, 0.25, 0.125, 0.0625, 0.03125]);
  });

  it('cosine falls at each step, as CosineDecay does, and stays at its minimum', () => {
    const whole = rates(cosine({ minimum: 0.1 }));
    for (const [at, rate] of whole.entries()) {
      expect(rate).toBeCloseTo(0.1 + 0.9 * 0.5 * (1 + Math.cos((Math.PI * at) / 60)), 14);
    }
    expect(whole[0]).toBe(1);
    expect(whole[30]).toBe(0.55);
    const short = rates(cosine({ epochs: 3 }));
    expect(short[15]).toBe(0.5);
    expect(short.slice(30)).toEqual(Array.from({ length: 30 }, () => 0));
  });

  it('warmup rises to the full rate, then counts anew for what follows', () => {
    const all = rates(warmup({ epochs: 2, start: 0.2, followedBy: cosine() }));
    for (let at = 0; at < 20; at++) expect(all[at]).toBeCloseTo(0.2 + 0.8 * ((at + 1) / 20), 14);
    expect(all[19]).toBe(1);
    const rest = rates(cosine(), { stepsPerEpoch: 10, epochs: 4 });
    expect(all.slice(20)).toEqual(rest);
    expect(rates(warmup({ epochs: 0.1 }))[0]).toBe(1);
    const stairs = rates(warmup({ epochs: 1, followedBy: step({ every: 1, factor: 0.5 }) }));
    expect([stairs[9], stairs[10], stairs[20]]).toEqual([1, 1, 0.5]);
  });

  it('oneCycle goes through the points of OneCycleLR', () => {
    // PyTorch's formula with total_steps = 60, max_lr = 1, three_phase = False, in Python.
    const all = rates(oneCycle());
    const points: [number, number][] = [
      [0, 0.040000000000000036],
      [5, 0.2307353745379569],
      [10, 0.6513582352345998],
      [17, 1.0],
      [18, 0.9986019041829957],
      [25, 0.9131197346804488],
      [40, 0.42548116499644506],
      [58, 0.0014020958170042977],
      [59, 4e-6],
    ];
    for (const [at, rate] of points) expect(Math.abs(all[at]! / rate - 1)).toBeLessThan(1e-9);
    expect(all[0]).toBeCloseTo(0.04, 15);
    expect(all[17]).toBe(1);
    expect(all[59]).toBeCloseTo(0.04 / 1e4, 18);
    expect(Math.max(...all)).toBe(1);
    expect(rates(oneCycle(), { stepsPerEpoch: 1, epochs: 1 })).toEqual([1]);
    expect(rates(oneCycle({ warmupFraction: 0 }))[0]).toBe(1);
  });

  it('reduceOnPlateau falls when the loss stands still, as ReduceLROnPlateau of Keras does', () => {
    const schedule = reduceOnPlateau({ factor: 0.5, patience: 2, minDelta: 0.01, minimum: 0.2 });
    const losses = [1, 0.9, 0.895, 0.895, 0.5, Number.NaN, 0.6, 0.6, 0.6, 0.6, 0.6];
    const seen: number[] = [];
    let state = PLATEAU_START;
    for (const loss of losses) {
      seen.push(learningRateAt(schedule, 1, 0, LENGTH, state));
      state = plateauAfter(schedule, state, loss);
    }
    expect(seen).toEqual([1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2]);
    expect(state.best).toBe(0.5);
  });

  it('reduceOnPlateau counts nothing while it cools down', () => {
    const schedule = reduceOnPlateau({ factor: 0.5, patience: 1, cooldown: 2 });
    let state = PLATEAU_START;
    const falls: number[] = [];
    for (let epoch = 0; epoch < 8; epoch++) {
      state = plateauAfter(schedule, state, 1);
      falls.push(state.falls);
    }
    // Keras: the epoch that ends the cooldown counts again.
    expect(falls).toEqual([0, 1, 1, 2, 2, 3, 3, 4]);
  });

  it('find the plateau in a warm-up', () => {
    const inner = reduceOnPlateau();
    expect(plateauOf(warmup({ followedBy: inner }))).toEqual(inner);
    expect(plateauOf(inner)).toEqual(inner);
    expect(plateauOf(cosine())).toBeUndefined();
    expect(plateauOf(undefined)).toBeUndefined();
  });

  it('are immutable, and survive JSON', () => {
    const all: Schedule[] = [
      constant(),
      step({ every: 3 }),
      exponential({ factor: 0.9 }),
      cosine(),
      cosine({ epochs: 2 }),
      oneCycle(),
      reduceOnPlateau(),
      warmup({ followedBy: cosine() }),
    ];
    for (const schedule of all) {
      expect(Object.isFrozen(schedule)).toBe(true);
      const copy: unknown = JSON.parse(JSON.stringify(schedule));
      expect(readSchedule('fit', copy)).toEqual(schedule);
    }
    expect(readSchedule('fit', undefined)).toBeUndefined();
  });

  it('refuse what is wrong', () => {
    expect(() => readSchedule('fit', 'cosine')).toThrow(
      "fit: schedule must be made by constant(), step(…), exponential(…), cosine(…), oneCycle(…) or reduceOnPlateau(…); got 'cosine'.",
    );
    expect(() => readSchedule('fit', { kind: 'toString' })).toThrow(TypeError);
    const nested: unknown = warmup();
    expect(() => warmup({ followedBy: nested as ReturnType<typeof cosine> })).toThrow(TypeError);
    expect(() => step({} as { every: number })).toThrow(TypeError);
    expect(() => step({ every: 0 })).toThrow(RangeError);
    expect(() => exponential({ factor: 1.5 })).toThrow(RangeError);
    expect(() => cosine({ epochs: 0 })).toThrow(RangeError);
    expect(() => cosine({ epoch: 2 } as object)).toThrow("Did you mean 'epochs'?");
    expect(() => oneCycle({ warmupFraction: 1 })).toThrow(RangeError);
    expect(() => reduceOnPlateau({ factor: 1 })).toThrow(RangeError);
    expect(() => warmup({ start: -1 })).toThrow(RangeError);
    expect(() => readSchedule('fit', { kind: 'constant', rate: 1 })).toThrow(TypeError);
  });
});
