/**
 * The limit of time of a training, as a signal: it is set when the seconds are over, or when the caller's own signal is. A clock gives
 * another result on every machine, so what was really trained is written into the plan; see `followedPlan`.
 */
import type { Fit } from '../train/fit-job.ts';
import type { RunOptions } from './recipe-request.ts';

/** Begins to count when it is made. */
export class TimeLimit {
  readonly #signal: RunOptions['signal'];
  readonly #end: number;

  constructor({ signal, timeLimit = Infinity }: Pick<RunOptions, 'signal' | 'timeLimit'>) {
    this.#signal = signal;
    this.#end = performance.now() + 1000 * timeLimit;
  }

  get aborted(): boolean {
    return this.#signal?.aborted === true || performance.now() >= this.#end;
  }

  /** Whether the limit, and not the caller, has ended some runs early. */
  cutShort(fits: readonly (Fit | undefined)[]): boolean {
    if (this.#end === Infinity || this.#signal?.aborted === true) return false;
    return fits.some((fit) => fit === undefined || fit.history.stoppedBy === 'abort');
  }
}
