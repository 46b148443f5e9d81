/**
 * Text that is written piece by piece to stdout or to a file. The file gets its name only when it is complete; until
 * then the text goes to a temporary file beside it.
 */
import { replaceFile } from '@vinculum/io';
import { CommandFailure, failureOf } from './failure.ts';
import type { Host } from './host.ts';

/** A place for text. */
export interface TextSink {
  write(text: string): Promise<void>;
  /** Completes the file. */
  finish(): Promise<void>;
  /** Leaves nothing behind. */
  abandon(): Promise<void>;
}

/** stdout, or the file of a path. @throws {CommandFailure} exit 1 when it cannot be written */
export async function openSink(path: string | undefined, host: Host): Promise<TextSink> {
  if (path === undefined || path === '-') return stdoutSink(host);
  const file = await replaceFile(path).catch((error: unknown) => refuse(error));
  // While there is a listener, a signal does not end the process before the file is complete or removed.
  const stopListening = host.onStop(() => undefined);
  return {
    write: (text) => file.write(text).catch((error: unknown) => refuse(error)),
    finish: () =>
      file
        .finish()
        .catch((error: unknown) => refuse(error))
        .finally(stopListening),
    abandon: () => file.abandon().finally(stopListening),
  };
}

/** The failure of a file that cannot be written. @param word - the word of `-o` in the help of the command */
export function refuse(error: unknown, word: 'FILE' | 'MODEL' = 'FILE'): never {
  throw new CommandFailure(failureOf(error).message, {
    cause: error,
    hint: `name another file with -o ${word}`,
  });
}

function stdoutSink(host: Host): TextSink {
  return {
    async write(text) {
      host.stdout.write(text);
      await host.stdout.drained();
    },
    finish: async () => undefined,
    abandon: async () => undefined,
  };
}
