import { describe, expect, it } from 'vitest';
import * as core from '../index.ts';
import {
  learningRateAt,
  readSchedule,
  scheduleAfter,
  scheduleEnds,
  scheduleOfWord,
  scheduleStart,
  SCHEDULE_WORDS,
  type Schedule,
} from './schedule.ts';
import { adaptive } from './schedules/adaptive.ts';
import { constant } from './schedules/constant.ts';
import { cosine } from './schedules/cosine.ts';
import { cosineRestarts } from './schedules/cosine-restarts.ts';
import { exponential } from './schedules/exponential.ts';
import { inverseScaling } from './schedules/inverse-scaling.ts';
import { oneCycle } from './schedules/one-cycle.ts';
import { PLAIN_SCHEDULES } from './schedules/plain.ts';
import { polynomial } from './schedules/polynomial.ts';
import { reduceOnPlateau } from './schedules/reduce-on-plateau.ts';
import { step } from './schedules/step.ts';
import { warmup } from './schedules/warmup.ts';

const LENGTH = { stepsPerEpoch: 10, epochs: 6, rowsPerEpoch: 95 };

/** The rates of all steps of a run, from a rate of 1. */
function rates(schedule: Schedule | undefined, length = LENGTH, base = 1): number[] {
  return Array.from({ length: length.stepsPerEpoch * length.epochs }, (_, at) =>
    learningRateAt(schedule, base, at, length, scheduleStart(schedule)),
  );
}

/** The rate in each epoch of a schedule that depends on the losses, and the epochs (from 0) after which it ends the run. */
function followed(schedule: Schedule, losses: readonly number[], base = 1): [number[], number[]] {
  let state = scheduleStart(schedule);
  const seen: number[] = [];
  const ends: number[] = [];
  for (const [epoch, loss] of losses.entries()) {
    seen.push(learningRateAt(schedule, base, 0, LENGTH, state));
    state = scheduleAfter(schedule, base, state, { loss, watched: loss });
    if (scheduleEnds(schedule, state)) ends.push(epoch);
  }
  return [seen, ends];
}

