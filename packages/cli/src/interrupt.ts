/**
 * Work that a signal may interrupt: a flag to poll while a command computes, and the items of a source until the
 * signal comes. An interruption is a kind of failure, so interrupted code cleans up as after any other failure.
 */
import { CommandFailure, SIGNAL_EXIT } from './failure.ts';
import type { Host, StopSignal } from './host.ts';

/** What a command knows of the signals while it listens. */
export interface StopListener {
  /**
   * Aborted by the first signal, with the failure of a command that ends there as its reason: work that cannot keep
   * anything polls it with `throwIfAborted()`. The event loop must turn in between, or no signal arrives.
   */
  readonly signal: AbortSignal;
  /** The signal that came, if one did. */
  readonly by: () => StopSignal | undefined;
  /** A promise with the same result that rejects with the failure as soon as the signal comes, even if the work continues. */
  orStopped<Result>(work: Promise<Result>): Promise<Result>;
  /** Stops listening. After this a signal ends the process at once. */
  close(): void;
}

/**
 * Listens for signals until `close`.
 *
 * @param message - of the failure: that the command was interrupted, and what became of its work
 */
export function listenForStop(host: Host, message = 'interrupted.'): StopListener {
  const controller = new AbortController();
  const { signal } = controller;
  let by: StopSignal | undefined;
  const close = host.onStop((given) => {
    by = given;
    const exitCode = SIGNAL_EXIT[given];
    controller.abort(new CommandFailure(message, { exitCode, code: 'interrupted' }));
  });
  return {
    signal,
    by: () => by,
    orStopped: (work) =>
      new Promise((resolve, reject) => {
        const refuse = (): void => reject(signal.reason as CommandFailure);
        if (signal.aborted) refuse();
        else signal.addEventListener('abort', refuse, { once: true });
        work.then(resolve, reject).finally(() => signal.removeEventListener('abort', refuse));
      }),
    close,
  };
}

/**
 * The same items.
 *
 * @throws {CommandFailure} as soon as a signal comes, also while the next item is waited for
 */
export async function* untilStopped<Item>(
  items: AsyncIterable<Item>,
  host: Host,
): AsyncGenerator<Item> {
  const stop = listenForStop(host);
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await stop.orStopped(iterator.next());
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    stop.close();
    // Not waited for: a source may be in the middle of a read that never ends.
    iterator.return?.().catch(() => undefined);
  }
}
