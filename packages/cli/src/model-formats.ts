/**
 * The formats of models beside our own: how such a file becomes a model file of ours and the other way round. The commands
 * `export` and `import`, and every command that takes MODEL, read this table; a format is a row. A package is loaded when
 * its format is met.
 */
import { readFile, stat } from 'node:fs/promises';
import { readModelFile, readReason } from '@vinculum/io';
import type { ModelFormatError, ModelFromFile } from 'vinculum';
import { faultOf, listed } from 'vinculum/internal';
import {
  dataFailure,
  failureOf,
  usageFailure,
  type CommandFailure,
  type FailureDetails,
} from './failure.ts';
import { irregularityAt } from './regular-file.ts';

/** How far two sides of a conversion are from each other. */
export interface Comparison {
  /** Rows that both predicted. */
  readonly rows: number;
  /** The largest |one − other| / max(1, |other|). */
  readonly difference: number;
}

/** What `export` may change. */
export interface ExportChoices {
  /** Whether the file prepares the columns of a table. */
  readonly preparation: boolean;
}

/** A format of models. */
export interface ModelFormat {
  readonly name: string;
  readonly title: string;
  readonly ending: string;
  /** What to do with a file that is not read. */
  readonly hint: string;
  /** From the bytes of a model file of ours. */
  readonly write: (file: Uint8Array, choices: ExportChoices) => Promise<Uint8Array>;
  /** To the bytes of a model file of ours. @throws {ModelFormatError} when it is no such file, or not read */
  readonly read: (bytes: Uint8Array) => Promise<Uint8Array>;
  readonly compare: (model: ModelFromFile, bytes: Uint8Array) => Promise<Comparison>;
}

export const MODEL_FORMATS: readonly ModelFormat[] = [
  {
    name: 'onnx',
    title: 'ONNX',
    ending: '.onnx',
    hint: 'the README of @vinculum/onnx lists what is read; export the network without the rest',
    write: async (file, choices) => (await import('@vinculum/onnx')).toOnnx(file, choices),
    read: async (bytes) => (await import('@vinculum/onnx')).onnxToSafetensors(bytes),
    compare: async (model, bytes) => (await import('@vinculum/onnx')).compareOnnx(model, bytes),
  },
];

/** The names of the formats, for a flag. */
export const MODEL_FORMAT_NAMES: readonly string[] = MODEL_FORMATS.map(({ name }) => name);

/** The format of a path by its ending; undefined for a file of ours. */
export function modelFormatOf(path: string): ModelFormat | undefined {
  return MODEL_FORMATS.find(({ ending }) => path.toLowerCase().endsWith(ending));
}

/**
 * The format that `export` or `import` is asked for.
 *
 * @param name - of a flag
 * @throws {CommandFailure} exit 2 when neither a name nor the ending of the path says it
 */
export function chosenFormat(name: string | undefined, path: string): ModelFormat {
  const found = MODEL_FORMATS.find((one) => one.name === name) ?? modelFormatOf(path);
  if (found !== undefined) return found;
  const endings = listed(
    MODEL_FORMATS.map(({ ending }) => ending),
    { last: 'or' },
  );
  throw usageFailure(
    `the format of '${path}' must be known; its name ends in none of ${endings}.`,
    {
      hint: `name the format: -f ${MODEL_FORMAT_NAMES.join(' or -f ')}`,
    },
  );
}

/** The failure of a file of another format that is damaged, or holds what is not read. */
export function unreadFile(
  path: string,
  { title, hint }: ModelFormat,
  error: ModelFormatError,
  details: FailureDetails = {},
): CommandFailure {
  const { message } = failureOf(error);
  return dataFailure(`'${path}' must be a model in ${title} that is read; ${message}`, {
    ...details,
    cause: error,
    hint: faultOf(error)?.remedy?.trim() ?? hint,
  });
}

/** A path with the ending of another format. */
export function withEnding(path: string, ending: string): string {
  const dot = path.lastIndexOf('.');
  const hasEnding = dot > path.lastIndexOf('/') + 1;
  return `${hasEnding ? path.slice(0, dot) : path}${ending}`;
}

/** A larger file is no multilayer perceptron, and its bytes would not fit into one array. */
const LARGEST = 2 ** 31 - 1;

/** The bytes of a file of another format. @throws {CommandFailure} exit 3 when it cannot be read */
export async function readForeignFile(path: string, { title }: ModelFormat): Promise<Uint8Array> {
  const irregularity = await irregularityAt(path);
  if (irregularity !== undefined) {
    throw dataFailure(`'${path}' must be a regular file; it is ${irregularity}.`, {
      hint: `name a file with a model in ${title}`,
    });
  }
  try {
    const { size } = await stat(path);
    if (size <= LARGEST) return await readFile(path);
    throw dataFailure(`'${path}' must have less than 2 GB; it has ${size} bytes.`, {
      hint: 'save the model as several smaller ones',
    });
  } catch (error) {
    throw error instanceof Error && 'syscall' in error
      ? dataFailure(`'${path}' must be a readable file; ${readReason(error)}.`, {
          cause: error,
          hint: `name a file with a model in ${title}`,
        })
      : error;
  }
}

/**
 * The bytes of a model file of ours for MODEL of any format.
 *
 * @throws {ModelFormatError} when it is no model
 * @throws {Error} when the file cannot be read; `cause` is the system's error
 */
export async function readModelOf(path: string): Promise<Uint8Array> {
  const foreign = modelFormatOf(path);
  return foreign === undefined
    ? readModelFile(path)
    : foreign.read(await readForeignFile(path, foreign));
}
