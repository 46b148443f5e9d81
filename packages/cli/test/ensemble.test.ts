/** The command with ensembles: it trains them, and opens, measures, shows and uses their files. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dropColumns, labelsOfColumn, readTable } from '@vinculum/io';
import {
  Classifier,
  fromSafetensors,
  Regressor,
  selectRows,
  toSafetensors,
  trainTestSplit,
  type FittedClassifier,
  type FittedRegressor,
  type Table,
  readSafetensors,
} from 'vinculum';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TrainOptions } from '../src/commands/train/flags.ts';
import { planOfFlags } from '../src/commands/train/plan.ts';
import { runInMemory } from './memory-host.ts';

const PENGUINS = fileURLToPath(new URL('../../../examples/data/penguins.csv', import.meta.url));
/** A small network that trains in few epochs; three of them. */
const SMALL = '--preset balanced --members 3 --hidden 8 --embedding none --epochs 6'.split(' ');

/** The flags that have a default. */
const FLAGS = {
  data: 'a.csv',
  optimizer: 'adam',
  schedule: 'constant',
} as unknown as TrainOptions;

let folder = '';
let classes = '';
let numbers = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vinculum-ensemble-'));
  classes = await train('classes', PENGUINS, 'species');
  numbers = await train('numbers', PENGUINS, 'body_mass_g');
});

afterAll(() => rm(folder, { recursive: true }));

/** The file of a model that `vinculum train` made. */
async function train(name: string, data: string, target: string): Promise<string> {
  const output = join(folder, name);
  const run = await runInMemory(['train', data, '-t', target, '-o', output, '-q', ...SMALL]);
  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  return join(output, 'model.safetensors');
}

async function read<Model>(path: string): Promise<Model> {
  return fromSafetensors(await readFile(path)) as Model;
}

async function json(...words: string[]): Promise<Record<string, unknown>> {
  const { stdout } = await runInMemory([...words, '--json']);
  return JSON.parse(stdout) as Record<string, unknown>;
}

test('train says what it trains, and measures each network on the rows that it has held out', async () => {
  const words = ['train', PENGUINS, '-t', 'species', '-o', join(folder, 'told'), ...SMALL];
  const { stdout, stderr } = await runInMemory(words);
  expect(stderr).toContain('(other rows in each of the 3 networks)');
  for (const member of [1, 2, 3]) expect(stderr).toContain(`network ${member} of 3: 6 epochs in `);
  expect(stderr).toMatch(/trained 3 networks, 18 epochs in .*; their weights are those of epochs/);
  // 3 times 28 of the 275 rows that are not held out for the test.
  expect(stdout).toMatch(/^metric +validation +held out +guess$/m);
  expect(stdout).toMatch(/^rows +84 +69$/m);
  const document = await json(...words);
  expect(document['members']).toHaveLength(3);
  const { validation } = document['metrics'] as { validation: Record<string, number> };
  const { metadata } = readSafetensors(await readFile(String(document['model'])));
  expect(JSON.parse(metadata.get('training')!)).toMatchObject({
    outOfFold: { rows: 84, accuracy: validation['accuracy'], logLoss: validation['loss'] },
  });
  expect(document['parameters']).toBe(3 * (15 + 15 * 8 + 8 + 8 * 3 + 3));
});

test('predict writes intervals, of numbers only', async () => {
  const table = await readTable(PENGUINS);
  const model = await read<FittedRegressor<number>>(numbers);
  const rows = dropColumns(table, ['body_mass_g']);
  const { low, high } = model.predictInterval(rows, { level: 0.8 });
  const csv = await runInMemory(['predict', numbers, PENGUINS, '--interval', '0.8', '-q']);
  const [header, first = ''] = csv.stdout.split('\n');
  expect(header).toBe('prediction,low,high');
  expect(first.split(',').slice(1).map(Number)).toEqual(
    [low[0], high[0]].map((x) => expect.closeTo(x!, 2)),
  );
  const lines = await runInMemory([
    'predict',
    numbers,
    PENGUINS,
    '--interval',
    '0.8',
    '-f',
    'jsonl',
    '-q',
  ]);
  const { interval } = JSON.parse(lines.stdout.split('\n')[0]!) as { interval: number[] };
  expect(interval).toEqual([low[0], high[0]].map((x) => expect.closeTo(x!, 2)));
  const refused = await runInMemory(['predict', classes, PENGUINS, '--interval', '0.8']);
  expect(refused).toMatchObject({ exitCode: 2 });
  expect(refused.stderr).toContain('--interval goes with numbers; the model predicts classes.');
  const few = await runInMemory(['predict', numbers, PENGUINS, '--interval', '0.9999']);
  expect(few.exitCode).toBe(2);
  expect(few.stderr).toContain('rows were held out');
  const [, most = ''] =
    /^error: --interval must be at most ([\d.]+), .*; got 0\.9999\.\nhint: ask for a smaller level/m.exec(
      few.stderr,
    ) ?? [];
  const followed = await runInMemory(['predict', numbers, PENGUINS, '--interval', most, '-q']);
  expect(followed.exitCode).toBe(0);
});

