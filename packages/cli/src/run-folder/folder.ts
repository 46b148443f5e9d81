/**
 * The folder of a run, as it is before and after a training. Each file is replaced whole or not at all. A file of an earlier run that the
 * new run does not write is removed, because a folder must not mix two runs; files of other origin stay as they are.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { replaceFile, systemReason } from '@vinculum/io';
import { reportHtml, type ReportRecord } from '@vinculum/report/page';
import { CommandFailure } from '../failure.ts';
import type { Tell } from '../messages.ts';
import { irregularityAt } from '../regular-file.ts';
import { sha256 } from './data-file.ts';
import { EVENTS_BEGINNING, EVENTS_END, RUN_FILES } from './files.ts';
import { modelCard } from './model-card.ts';
import { readRun } from './read-run.ts';
import type { RunDocument } from './run-document.ts';

const NAMES: readonly string[] = Object.values(RUN_FILES);

const OTHER_FOLDER = 'name another folder with -o DIR';

/** What a run leaves beside its model. */
export interface RunFiles {
  readonly document: Omit<RunDocument, 'card'>;
  readonly metrics: string;
  /** Absent if no row was held out. */
  readonly predictions?: Iterable<string> | undefined;
  /** Absent if no report is asked for. */
  readonly report?: ReportRecord | undefined;
  /** Absent if TensorBoard is not used. `startedAt` is in seconds since 1970. */
  readonly events?: { readonly bytes: Uint8Array; readonly startedAt: number } | undefined;
}

/** The name of the run in a folder. */
export function nameOfRun(folder: string): string {
  return basename(resolve(folder));
}

/**
 * Checks that no file is in the way, before a training takes its time.
 *
 * @throws {CommandFailure} exit 1 when a name is taken by something that no run wrote
 */
export async function checkRunFolder(folder: string): Promise<void> {
  for (const name of NAMES) {
    const path = join(folder, name);
    const irregularity = await irregularityAt(path);
    if (irregularity === undefined) continue;
    const what = name === RUN_FILES.model ? 'the model' : 'the run';
    throw new CommandFailure(
      `'${path}' must be a regular file or a free name, because ${what} replaces it; it is ${irregularity}.`,
      { hint: OTHER_FOLDER },
    );
  }
  if ((await earlierRun(folder)) !== undefined) return;
  // The model is no sign of another origin, and a README of other origin stays as it is.
  const own: readonly string[] = [RUN_FILES.model, RUN_FILES.card];
  const names = await readdir(folder).catch((): string[] => []);
  const foreign = NAMES.find((name) => !own.includes(name) && names.includes(name));
  if (foreign === undefined) return;
  throw new CommandFailure(
    `'${join(folder, foreign)}' must be a file of an earlier run or a free name, because the run replaces it; no run wrote it.`,
    { hint: OTHER_FOLDER },
  );
}

/**
 * Writes everything but the model. `run.json` comes last, because it describes the other files.
 *
 * @throws {CommandFailure} exit 1 when a file cannot be written; the message says that the model is saved
 */
export async function writeRunFiles(folder: string, files: RunFiles, tell: Tell): Promise<void> {
  const { metrics, predictions, report, events } = files;
  const card = modelCard(nameOfRun(folder), files.document);
  const document: RunDocument = {
    ...files.document,
    card: { file: RUN_FILES.card, sha256: sha256(Buffer.from(card)) },
  };
  const keepsCard = await isEdited(folder);
  await removeOldEvents(folder);
  await write(folder, RUN_FILES.metrics, [metrics]);
  await replaceOrRemove(folder, RUN_FILES.predictions, predictions);
  await replaceOrRemove(folder, RUN_FILES.report, report && [reportHtml(report)]);
  await replaceOrRemove(folder, RUN_FILES.record, report && [`${JSON.stringify(report)}\n`]);
  if (events !== undefined) {
    const name = `${EVENTS_BEGINNING}${Math.floor(events.startedAt)}${EVENTS_END}`;
    await write(folder, name, [events.bytes]);
  }
  if (keepsCard)
    tell(`${join(folder, RUN_FILES.card)} was written by someone else, so it stays as it is`);
  else await write(folder, RUN_FILES.card, [card]);
  await write(folder, RUN_FILES.document, [`${JSON.stringify(document, undefined, 2)}\n`]);
}

/** A file that the new run does not write is of the run before. */
async function replaceOrRemove(
  folder: string,
  name: string,
  content: Iterable<string> | undefined,
): Promise<void> {
  if (content === undefined) await rm(join(folder, name), { force: true });
  else await write(folder, name, content);
}

/** Whether the folder has a README that is not as the run before wrote it. */
async function isEdited(folder: string): Promise<boolean> {
  const bytes = await readFile(join(folder, RUN_FILES.card)).catch(() => undefined);
  if (bytes === undefined) return false;
  return sha256(bytes) !== (await earlierRun(folder))?.card?.sha256;
}

/** The run that the folder is of; undefined if it is of none. */
async function earlierRun(folder: string): Promise<Partial<RunDocument> | undefined> {
  return await readRun(folder).catch(() => undefined);
}

async function write(
  folder: string,
  name: string,
  content: Iterable<string | Uint8Array>,
): Promise<void> {
  const path = join(folder, name);
  try {
    const file = await replaceFile(path);
    try {
      for (const piece of content) await file.write(piece);
    } catch (error) {
      await file.abandon();
      throw error;
    }
    await file.finish();
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    const reason = systemReason(error instanceof Error ? (error.cause ?? error) : error);
    throw new CommandFailure(
      `'${path}' must be a place to write to; ${reason}. The model is saved as '${join(folder, RUN_FILES.model)}'.`,
      { cause: error, hint: `free some space there, or ${OTHER_FOLDER}` },
    );
  }
}

/** TensorBoard would draw the curves of both runs as one. */
async function removeOldEvents(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  const old = names.filter(
    (name) => name.startsWith(EVENTS_BEGINNING) && name.endsWith(EVENTS_END),
  );
  for (const name of old) await rm(join(folder, name), { force: true });
}
