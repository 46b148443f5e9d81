/** `vinculum tune`: the settings that it prints, what it trains, and what it does not search. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runInMemory } from './memory-host.ts';
import { writeTable } from './write-table.ts';

const QUICK = ['--preset', 'fast', '--hidden', '5', '--epochs', '6', '--folds', '2'];
let folder = '';
let file = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vinculum-tune-'));
  const rows = Array.from({ length: 40 }, (_, i) => ({
    x: i - 20,
    size: (i * 7) % 11,
    kind: i > 18 ? 'new' : 'old',
  }));
  file = await writeTable(join(folder, 'rows.csv'), rows);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Document {
  readonly method: string;
  readonly metric: string;
  readonly best: number;
  readonly settings: Record<string, unknown>;
  readonly trials: readonly {
    readonly settings: Record<string, unknown>;
    readonly epochs: number;
    readonly metrics: Record<string, number>;
  }[];
  readonly trained?: { readonly schema: string; readonly model: string };
}

test('prints settings that train reads, with those that were given', async () => {
  const words = ['tune', file, '-t', 'kind', '--trials', '3', ...QUICK];
  const { exitCode, stdout, stderr } = await runInMemory(words);
  expect(exitCode).toBe(0);
  const settings = JSON.parse(stdout) as Record<string, unknown>;
  expect(settings).toMatchObject({ target: ['kind'], hidden: '5', epochs: 6, preset: 'fast' });
  expect(Object.keys(settings)).not.toEqual(expect.arrayContaining(['trials']));
  expect(stderr).toContain('trial 1 of 3, 6 epochs: loss ');
  expect(stderr).toMatch(/trial 3 of 3, .*--activation \w+ --learning-rate [\d.]+ --batch-size/);
  expect(stderr).not.toContain('--hidden');
  const config = join(folder, 'best.json');
  await writeFile(config, stdout);
  const trained = await runInMemory(['train', file, '-c', config, '-o', join(folder, 'a'), '-q']);
  expect(trained).toMatchObject({ exitCode: 0 });
  expect(trained.stdout).toMatch(/held-out accuracy/);
});

test('has the same result in every run, and trains the winner as train does with its settings', async () => {
  const words = ['tune', file, '-t', 'size', '--task', 'regression', '--trials', '4', ...QUICK];
  const output = join(folder, 'b');
  const more = ['--method', 'halving', '--json', '-q', '-o', output];
  const { stdout, exitCode } = await runInMemory([...words, ...more]);
  expect(exitCode).toBe(0);
  const found = JSON.parse(stdout) as Document;
  expect(found).toMatchObject({ method: 'halving', metric: 'rmse' });
  // Four trials with a third of the epochs, then the best two with all.
  expect(found.trials.map(({ epochs }) => epochs).toSorted((a, b) => a - b)).toEqual([2, 2, 6, 6]);
  const finalists = found.trials.filter(({ epochs }) => epochs === 6);
  const least = Math.min(...finalists.map(({ metrics }) => metrics['rmse']!));
  expect(found.trials[found.best - 1]!.metrics['rmse']).toBe(least);
  expect(found.trained).toMatchObject({ schema: 'vinculum.train/1' });
  const again = await runInMemory([
    ...words,
    '--method',
    'halving',
    '--json',
    '-q',
    '--threads',
    '1',
  ]);
  expect((JSON.parse(again.stdout) as Document).trials).toEqual(found.trials);
  const config = join(folder, 'won.json');
  await writeFile(config, JSON.stringify(found.settings));
  await runInMemory(['train', file, '-c', config, '-o', join(folder, 'c'), '-q']);
  expect(await readFile(join(folder, 'c', 'model.safetensors'))).toEqual(
    await readFile(join(output, 'model.safetensors')),
  );
});

test('does not search what the optimiser has not, and refuses to read stdin twice', async () => {
  const words = ['tune', file, '-t', 'kind', '--trials', '2', '--optimizer', 'sgd', ...QUICK];
  const { stderr, exitCode } = await runInMemory([...words, '--activation', 'tanh']);
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/trial 2 of 2, .*\(--learning-rate [\d.]+ --batch-size \d+ --dropout/);
  const refused = await runInMemory(['tune', '-', '-t', 'kind', '-o', folder], { stdin: 'a\n' });
  expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
  expect(refused.stderr).toContain('tune -o reads DATA twice, and stdin can be read once.');
});

test('ends with the signal, without a result', async () => {
  const { exitCode, stdout } = await runInMemory(['tune', file, '-t', 'kind', ...QUICK], {
    onMessage: (text, interrupt) => {
      if (text.includes('trial 2 of 20')) interrupt();
    },
  });
  expect(exitCode).toBe(130);
  expect(stdout).toBe('');
});
