/**
 * Text that is written piece by piece to stdout or to a file. The file appears under its name only when it is
 * whole: until then it grows beside it.
 */
import { open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CommandFailure } from './failure.ts';
import type { Host } from './host.ts';
import { systemReason } from './system-reason.ts';

/** A place for text. */
export interface TextSink {
  write(text: string): Promise<void>;
  /** Makes what was written whole. */
  finish(): Promise<void>;
  /** Leaves nothing behind. */
  abandon(): Promise<void>;
}

/** stdout, or the file of a path. @throws {CommandFailure} exit 1 when it cannot be written */
export async function openSink(path: string | undefined, host: Host): Promise<TextSink> {
  if (path === undefined || path === '-') return stdoutSink(host);
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  const refuse = (error: unknown): never => {
    throw new CommandFailure(`'${path}' must be a place to write to; ${systemReason(error)}.`, {
      cause: error,
      hint: 'name another file with -o FILE',
    });
  };
  const file: FileHandle = await open(temporary, 'wx').catch(refuse);
  return {
    async write(text) {
      await file.write(text).catch(refuse);
    },
    async finish() {
      await file.sync().catch(refuse);
      await file.close();
      await rename(temporary, path).catch(async (error: unknown) => {
        await unlink(temporary).catch(() => undefined);
        refuse(error);
      });
    },
    async abandon() {
      await file.close().catch(() => undefined);
      await unlink(temporary).catch(() => undefined);
    },
  };
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