test('evaluate measures the mean of the probabilities', async () => {
  const model = await read<FittedClassifier<string>>(classes);
  const table = await readTable(PENGUINS);
  const labels = labelsOfColumn(columnNamed(table, 'species')) as string[];
  const rows = dropColumns(table, ['species']);
  const { metrics } = await json('evaluate', classes, PENGUINS);
  const probabilities = model.predictProbabilities(rows);
  const losses = labels.map(
    (label, row) => -Math.log(probabilities.data[row * 3 + model.classes.indexOf(label)]!),
  );
  const { accuracy, loss } = metrics as Record<string, number>;
  expect(accuracy).toBe(model.score(rows, labels));
  expect(loss).toBeCloseTo(losses.reduce((sum, one) => sum + one, 0) / losses.length, 6);
  const bar = await runInMemory([
    'evaluate',
    classes,
    PENGUINS,
    '--fail-under',
    'rocAuc=0.5',
    '-q',
  ]);
  expect(bar.exitCode).toBe(0);
});

test('predict gives what the library gives', async () => {
  const table = await readTable(PENGUINS);
  const { stdout } = await runInMemory(['predict', numbers, PENGUINS, '-q']);
  const model = await read<FittedRegressor<number>>(numbers);
  const known = model.predict(dropColumns(table, ['body_mass_g'])).map(Math.fround);
  expect(stdout.trim().split('\n').slice(1).map(Number).map(Math.fround)).toEqual(known);
  const proba = await runInMemory(['predict', classes, PENGUINS, '--proba', '-q']);
  const [, first = ''] = proba.stdout.split('\n');
  const own = (await read<FittedClassifier>(classes)).predictProbabilities(
    dropColumns(table, ['species']),
  );
  expect(first.split(',').slice(1).map(Number).map(Math.fround)).toEqual(
    Array.from(own.data.slice(0, 3)),
  );
});

test('a regression predicts no number outside the range of its training rows', async () => {
  const far = join(folder, 'far.csv');
  const [header = '', row = ''] = (await readFile(PENGUINS, 'utf8')).split('\n');
  const cells = row.split(',');
  const lines = [1e6, -1e6].map((factor) =>
    cells.map((cell) => (/^[\d.]+$/.test(cell) ? String(Number(cell) * factor) : cell)).join(','),
  );
  await writeFile(far, [header, ...lines, ''].join('\n'));
  const { stdout } = await runInMemory(['predict', numbers, far, '-q']);
  const predicted = stdout.trim().split('\n').slice(1).map(Number);
  const { targetScaler } = await read<FittedRegressor<number>>(numbers);
  const { min, max } = targetScaler.span!;
  expect(predicted).toHaveLength(2);
  for (const value of predicted) expect(value >= min[0]! && value <= max[0]!).toBe(true);
});

test('inspect and explain say that there are several networks', async () => {
  const { stdout } = await runInMemory(['inspect', classes]);
  expect(stdout).toContain('ensemble            {"members":3}');
  expect(stdout).toContain('3 networks, whose outputs are averaged; each of them:');
  expect(await json('inspect', classes)).toMatchObject({ members: 3 });
  const explained = await runInMemory(['explain', classes, PENGUINS, '--row', '1']);
  expect(explained.stdout).toContain('This is the first of the 3 networks of the model');
});

test('a loaded ensemble that is fitted again is the same file', async () => {
  const table = await readTable(PENGUINS);
  const labels = labelsOfColumn(columnNamed(table, 'species'));
  const split = trainTestSplit(table.rowCount, { testFraction: 0.2, seed: 0, labels });
  const known = selectRows(table, split.train);
  const model = await read<FittedClassifier>(classes);
  const before = toSafetensors(model);
  const targets = labelsOfColumn(columnNamed(known, 'species'));
  expect(toSafetensors(await model.fit(dropColumns(known, ['species']), targets))).toEqual(before);
});

describe.each(['fast', 'balanced', 'best'] as const)('--preset %s', (preset) => {
  const { training } = planOfFlags({ ...FLAGS, preset });

  test('is the same plan as that of the estimators', () => {
    expect(new Classifier({ preset }).plan).toEqual(training.classification);
    expect(new Regressor({ preset }).plan).toEqual(training.regression);
  });
});

test('without a preset the command trains as with --preset balanced', () => {
  const { training } = planOfFlags(FLAGS);
  expect(training).toEqual(planOfFlags({ ...FLAGS, preset: 'balanced' }).training);
  expect(training.classification.ensemble).toEqual({ members: 8, folds: 8 });
});

function columnNamed(table: Table, name: string): Table['columns'][number] {
  const found = table.columns.find((column) => column.name === name);
  if (found === undefined) throw new Error(`there is no column ${name}`);
  return found;
}
