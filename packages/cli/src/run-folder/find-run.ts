/** Finds the folder that a word of the command line means: a folder, its `run.json`, or the name of a run in `runs`. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { nearest } from 'vinculum/internal';

import { dataFailure } from '../failure.ts';
import { RUN_FILES } from './files.ts';
import { nameOfRun } from './folder.ts';

/** Where runs are, unless `-o` said otherwise. */
const RUNS = 'runs';

/** A folder of a run, and its name. */
export interface FoundRun {
  readonly folder: string;
  readonly name: string;
}

/** @throws {CommandFailure} exit 3 when there is no such run, with the nearest name as hint */
export async function findRun(word: string): Promise<FoundRun> {
  const given = basename(word) === RUN_FILES.document ? dirname(word) : word;
  for (const folder of [given, join(RUNS, given)]) {
    if (await isFolder(folder)) return { folder, name: nameOfRun(folder) };
  }
  const names = await readdir(RUNS).catch((): string[] => []);
  const near = nearest(basename(given), names);
  throw dataFailure(`there is no run '${word}'.`, {
    hint: "'vinculum runs' lists what there is",
    replace: near === undefined ? undefined : { wrong: word, right: join(RUNS, near) },
  });
}

/** Whether a path leads to a file. */
export async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && !found.isDirectory();
}

/** Whether a path is a folder. */
async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}
