/** Reads what a run left. A folder may be no run, or its `run.json` damaged or of a later version; each fault says which. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readReason } from '@vinculum/io';
import { isRecord, show } from 'vinculum/internal';
import { dataFailure, type CommandFailure } from '../failure.ts';
import { RUN_FILES } from './files.ts';
import { RUN_SCHEMA, type RunDocument } from './run-document.ts';

const HINT = "'vinculum runs' lists the runs; 'vinculum train DATA -t TARGET' makes one";

/** The kinds of the fields without which a run can neither be listed nor compared. */
const NEEDED = {
  finished: 'a text',
  command: 'a text',
  task: 'a text',
  targets: 'a list',
  data: 'an object',
  rows: 'an object',
  metrics: 'an object',
  networks: 'a list',
  time: 'an object',
  config: 'an object',
  model: 'an object',
} as const satisfies Partial<Record<keyof RunDocument, string>>;

/**
 * The document of the run in a folder.
 *
 * @throws {CommandFailure} exit 3 when there is none, or it is no document of a version that is known here
 */
export async function readRun(folder: string): Promise<RunDocument> {
  const path = join(folder, RUN_FILES.document);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw dataFailure(
      `'${folder}' must be the folder of a run; its ${RUN_FILES.document} cannot be read: ${readReason(error)}.`,
      {
        cause: error,
        hint: HINT,
      },
    );
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw damaged(
      path,
      `it must hold JSON; ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return checkDocument(path, parsed);
}

function checkDocument(path: string, parsed: unknown): RunDocument {
  if (!isRecord(parsed)) throw damaged(path, `it must hold one JSON object; got ${show(parsed)}`);
  const { schema } = parsed as { readonly schema?: unknown };
  if (schema !== RUN_SCHEMA) {
    throw dataFailure(`'${path}' must have the schema '${RUN_SCHEMA}'; got ${show(schema)}.`, {
      hint: 'update vinculum if a newer version wrote it, or train again',
    });
  }
  for (const [name, kind] of Object.entries(NEEDED)) {
    const value: unknown = (parsed as Readonly<Record<string, unknown>>)[name];
    if (kindOf(value) !== kind) throw damaged(path, `${name} must be ${kind}; got ${show(value)}`);
  }
  return parsed as unknown as RunDocument;
}

function kindOf(value: unknown): string {
  if (typeof value === 'string') return 'a text';
  if (Array.isArray(value)) return 'a list';
  return isRecord(value) ? 'an object' : typeof value;
}

function damaged(path: string, fault: string): CommandFailure {
  return dataFailure(`'${path}' is damaged: ${fault}.`, {
    hint: 'train again to write it anew; the model beside it can be used all the same',
  });
}
