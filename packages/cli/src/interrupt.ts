/**
 * Work that the user may break off: the items of a source until Ctrl-C, which is a failure of its own kind, so
 * that whoever consumes them cleans up as after any other.
 */
import { CommandFailure, EXIT } from './failure.ts';
import type { Host } from './host.ts';

/**
 * The same items.
 *
 * @throws {CommandFailure} exit 130 as soon as the user interrupts, also while the next item is waited for
 */
export async function* untilInterrupted<Item>(
  items: AsyncIterable<Item>,
  host: Host,
): AsyncGenerator<Item> {
  let interrupted = false;
  let refuse: ((failure: CommandFailure) => void) | undefined;
  const stopListening = host.onInterrupt(() => {
    interrupted = true;
    refuse?.(interruption());
  });
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (;;) {
      if (interrupted) throw interruption();
      const next = await new Promise<IteratorResult<Item>>((resolve, reject) => {
        refuse = reject;
        iterator.next().then(resolve, reject);
      });
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    stopListening();
    // Not waited for: a source may be in the middle of a read that never ends.
    iterator.return?.().catch(() => undefined);
  }
}

function interruption(): CommandFailure {
  return new CommandFailure('interrupted.', { exitCode: EXIT.interrupted, code: 'interrupted' });
}