describe('schedules', () => {
  it('change nothing if they are constant or absent', () => {
    expect(new Set(rates(constant()))).toEqual(new Set([1]));
    expect(new Set(rates(undefined))).toEqual(new Set([1]));
  });

  it('step decreases between epochs, as StepLR does', () => {
    const all = rates(step({ every: 2, factor: 0.5 }));
    expect(all.filter((_, at) => at % 10 === 0)).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25]);
    expect(all[19]).toBe(1);
    expect(step({ every: 3 }).factor).toBe(0.1);
  });

  it('exponential decreases in each epoch, as ExponentialLR does', () => {
    const all = rates(exponential({ factor: 0.5 }));
    expect(all.filter((_, at) => at % 10 === 9)).toEqual([1, 0.5, 0.25, 0.125, 0.0625, 0.03125]);
  });

  it('cosine decreases at each step, as CosineDecay does, and stays at its minimum', () => {
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

  it('cosineRestarts increases again at the end of each cycle, as CosineAnnealingWarmRestarts does', () => {
    // PyTorch's formula with T_0 = 1, T_mult = 2 and eta_min = 0.1, at every tenth of an epoch.
    const all = rates(cosineRestarts({ every: 1, growth: 2, minimum: 0.1 }));
    const cycles = [
      { start: 0, steps: 10 },
      { start: 10, steps: 20 },
      { start: 30, steps: 40 },
    ];
    for (const { start, steps } of cycles) {
      expect(all[start]).toBe(1);
      for (let at = start; at < Math.min(start + steps, 60); at++) {
        const wave = 0.5 * (1 + Math.cos((Math.PI * (at - start)) / steps));
        expect(all[at]).toBeCloseTo(0.1 + 0.9 * wave, 14);
      }
    }
    // Keras' m_mul lowers the peaks, but not below the minimum.
    const lower = rates(cosineRestarts({ every: 2, peakFactor: 0.5, minimum: 0.3 }));
    expect([lower[0], lower[20], lower[40]]).toEqual([1, 0.5, 0.3]);
    const equal = rates(cosineRestarts({ every: 2 }));
    expect(equal.slice(40)).toEqual(rates(cosine(), { ...LENGTH, epochs: 2 }));
  });

  it('polynomial decreases to its minimum, as PolynomialDecay does', () => {
    const line = rates(polynomial({ minimum: 0.2 }));
    for (const [at, rate] of line.entries()) expect(rate).toBeCloseTo(1 - (0.8 * at) / 60, 14);
    const curve = rates(polynomial({ power: 2.5, epochs: 3 }));
    for (let at = 0; at < 30; at++) expect(curve[at]).toBeCloseTo((1 - at / 30) ** 2.5, 14);
    expect(curve.slice(30)).toEqual(Array.from({ length: 30 }, () => 0));
    expect(rates(polynomial({ power: 2 }))[30]).toBe(0.25);
  });

  it('warmup increases to the full rate, and then starts the next schedule at its first step', () => {
    const all = rates(warmup({ epochs: 2, start: 0.2, followedBy: cosine() }));
    for (let at = 0; at < 20; at++) expect(all[at]).toBeCloseTo(0.2 + 0.8 * ((at + 1) / 20), 14);
    expect(all[19]).toBe(1);
    const rest = rates(cosine(), { ...LENGTH, epochs: 4 });
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
    expect(rates(oneCycle(), { stepsPerEpoch: 1, epochs: 1, rowsPerEpoch: 1 })).toEqual([1]);
    expect(rates(oneCycle({ warmupFraction: 0 }))[0]).toBe(1);
  });

  it('reduceOnPlateau decreases if the loss does not improve, as ReduceLROnPlateau of Keras does', () => {
    const schedule = reduceOnPlateau({ factor: 0.5, patience: 2, minDelta: 0.01, minimum: 0.2 });
    const losses = [1, 0.9, 0.895, 0.895, 0.5, Number.NaN, 0.6, 0.6, 0.6, 0.6, 0.6];
    expect(followed(schedule, losses)).toEqual([
      [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2],
      [],
    ]);
  });

  it('reduceOnPlateau counts no epochs during its cooldown', () => {
    const schedule = reduceOnPlateau({ factor: 0.5, patience: 1, cooldown: 2 });
    const [seen] = followed(
      schedule,
      Array.from({ length: 9 }, () => 1),
    );
    // Keras: the epoch that ends the cooldown counts again.
    expect(seen).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4].map((falls) => 0.5 ** falls));
  });

  it('inverseScaling decreases with the number of rows so far, as invscaling of scikit-learn does', () => {
    const all = rates(inverseScaling({ power: 0.5 }), LENGTH, 0.2);
    for (let epoch = 0; epoch < 6; epoch++) {
      const rate = 0.2 / Math.sqrt(epoch * 95 + 1);
      for (const at of [0, 9]) expect(all[epoch * 10 + at]! / rate).toBeCloseTo(1, 14);
    }
    expect(all[0]).toBe(0.2);
    expect(rates(inverseScaling({ power: 50 })).at(-1)).toBe(2 ** -126);
  });

  it('adaptive divides the rate by 5 if the loss does not improve, and ends the run at 1e-6', () => {
    const schedule = adaptive({ patience: 2, minDelta: 0.1 });
    // An improvement by only 0.05 is no progress, but it lowers the best loss.
    const losses = [1, 0.95, 0.9, 0.85, 0.7, Number.NaN, 0.7, 0.7, 0.7, 0.7];
    expect(followed(schedule, losses)).toEqual([
      [1, 1, 1, 1, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2 / 5],
      [],
    ]);
    const flat = Array.from({ length: 8 }, () => 1);
    const [tiny, ends] = followed(schedule, flat, 4e-6);
    expect(new Set(tiny)).toEqual(new Set([4e-6, 4e-6 / 5]));
    expect(ends).toEqual([6, 7]);
  });

  it.each([reduceOnPlateau({ patience: 1, factor: 0.5 }), adaptive({ patience: 1 })])(
    'warmup passes the losses on to $kind',
    (inner) => {
      const flat = Array.from({ length: 6 }, () => 1);
      let state = scheduleStart(warmup({ followedBy: inner }));
      for (const loss of flat) {
        const outcome = { loss, watched: loss };
        state = scheduleAfter(warmup({ followedBy: inner }), 1, state, outcome);
      }
      const last = learningRateAt(warmup({ followedBy: inner }), 1, 59, LENGTH, state);
      expect(last).toBeLessThan(1);
      expect(last).toBe(followed(inner, [...flat, 1])[0].at(-1));
    },
  );

  it.each([...Object.keys(PLAIN_SCHEDULES), 'warmup'])('%s has a public factory', (kind) => {
    const factory: unknown = Reflect.get(core, kind);
    expect(factory).toBeTypeOf('function');
    const usual = SCHEDULE_WORDS.map((word) => scheduleOfWord('train', word, 10));
    const { kind: _, ...options } = usual.find((schedule) => schedule.kind === kind)!;
    expect((factory as (given: object) => Schedule)(options)).toEqual({ kind, ...options });
  });

  it.each(SCHEDULE_WORDS)('the word %s means a complete record', (word) => {
    for (const epochs of [1, 7, 200]) {
      const schedule = scheduleOfWord('train', word, epochs);
      expect(readSchedule('fit', schedule)).toEqual(schedule);
      for (const rate of rates(schedule, { ...LENGTH, epochs: Math.min(epochs, 20) })) {
        expect(rate).toBeGreaterThanOrEqual(0);
        expect(rate).toBeLessThanOrEqual(1);
      }
    }
    expect(() => scheduleOfWord('train', 'cyclic', 1)).toThrow(RangeError);
  });

  it('are immutable, and can be read from their JSON', () => {
    const all: Schedule[] = [
      constant(),
      step({ every: 3 }),
      exponential({ factor: 0.9 }),
      cosine(),
      cosine({ epochs: 2 }),
      cosineRestarts({ every: 2, growth: 3 }),
      polynomial(),
      polynomial({ epochs: 2, power: 0.5 }),
      oneCycle(),
      reduceOnPlateau(),
      inverseScaling(),
      adaptive({ patience: 3 }),
      warmup({ followedBy: cosine() }),
    ];
    for (const schedule of all) {
      expect(Object.isFrozen(schedule)).toBe(true);
      const copy: unknown = JSON.parse(JSON.stringify(schedule));
      expect(readSchedule('fit', copy)).toEqual(schedule);
    }
    expect(readSchedule('fit', undefined)).toBeUndefined();
  });

  it('refuse wrong options', () => {
    expect(() => readSchedule('fit', 'cosine')).toThrow(
      "fit: schedule must be made by constant(), step(…), exponential(…), cosine(…), cosineRestarts(…), polynomial(…), oneCycle(…), reduceOnPlateau(…), inverseScaling(…) or adaptive(…); got 'cosine'.",
    );
    expect(() => readSchedule('fit', { kind: 'toString' })).toThrow(TypeError);
    const nested: unknown = warmup();
    expect(() => warmup({ followedBy: nested as ReturnType<typeof cosine> })).toThrow(TypeError);
    expect(() => step({} as { every: number })).toThrow(TypeError);
    expect(() => step({ every: 0 })).toThrow(RangeError);
    expect(() => exponential({ factor: 1.5 })).toThrow(RangeError);
    expect(() => cosine({ epochs: 0 })).toThrow(RangeError);
    expect(() => cosine({ epoch: 2 } as object)).toThrow("Did you mean 'epochs'?");
    expect(() => cosineRestarts({ every: 1, growth: 1.5 })).toThrow(RangeError);
    expect(() => polynomial({ power: 0 })).toThrow(RangeError);
    expect(() => oneCycle({ warmupFraction: 1 })).toThrow(RangeError);
    expect(() => reduceOnPlateau({ factor: 1 })).toThrow(RangeError);
    expect(() => warmup({ start: -1 })).toThrow(RangeError);
    expect(() => adaptive({ patience: 0 })).toThrow(RangeError);
    expect(() => inverseScaling({ power: -1 })).toThrow(RangeError);
    expect(() => readSchedule('fit', { kind: 'constant', rate: 1 })).toThrow(TypeError);
  });
});
