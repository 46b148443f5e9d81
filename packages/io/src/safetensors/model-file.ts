/**
 * One-file models on disk. The core makes the bytes (safetensors), and the file is replaced atomically. The header is read
 * first and says how long the file must be, so that a file of another kind is never read completely, however large it is.
 */
import { open, type FileHandle } from 'node:fs/promises';
import {
  fromSafetensors,
  ModelFormatError,
  toSafetensors,
  type ModelFileOptions,
  type ModelFromFile,
  type ModelReadOptions,
  type SavableModel,
} from 'vinculum';
import {
  checkFileLength,
  faultFrom,
  formatError,
  headLength,
  parseHead,
  systemError,
  withReason,
} from 'vinculum/internal';
import { writeWhole } from '../atomic-write.ts';
import { unreadable } from '../source.ts';
import { readReason } from '../system-reason.ts';

/**
 * Saves a network or a fitted estimator as one safetensors file. The file holds no time, path or host, so the
 * same model gives the same bytes.
 *
 * @param path - the file; its folder must exist. An old file is replaced whole or not at all
 * @param model - a network, or a fitted `Classifier` or `Regressor` with its preparation
 * @param options - `metadata`: texts of the caller's own to keep with the model
 * @throws {TypeError} when `model` cannot be saved
 * @throws {ReplacementError} when the file cannot be written; `cause` is the system's error
 * @example
 * await saveModel('model.safetensors', model);
 */
export async function saveModel(
  path: string,
  model: SavableModel,
  options: ModelFileOptions = {},
): Promise<void> {
  await writeWhole('saveModel', path, toSafetensors(model, options));
}

/**
 * Loads what {@link saveModel} saved.
 *
 * @param path - the file
 * @param options - `onNote`: hears that a file has no checksum
 * @returns the same kind of model that was saved
 * @throws {DataError} when the file cannot be read
 * @throws {ModelFormatError} when it is no model of ours, damaged or of an unknown version
 * @example
 * const model = await loadModel('model.safetensors');
 */
export async function loadModel(
  path: string,
  options: ModelReadOptions = {},
): Promise<ModelFromFile> {
  try {
    return fromSafetensors(await readAnnounced('loadModel', path), options);
  } catch (error) {
    if (!(error instanceof ModelFormatError)) throw unreadable('loadModel', path, error);
    const rule = 'must be a model of vinculum';
    throw formatError(withReason('loadModel', `'${path}'`, rule, faultFrom(error)));
  }
}

/**
 * The bytes of a model file, of which no more are read than its header announces.
 *
 * @param path - the file, or a device or pipe
 * @throws {ModelFormatError} when its header is none of a safetensors file, or its length is another
 * @throws {Error} when the file cannot be read; `cause` is the system's error
 */
export async function readModelFile(path: string): Promise<Uint8Array> {
  const where = 'readModelFile';
  try {
    return await readAnnounced(where, path);
  } catch (error) {
    if (error instanceof ModelFormatError) throw error;
    const rule = `must be a readable file; ${readReason(error)}`;
    throw systemError({ where, subject: `'${path}'`, rule }, { cause: error });
  }
}

/** As {@link readModelFile}, with the system's own errors. */
async function readAnnounced(where: string, path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const first = await readUpTo(file, 9);
    const length = headLength(where, first);
    const start = Buffer.concat([first, await readUpTo(file, Math.max(0, length - 9))]);
    const head = parseHead(where, start);
    const status = await file.stat();
    // This check comes before memory is allocated because of the header. A pipe has no size.
    if (status.isFile()) checkFileLength(where, head, status.size);
    // One byte more, which must not be there.
    const rest = await readUpTo(file, head.fileLength - start.length + 1);
    checkFileLength(where, head, start.length + rest.length);
    return Buffer.concat([start, rest]);
  } finally {
    await file.close();
  }
}

/** The next `length` bytes; fewer only at the end of the file. */
async function readUpTo(file: FileHandle, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
