/** `vinculum runs [DIR]`: the runs in a folder, the latest first, each with its score, its size and its time. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readReason } from '@vinculum/io';
import { clip, counted, duration, grouped, plainLines, renderTable } from '@vinculum/report';
import { listed } from 'vinculum/internal';
import { dataFailure, EXIT, failureOf } from '../../failure.ts';
import type { Host } from '../../host.ts';
import { teller, writeJson } from '../../messages.ts';
import { widthOf } from '../../rendering/width.ts';
import { readRun } from '../../run-folder/read-run.ts';
import type { RunDocument } from '../../run-folder/run-document.ts';
import { headlineOf } from '../../run-folder/run-score.ts';
import type { RunsPlan } from './flags.ts';

/** A run with the name of its folder. */
interface NamedRun {
  readonly name: string;
  readonly run: RunDocument;
}

/** A folder whose document cannot be read. */
interface UnreadableRun {
  readonly name: string;
  readonly message: string;
}

/** Runs the command. */
export async function runs(plan: RunsPlan, host: Host): Promise<number> {
  const folder = plan.dir ?? 'runs';
  const names = await foldersIn(folder);
  const read = await Promise.all(names.map((name) => readNamed(folder, name)));
  const known = read
    .filter((one): one is NamedRun => 'run' in one)
    .toSorted((a, b) => (a.run.finished < b.run.finished ? 1 : -1));
  const unreadable = read.filter((one): one is UnreadableRun => 'message' in one);
  if (plan.json) {
    writeJson(
      {
        schema: 'vinculum.runs/1',
        folder,
        runs: known.map(({ name, run }) => ({ name, ...summaryOf(run) })),
        unreadable,
      },
      host,
    );
    return EXIT.ok;
  }
  const tell = teller(plan, host);
  for (const { message } of unreadable) tell(message);
  if (known.length === 0) {
    throw dataFailure(`'${folder}' must hold the folders of runs; it has none.`, {
      hint: 'vinculum train DATA -t TARGET makes one',
    });
  }
  host.stdout.write(`${plainLines(tableOf(known, widthOf(host.stdout)))}\n`);
  return EXIT.ok;
}

/** @throws {CommandFailure} exit 3 when there is no such folder */
async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    throw dataFailure(`'${folder}' must be a folder of runs; ${readReason(error)}.`, {
      cause: error,
      hint: "name the folder: vinculum runs DIR; 'vinculum train DATA -t TARGET' makes runs/",
    });
  }
}

async function readNamed(folder: string, name: string): Promise<NamedRun | UnreadableRun> {
  try {
    return { name, run: await readRun(join(folder, name)) };
  } catch (error) {
    return { name, message: failureOf(error).message };
  }
}

function summaryOf({ task, targets, metrics, rows, networks, parameters, time, finished }: RunDocument): object {
  const { length } = networks;
  return { task, targets, metrics, rows, networks: length, parameters, seconds: time.wall, finished };
}

function tableOf(known: readonly NamedRun[], width: number): string {
  const table = renderTable(
    [
      { title: 'run' },
      { title: 'target' },
      { title: 'held out' },
      { title: 'rows', align: 'right' },
      { title: 'networks', align: 'right' },
      { title: 'time', align: 'right' },
      { title: 'finished' },
    ],
    known.map(({ name, run }) => [
      clip(name, 24),
      clip(listed([...run.targets]), 16),
      headlineOf(run),
      grouped(run.rows.train + run.rows.validation + run.rows.test),
      String(run.networks.length),
      duration(run.time.wall),
      run.finished.slice(0, 16).replace('T', ' '),
    ]),
    width,
  );
  return `${table}\n\n${counted(known.length, 'run')}; 'vinculum compare RUN…' shows some side by side`;
}
