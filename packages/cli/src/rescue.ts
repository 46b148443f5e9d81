/**
 * A second place for a trained model that cannot be saved in its folder, because a full disk at the end must not
 * destroy the result of hours of training.
 */
import { shellWord } from './rendering/shell-word.ts';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { systemReason, writeFileAtomically } from '@vinculum/io';
import { CommandFailure } from './failure.ts';

/**
 * Writes a model completely or not at all; if that fails, writes it into a new folder beside the system's other temporary files.
 *
 * @throws {CommandFailure} exit 1 when the model is not in its folder; the message says where it is
 */
export async function writeModel(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFileAtomically(path, bytes);
  } catch (error) {
    const reason = systemReason(error instanceof Error ? error.cause : error);
    const rescued = await rescue(basename(path), bytes);
    const fault = `'${path}' must be a place to write the model to; ${reason}.`;
    throw rescued === undefined
      ? new CommandFailure(`${fault} The temporary folder '${tmpdir()}' cannot take it either.`, {
          cause: error,
          hint: 'free some space there, or name another folder with -o DIR',
        })
      : new CommandFailure(`${fault} The trained model is saved as '${rescued}' instead.`, {
          cause: error,
          code: 'saved-elsewhere',
          hint: `move it to a folder that can take it: mv ${shellWord(rescued)} DIR`,
        });
  }
}

async function rescue(name: string, bytes: Uint8Array): Promise<string | undefined> {
  try {
    const path = join(await mkdtemp(join(tmpdir(), 'vinculum-')), name);
    await writeFileAtomically(path, bytes);
    return path;
  } catch {
    return undefined;
  }
}
