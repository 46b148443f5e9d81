/**
 * Yielding: a long run gives the event loop a turn every few milliseconds, so that a page paints, timers fire and
 * an abort is noticed. In a page it uses a message channel, because `setTimeout` would wait at least 4 ms. In Node it
 * uses `setImmediate`, because Node delivers up to a thousand messages before it looks at its timers.
 */

/** How long a run may hold the thread, in milliseconds: under one frame of a 60 Hz screen. */
const SLICE_MILLISECONDS = 12;

/** The most steps between two reads of the clock, which takes 40 ns; only if this many steps take less than a millisecond. */
const MOST_UNSEEN_STEPS = 16;

/** Gives turns to the event loop; close it when the run ends. */
export class Pause {
  readonly #channel: MessageChannel | undefined;
  #resume: (() => void) | undefined;
  #seen: number = performance.now();
  #until: number = this.#seen + SLICE_MILLISECONDS;
  #stride = 1;
  #unseen = 0;

  constructor() {
    if (typeof setImmediate === 'function') return;
    this.#channel = new MessageChannel();
    this.#channel.port1.addEventListener('message', () => this.#wake());
    this.#channel.port1.start();
  }

  /** Whether the slice is used up. */
  due(): boolean {
    this.#seen = performance.now();
    return this.#seen >= this.#until;
  }

  /** Like `due`, for a run of steps of similar duration: it reads the clock only once in several steps. */
  dueAfterStep(): boolean {
    if (++this.#unseen < this.#stride) return false;
    const before = this.#seen;
    const due = this.due();
    this.#stride = this.#seen - before < 1 ? Math.min(2 * this.#stride, MOST_UNSEEN_STEPS) : 1;
    this.#unseen = 0;
    return due;
  }

  /** Resolves in a later turn of the event loop. */
  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#resume = resolve;
      if (this.#channel === undefined) setImmediate(() => this.#wake());
      else this.#channel.port2.postMessage(undefined);
    });
  }

  close(): void {
    this.#channel?.port1.close();
    this.#channel?.port2.close();
  }

  #wake(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    this.#until = performance.now() + SLICE_MILLISECONDS;
    resume?.();
  }
}
