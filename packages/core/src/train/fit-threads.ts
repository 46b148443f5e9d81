/**
 * Threads that run whole calls of `fit`. The entry for Node says how they are started; where nobody has said it, as in a page,
 * there are none, and the caller's thread runs one call after another.
 */
import type { JobAnswer, JobMessage } from './fit-job.ts';

/** A thread that runs one job at a time. */
export interface FitThread {
  /** Sends a job; `hear` gets its answers, or undefined if the thread has ended without one. */
  start(message: JobMessage, hear: (answer: JobAnswer | undefined) => void): void;
  end(): void;
}

/** Where such threads come from. */
export interface FitThreadSource {
  /** Processors that can run threads at the same time. */
  processors(): number;
  /** Starts a thread; undefined if there can be none. */
  start(): FitThread | undefined;
}

let source: FitThreadSource | undefined;

/**
 * Sets where threads come from.
 *
 * @param other - undefined if there are none
 * @returns the source so far
 */
export function useFitThreads(other: FitThreadSource | undefined): FitThreadSource | undefined {
  const before = source;
  source = other;
  return before;
}

/** Where threads come from; undefined if there are none. */
export function fitThreads(): FitThreadSource | undefined {
  return source;
}
