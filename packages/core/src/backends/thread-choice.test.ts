/** The choice of a number of threads from measured times, on machines that are simulated. */
import { describe, expect, it } from 'vitest';
import { numbersUpTo, ThreadChoice } from './thread-choice.ts';

/** The milliseconds of a run of one unit of work on a number of threads, at a time of the simulated clock. */
type Machine = (threads: number, now: number) => number;

/** What happens on a machine for some milliseconds. */
function simulate(choice: ThreadChoice, machine: Machine, until: number) {
  const spent = new Map<number, number>();
  let now = 0;
  let runs = 0;
  let timed = 0;
  while (now < until) {
    const threads = choice.threadsFor(1);
    const time = machine(threads, now);
    if (choice.timed) timed++;
    if (choice.timed) choice.ran(1, time);
    else choice.ran(1);
    now += time;
    runs++;
    spent.set(threads, (spent.get(threads) ?? 0) + time);
  }
  return { spent, runs, timed };
}

/** The number of threads that has most of the next seconds. */
function favourite(choice: ThreadChoice, machine: Machine): number {
  const { spent } = simulate(choice, machine, 5_000);
  return [...spent].toSorted(([, left], [, right]) => right - left)[0]![0];
}

/** Two threads take this share of the time of one. */
const scaling =
  (share: number): Machine =>
  (threads) =>
    threads === 1 ? 0.1 : 0.1 * share;

describe('a choice between one thread and two', () => {
  it.each([1, 2])('finds the faster number from %i on, and keeps it', (first) => {
    for (const [share, faster] of [
      [0.55, 2],
      [1.5, 1],
      [40, 1],
    ] as const) {
      const choice = new ThreadChoice([1, 2], first);
      simulate(choice, scaling(share), 100);
      expect(favourite(choice, scaling(share))).toBe(faster);
      const { spent } = simulate(choice, scaling(share), 20_000);
      const wasted = [...spent].filter(([threads]) => threads !== faster);
      for (const [, time] of wasted) expect(time).toBeLessThan(0.025 * 20_000);
    }
  });

  it('loses at most a few percent to a machine with one fixed number', () => {
    for (const share of [0.5, 0.9, 1.1, 2, 10, 50]) {
      const { runs } = simulate(new ThreadChoice([1, 2], 2), scaling(share), 10_000);
      expect(runs).toBeGreaterThan(0.96 * (10_000 / (0.1 * Math.min(1, share))));
    }
  });

  it('changes when the machine changes, within the pause between two comparisons', () => {
    const choice = new ThreadChoice([1, 2], 2);
    for (const [share, faster] of [
      [0.55, 2],
      [3, 1],
      [0.55, 2],
    ] as const) {
      simulate(choice, scaling(share), 5_000);
      expect(favourite(choice, scaling(share))).toBe(faster);
    }
  });

  it('stays where it is if the numbers differ by less than the margin', () => {
    for (const first of [1, 2]) {
      const choice = new ThreadChoice([1, 2], first);
      const { spent } = simulate(choice, scaling(first === 1 ? 0.97 : 1.03), 10_000);
      expect(spent.get(first)!).toBeGreaterThan(0.97 * 10_000);
    }
  });

  it('judges by the mean, so that a thread that now and then loses its processor for 3 ms is seen', () => {
    // If one run in 200 on two threads takes 3 ms more, a run takes 0.07 ms in the mean; if one run in 20 does, 0.205 ms.
    const interrupted = (every: number): Machine => {
      let state = 1;
      return (threads) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return threads === 1 ? 0.1 : 0.055 + (state / 2 ** 32 < 1 / every ? 3 : 0);
      };
    };
    for (const [every, faster] of [
      [200, 2],
      [20, 1],
    ] as const) {
      for (const first of [1, 2]) {
        const choice = new ThreadChoice([1, 2], first);
        simulate(choice, interrupted(every), 2_000);
        expect(favourite(choice, interrupted(every))).toBe(faster);
      }
    }
  });

  it('times few runs between two comparisons', () => {
    const choice = new ThreadChoice([1, 2], 2);
    simulate(choice, scaling(0.55), 1_000);
    const { timed, runs } = simulate(choice, scaling(0.55), 20_000);
    expect(timed / runs).toBeLessThan(0.12);
  });
});

describe('a choice among many numbers', () => {
  it('climbs to the best one in either direction, also when long runs make each window one run', () => {
    for (const best of [1, 2, 4, 8, 12]) {
      for (const first of [1, 12]) {
        const choice = new ThreadChoice(numbersUpTo(12), first);
        const distance = (threads: number): number => Math.abs(Math.log2(threads / best));
        const machine: Machine = (threads) => 20 * (1 + distance(threads));
        simulate(choice, machine, 100_000);
        expect(favourite(choice, machine)).toBe(best);
      }
    }
  });

  it('gives runs of little work one thread, and does not count them', () => {
    const choice = new ThreadChoice([1, 2], 2, 10);
    for (let run = 0; run < 100; run++) {
      expect(choice.threadsFor(9)).toBe(1);
      expect(choice.timed).toBe(false);
      choice.ran(9);
    }
    expect(choice.threadsFor(10)).toBe(2);
    expect(choice.timed).toBe(false);
  });

  it('of one number never measures', () => {
    const { timed } = simulate(new ThreadChoice([1], 1), () => 1, 10_000);
    expect(timed).toBe(0);
  });
});

it('offers powers of two and the largest number', () => {
  expect(numbersUpTo(1)).toEqual([1]);
  expect(numbersUpTo(2)).toEqual([1, 2]);
  expect(numbersUpTo(12)).toEqual([1, 2, 4, 8, 12]);
});
