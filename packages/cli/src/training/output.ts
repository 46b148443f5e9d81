/**
 * Where a trained model goes: a folder that is made and tried before the training begins, so that no run is
 * lost to a wrong path at its end; the file is replaced whole or not at all.
 */
import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { writeFileAtomically } from '@vinculum/io';
import { CommandFailure } from '../failure.ts';

/** The name of the model file in its folder. */
const MODEL_FILE = 'model.safetensors';

/**
 * The folder of a run, made and writable.
 *
 * @param data - DATA of the command; names the folder where `output` is absent
 * @throws {CommandFailure} exit 1 when it cannot be made or written
 */
export async function prepareFolder(data: string, output: string | undefined): Promise<string> {
  const folder = output ?? join('runs', nameOf(data));
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return folder;
  } catch (error) {
    throw unwritable(folder, error);
  }
}

/** Writes the model; gives its path. */
export async function saveModelFile(folder: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, MODEL_FILE);
  try {
    await writeFileAtomically(path, bytes);
    return path;
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** `examples/data/digits.csv.gz` → `digits`. */
function nameOf(data: string): string {
  if (data === '-') return 'stdin';
  const name = basename(data).replace(/(\.(csv|tsv|txt|gz))+$/i, '');
  return name === '' || name.startsWith('.') ? 'model' : name;
}

function unwritable(path: string, error: unknown): CommandFailure {
  const reason = error instanceof Error ? error.message : String(error);
  return new CommandFailure(`'${path}' must be a place to write the model to; ${reason}.`, {
    cause: error,
    hint: 'name another folder with -o DIR',
  });
}
