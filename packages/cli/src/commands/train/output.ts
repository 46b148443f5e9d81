/**
 * Where a trained model goes: a folder that is made and tried before the training begins, so that no run is
 * lost to a wrong path at its end; the model is replaced whole or not at all.
 */
import { constants } from 'node:fs';
import { access, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runNameOf, systemReason } from '@vinculum/io';
import { readSafetensors } from 'vinculum';
import type { Computing } from '../../compute.ts';
import { CommandFailure, DIVERGED_HINT, EXIT } from '../../failure.ts';
import { describeModel, type OpenModel } from '../../open-model.ts';
import { writeModel } from '../../rescue.ts';
import { RUN_FILES } from '../../run-folder/files.ts';
import { checkRunFolder } from '../../run-folder/folder.ts';

/**
 * The folder of a run, made and writable.
 *
 * @param data - DATA of the command; it names the folder if `output` is absent
 * @throws {CommandFailure} exit 1 when it cannot be made or written
 */
export async function prepareFolder(data: string, output: string | undefined): Promise<string> {
  const folder = output ?? join('runs', runNameOf(data === '-' ? 'stdin' : data));
  try {
    await makeFolder(folder);
    await access(folder, constants.W_OK);
  } catch (error) {
    throw unwritable(folder, error);
  }
  await checkRunFolder(folder);
  return folder;
}

/** A saved model. */
export interface SavedModel {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** The model that was read back from the written bytes, so that the saved model is measured. */
  readonly open: OpenModel;
}

/**
 * Writes a model and reads it back before it replaces an old file, so that an old file is replaced only by a model that works.
 *
 * @param computing - what runs the model
 * @throws {CommandFailure} exit 4 when a weight is not finite, exit 1 when the file cannot be written
 */
export async function saveModelFile(
  folder: string,
  bytes: Uint8Array,
  computing: Computing,
): Promise<SavedModel> {
  checkFinite(bytes);
  const open = describeModel(bytes, computing);
  const path = join(folder, RUN_FILES.model);
  await writeModel(path, bytes);
  return { path, bytes, open };
}

function checkFinite(bytes: Uint8Array): void {
  for (const [name, { data }] of readSafetensors(bytes).tensors) {
    const index = Array.from<unknown>(data).findIndex((value) => !Number.isFinite(value));
    if (index === -1) continue;
    throw new CommandFailure(
      `the weights must be finite; ${name}[${index}] is ${String(data[index])}. No model is saved.`,
      { exitCode: EXIT.diverged, code: 'non-finite', hint: DIVERGED_HINT },
    );
  }
}

/**
 * Makes a folder and those above it. Not by mkdir's `recursive`, which never ends below /proc on Node 20 (a
 * parent that is there and yet refuses with ENOENT).
 */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    const parent = dirname(path);
    if (code !== 'ENOENT' || parent === path) throw error;
    await makeFolder(parent);
    await mkdir(path);
  }
}

function unwritable(path: string, error: unknown): CommandFailure {
  return new CommandFailure(
    `'${path}' must be a place to write the model to; ${systemReason(error)}.`,
    {
      cause: error,
      hint: 'name another folder with -o DIR',
    },
  );
}
