/**
 * One-file models on disk: the bytes are those of the core's safetensors, the file is replaced atomically.
 */
import { readFile } from 'node:fs/promises';
import {
  fromSafetensors,
  ModelFormatError,
  toSafetensors,
  type ModelFileOptions,
  type ModelFromFile,
  type SavableModel,
} from 'vinculum';
import { faultFrom, formatError, withReason } from 'vinculum/internal';
import { writeFileAtomicallyFor } from '../atomic-write.ts';
import { unreadable } from '../source.ts';

/**
 * Saves a network or a fitted estimator as one safetensors file. The file holds no time, path or host, so the
 * same model gives the same bytes.
 *
 * @param path - the file; its folder must exist. An old file is replaced whole or not at all
 * @param model - a network, or a fitted `Classifier` or `Regressor` with its preparation
 * @param options - `metadata`: texts of the caller's own to keep with the model
 * @throws {TypeError} when `model` cannot be saved
 * @throws {Error} when the file cannot be written; `cause` is the system's error
 * @example
 * await saveModel('model.safetensors', model);
 */
export async function saveModel(
  path: string,
  model: SavableModel,
  options: ModelFileOptions = {},
): Promise<void> {
  await writeFileAtomicallyFor('saveModel', path, toSafetensors(model, options));
}

/**
 * Loads what {@link saveModel} saved.
 *
 * @param path - the file
 * @returns the same kind of model that was saved
 * @throws {DataError} when the file cannot be read
 * @throws {ModelFormatError} when it is no model of ours, damaged or of an unknown version
 * @example
 * const model = await loadModel('model.safetensors');
 */
export async function loadModel(path: string): Promise<ModelFromFile> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw unreadable('loadModel', path, error);
  }
  try {
    return fromSafetensors(bytes);
  } catch (error) {
    if (!(error instanceof ModelFormatError)) throw error;
    const rule = 'must be a model of vinculum';
    throw formatError(withReason('loadModel', `'${path}'`, rule, faultFrom(error)));
  }
}
