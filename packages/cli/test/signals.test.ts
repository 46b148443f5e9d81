/**
 * Signals to the command as a process: what it saves, which files remain, how soon it ends, and with which exit code.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromSafetensors, readSafetensors } from 'vinculum';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runInMemory } from './memory-host.ts';
import { FAST, PENGUINS, runProcess, type ProcessOptions } from './run-process.ts';

const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;

let folder = '';
const at = (name: string): string => join(folder, name);
const ENDLESS = ['--epochs', '1000000', '--patience', '999999'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vinculum-signals-'));
  const words = ['train', PENGUINS, '-t', 'species', ...FAST, '-q', '--epochs', '3', '-o', folder];
  await runInMemory(words);
});
afterAll(() => rm(folder, { recursive: true }));

/** Calls `act` once, when stderr contains `text` for the first time. */
function once(
  text: string,
  act: (child: ChildProcess) => void,
): NonNullable<ProcessOptions['onMessage']> {
  let done = false;
  return (stderr, child) => {
    if (done || !stderr.includes(text)) return;
    done = true;
    act(child);
  };
}

describe.each(SIGNALS)('%s', (signal, exitCode) => {
  test('after an epoch makes train save the best model so far', async () => {
    const output = at(`best-${signal}`);
    const words = ['train', PENGUINS, '-t', 'species', ...FAST, '-o', output, ...ENDLESS];
    const stopped = await runProcess(words, {
      onMessage: once('epoch 1/', (child) => child.kill(signal)),
    });
    expect(stopped.exitCode).toBe(exitCode);
    expect(stopped.stdout).toMatch(/held-out accuracy/);
    const bytes = await readFile(join(output, 'model.safetensors'));
    expect(fromSafetensors(bytes).kind).toBe('classifier');
  });

  test('before the end of the first epoch keeps the old model, and a message says so', async () => {
    const output = at(`old-${signal}`);
    await mkdir(output);
    const path = join(output, 'model.safetensors');
    const old = await readFile(at('model.safetensors'));
    await writeFile(path, old);
    // One epoch of this network on so many rows takes much longer than the signal needs.
    const slow = ['--hidden', '2000,2000', '--batch-size', '1'];
    const words = [
      'train',
      await largeTable(),
      '-t',
      'species',
      ...FAST,
      '-o',
      output,
      ...slow,
      ...ENDLESS,
    ];
    const stopped = await runProcess(words, {
      onMessage: once('rows: ', (child) => child.kill(signal)),
    });
    expect(stopped.stderr).toMatch(/error: interrupted before the first epoch.*nothing is saved/);
    expect(stopped.exitCode).toBe(exitCode);
    expect(stopped.stdout).toBe('');
    expect((await readFile(path)).equals(old)).toBe(true);
  });

  test('leaves no incomplete file of predictions', async () => {
    const output = at(`predictions-${signal}`);
    await mkdir(output);
    const words = ['predict', at('model.safetensors'), '-', '-o', join(output, 'out.csv')];
    const stopped = await runProcess(words, {
      stdin: await readFile(PENGUINS, 'utf8'),
      openStdin: true,
      onStart: (child) => afterFirstFile(output, () => child.kill(signal)),
    });
    expect(stopped.exitCode).toBe(exitCode);
    expect(stopped.stderr).toBe('error: interrupted.\n');
    expect(readdirSync(output)).toEqual([]);
  });
});

test('a signal within the first epoch saves nothing', async () => {
  const output = at('first-epoch');
  // On a terminal the progress within an epoch is shown. The test sends the signal when it appears.
  const slow = ['--hidden', '300,300', '--batch-size', '1', '--epochs', '1000'];
  const words = ['train', await largeTable(), '-t', 'species', ...FAST, '-o', output, ...slow];
  let isFirst = true;
  const stopped = await runInMemory(words, {
    terminal: true,
    onMessage: (text, interrupt) => {
      if (!isFirst || !text.includes('epoch 1/')) return;
      isFirst = false;
      interrupt();
    },
  });
  expect(isFirst).toBe(false);
  expect(stopped.stderr).toMatch(/interrupted before the first epoch.*nothing is saved/);
  expect(stopped.exitCode).toBe(130);
  expect(readdirSync(output)).toEqual([]);
});

