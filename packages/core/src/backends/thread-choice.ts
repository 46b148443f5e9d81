/**
 * How many threads are fastest now. The number changes no bit, so a backend may try another one in the middle of a run: the
 * machine may be shared, and a second thread that made the run faster a second ago may now wait for a processor. This file
 * decides from measured times and knows neither clock nor threads.
 *
 * A comparison runs the present number A and another number B in turn, A B B A A B B A, so that a drift of the machine favours
 * neither. A window lasts some milliseconds, because a busy neighbour takes a processor for about that long. A comparison ends early
 * if the windows of one number are all clearly shorter. Otherwise B must win by a margin, so that noise does not move the choice.
 * The time between two comparisons is many times what B took, so that trials take at most 2 % of a run. The windows grow from
 * comparison to comparison: the first answers come soon, the later ones are surer.
 */

import type { Work } from './contract.ts';

/** Runs before the first comparison: the first ones meet cold caches, and workers that wake up. */
const WARM_UP_RUNS = 8;

/** The shortest and the longest window, in milliseconds. */
const SHORTEST_WINDOW = 1;
const LONGEST_WINDOW = 10;

/** Windows of each number in a whole comparison, and how many there are before it may end early. */
const MOST_WINDOWS = 4;
const FEWEST_WINDOWS = 2;

/** B replaces A if its time for the same work is at most this share of A's. */
const MARGIN = 0.95;

/** A comparison ends early if all windows of one number are shorter than this share of each window of the other. */
const CLEARLY = 0.8;

/** The time between two comparisons, as a multiple of the time that the number under trial took. */
const PAUSE = 50;

/** Between two comparisons one run in this many is timed, so that the pause has the same length on a machine that became slower. */
const SAMPLED = 16;

/** The windows of one number in a comparison. Its cost is the time for a unit of work. */
class Windows {
  count = 0;
  milliseconds = 0;
  work = 0;
  least = Infinity;
  most = 0;

  clear(): void {
    this.count = this.milliseconds = this.work = this.most = 0;
    this.least = Infinity;
  }

  add(milliseconds: number, work: number): void {
    this.count++;
    this.milliseconds += milliseconds;
    this.work += work;
    this.least = Math.min(this.least, milliseconds / work);
    this.most = Math.max(this.most, milliseconds / work);
  }

  /** The mean cost. */
  get cost(): number {
    return this.milliseconds / this.work;
  }
}

/** The work of a run in thousands of operations. It is an integer, because a call with another number allocates memory for it. */
export function thousandsOf({ perRow, fixed }: Work, rows: number): number {
  return Math.floor((perRow * rows + fixed) / 1000);
}

/** Says on how many threads the runs of one phase take place. */
export interface ThreadSource {
  /** The number for the next run, which has so much work, in any unit. */
  threadsFor(work: number): number;
  /** Whether that run must be timed; otherwise {@link ran} is called without its time, or not at all. */
  readonly timed: boolean;
  /** Takes note of a run after {@link threadsFor}. */
  ran(work: number, milliseconds?: number): void;
}

/** Always the same number. */
export function fixedThreads(threads: number): ThreadSource {
  return { threadsFor: () => threads, timed: false, ran() {} };
}

/** Chooses the number of threads for runs of one kind by their times. */
export class ThreadChoice implements ThreadSource {
  /** Whether the next run must be timed; set by {@link threadsFor}. */
  timed = false;
  readonly #worth: number;
  readonly #numbers: readonly number[];
  /** The place of the present number in `#numbers`. */
  #present: number;
  /** The place of the number under trial, while there is a comparison. */
  #trial: number | undefined;
  /** Whether the next comparison tries a larger number first. */
  #upwards = false;
  #window = SHORTEST_WINDOW;
  readonly #ofPresent = new Windows();
  readonly #ofTrial = new Windows();
  /** The window that is open: whose it is, and its time and work so far. */
  #tries = false;
  #milliseconds = 0;
  #work = 0;
  /** The milliseconds until the next comparison, and the runs until the next one that is timed. */
  #rest = 0;
  #untimed = 0;
  #warmUp = WARM_UP_RUNS;

  /**
   * @param numbers - the numbers to choose from, ascending
   * @param first - the one to begin with, one of them
   * @param worth - runs with less work than this have one thread and are never timed
   */
  constructor(numbers: readonly number[], first: number, worth = 0) {
    this.#numbers = numbers;
    this.#present = numbers.indexOf(first);
    this.#worth = worth;
  }

  threadsFor(work: number): number {
    if (work < this.#worth) {
      this.timed = false;
      return 1;
    }
    this.timed =
      this.#numbers.length > 1 &&
      (this.#trial !== undefined || (this.#warmUp === 0 && this.#untimed === 0));
    return this.#numbers[this.#tries ? this.#trial! : this.#present]!;
  }

  ran(work: number, milliseconds = 0): void {
    if (work < this.#worth || this.#numbers.length === 1) return;
    if (this.#trial !== undefined) {
      this.#milliseconds += milliseconds;
      this.#work += work;
      if (this.#milliseconds >= this.#window) this.#closeWindow();
    } else if (this.#warmUp > 0) {
      if (--this.#warmUp === 0) this.#beginComparison();
    } else if (this.#untimed > 0) {
      this.#untimed--;
    } else {
      this.#untimed = SAMPLED - 1;
      this.#rest -= SAMPLED * milliseconds;
      if (this.#rest <= 0) this.#beginComparison();
    }
  }

  #beginComparison(): void {
    const up = this.#present + 1;
    const down = this.#present - 1;
    const [first, second] = this.#upwards ? [up, down] : [down, up];
    this.#upwards = !this.#upwards;
    this.#trial = first in this.#numbers ? first : second;
    this.#ofPresent.clear();
    this.#ofTrial.clear();
    this.#tries = false;
    this.#openWindow();
  }

  #openWindow(): void {
    this.#milliseconds = 0;
    this.#work = 0;
  }

  #closeWindow(): void {
    const present = this.#ofPresent;
    const trial = this.#ofTrial;
    (this.#tries ? trial : present).add(this.#milliseconds, this.#work);
    // A B B A A B B A: after an odd number of windows the other number has its turn.
    if ((present.count + trial.count) % 2 === 1) this.#tries = !this.#tries;
    this.#openWindow();
    const wins = verdictOf(present, trial);
    if (wins !== undefined) this.#endComparison(wins);
  }

  #endComparison(wins: boolean): void {
    this.#rest = PAUSE * this.#ofTrial.milliseconds;
    if (wins) {
      // The next comparison goes on in the same direction.
      this.#upwards = this.#trial! > this.#present;
      this.#present = this.#trial!;
    }
    this.#window = Math.min(2 * this.#window, LONGEST_WINDOW);
    this.#trial = undefined;
    this.#tries = false;
  }
}

/** Whether the number under trial wins; undefined while it is not decided. */
function verdictOf(present: Windows, trial: Windows): boolean | undefined {
  if (present.count !== trial.count || trial.count < FEWEST_WINDOWS) return undefined;
  if (trial.most <= CLEARLY * present.least) return true;
  if (present.most <= CLEARLY * trial.least) return false;
  if (trial.count < MOST_WINDOWS) return undefined;
  return trial.cost <= MARGIN * present.cost;
}

/** The numbers that deserve a trial: 1, 2, 4, … and `most`. */
export function numbersUpTo(most: number): readonly number[] {
  const numbers: number[] = [];
  for (let number = 1; number < most; number *= 2) numbers.push(number);
  return [...numbers, most];
}