test('a second signal ends train immediately, and nothing is saved', async () => {
  const output = at('twice');
  const words = ['train', PENGUINS, '-t', 'species', ...FAST, '-o', output, ...ENDLESS];
  // Both signals are in the queue when the process next checks it, so the second comes while it handles the first.
  const stopped = await runProcess(words, {
    onMessage: once('epoch 1/', (child) => {
      child.kill('SIGTERM');
      child.kill('SIGINT');
    }),
  });
  expect([130, 143]).toContain(stopped.exitCode);
  expect(stopped.stdout).toBe('');
  expect(existsSync(join(output, 'model.safetensors'))).toBe(false);
});

test('a second signal ends train immediately also while it measures the saved model', async () => {
  // Measuring this network on so many rows takes seconds without a turn of the event loop.
  const slow = ['--test', await largeTable(), '--hidden', '1000,1000', '--epochs', '1000000'];
  let signals = 0;
  const words = ['train', PENGUINS, '-t', 'species', ...FAST, '-o', at('measured'), ...slow];
  const stopped = await runProcess(words, {
    onMessage: (stderr, child) => {
      if (signals === (stderr.includes('epoch 1/') ? 0 : -1)) signals = 1;
      else if (signals === 1 && stderr.includes('to quit at once')) signals = 2;
      else return;
      child.kill('SIGINT');
    },
  });
  expect(signals).toBe(2);
  expect(stopped.exitCode === 130 || stopped.signal === 'SIGINT').toBe(true);
  expect(stopped.stdout).toBe('');
});

test('the next run removes the temporary file of a killed run', async () => {
  const output = at('killed');
  await mkdir(output);
  const words = ['predict', at('model.safetensors'), '-', '-o', join(output, 'out.csv')];
  const stdin = await readFile(PENGUINS, 'utf8');
  const killed = await runProcess(words, {
    stdin,
    openStdin: true,
    onStart: (child) => afterFirstFile(output, () => child.kill('SIGKILL')),
  });
  expect(killed.signal).toBe('SIGKILL');
  expect(readdirSync(output)).toHaveLength(1);
  await writeFile(join(output, '.other.csv.tmp'), 'of somebody else');
  expect((await runInMemory(words, { stdin })).exitCode).toBe(0);
  expect(readdirSync(output).toSorted()).toEqual(['.other.csv.tmp', 'out.csv']);
});

test('a model that cannot be saved in its folder is saved in the temporary folder', async () => {
  const [output, temporary] = [at('vanished'), at('temporary')];
  await mkdir(temporary);
  const words = ['train', PENGUINS, '-t', 'species', ...FAST, '-o', output, '--epochs', '5'];
  let gone = Promise.resolve();
  const failed = await runProcess(words, {
    environment: { TMPDIR: temporary },
    onMessage: once('rows: ', () => {
      gone = rm(output, { recursive: true });
    }),
  });
  await gone;
  expect(failed.exitCode).toBe(1);
  const path = /The trained model is saved as '([^']+)' instead\./.exec(failed.stderr)?.[1] ?? '';
  expect(path.startsWith(temporary)).toBe(true);
  expect(failed.stderr).toContain(`mv ${path} DIR`);
  expect(readSafetensors(await readFile(path)).metadata.get('target')).toBe('species');
});

test.skipIf(process.platform === 'win32')(
  'a pipe in the place of the model is refused',
  async () => {
    const output = at('pipe');
    await mkdir(output);
    const path = join(output, 'model.safetensors');
    await new Promise((resolve) => spawn('mkfifo', [path]).on('close', resolve));
    const refused = await runInMemory(['train', PENGUINS, '-t', 'species', ...FAST, '-o', output]);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(/must be a regular file or a free name.*; it is a pipe\./);
  },
);

/** A table of all penguins, a hundred times. */
async function largeTable(): Promise<string> {
  const [header = '', ...rows] = (await readFile(PENGUINS, 'utf8')).trimEnd().split('\n');
  await writeFile(at('large.csv'), `${header}\n${`${rows.join('\n')}\n`.repeat(100)}`);
  return at('large.csv');
}

/** Calls `act` shortly after the first file appears in a folder. At that time the command waits for rows. */
function afterFirstFile(output: string, act: () => void): void {
  const timer = setInterval(() => {
    if (readdirSync(output).length === 0) return;
    clearInterval(timer);
    setTimeout(act, 200);
  }, 20);
}
