/** A model file describes how its model was trained, so a loaded model that is fitted again gets the same bits. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dropColumns, labelsOfColumn, readTable } from '@vinculum/io';
import {
  fromSafetensors,
  selectRows,
  toSafetensors,
  trainTestSplit,
  type FittedClassifier,
  type FittedMultilabelClassifier,
  type FittedRegressor,
  type Table,
} from 'vinculum';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FAST } from './run-process.ts';
import { runInMemory } from './memory-host.ts';

const PENGUINS = fileURLToPath(new URL('../../../examples/data/penguins.csv', import.meta.url));

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vinculum-again-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** The model that `vinculum train` makes. */
async function trained(
  data: string,
  target: string,
  ...flags: string[]
): Promise<FittedClassifier | FittedMultilabelClassifier | FittedRegressor> {
  const words = ['train', data, '-t', target, ...FAST, '-o', folder, '-q', ...flags];
  const run = await runInMemory(words);
  expect(run.stderr).toBe('');
  const model = fromSafetensors(await readFile(join(folder, 'model.safetensors')));
  if (model.kind === 'network') throw new Error('the model is no estimator');
  return model;
}

/** The rows that the command used for training and for early stopping. */
async function knownRows(data: string, target: string, stratify: boolean): Promise<Table> {
  const table = await readTable(data);
  const column = columnNamed(table, target);
  const labels = stratify ? { labels: labelsOfColumn(column) } : {};
  const split = trainTestSplit(table.rowCount, { testFraction: 0.2, seed: 0, ...labels });
  return selectRows(table, split.train);
}

describe('a model of the command, loaded', () => {
  test('says how it was trained, and trains in the same way again', async () => {
    const flags = ['--optimizer', 'sgd', '--learning-rate', '0.05', '--hidden', '8'];
    const more = ['--epochs', '20', '--class-weight', 'balanced', '--label-smoothing', '0.1'];
    const model = await trained(PENGUINS, 'species', ...flags, ...more, '--dropout', '0.1');
    if (model.kind !== 'classifier') throw new Error('the model is no classifier');
    expect(model.plan).toMatchObject({
      optimizer: { kind: 'sgd', learningRate: 0.05, momentum: 0.9, nesterov: false },
      schedule: { kind: 'constant' },
      loss: { kind: 'softmax-cross-entropy', labelSmoothing: 0.1 },
      layers: [
        { kind: 'dense', units: 8, init: 'he-uniform' },
        { kind: 'dropout', rate: 0.1 },
      ],
      epochs: 20,
      seed: 0,
      classWeights: 'balanced',
      validationFraction: 0.1,
      stopping: { monitor: 'loss', patience: 15, minDelta: 0, restoreBest: true },
    });
    const before = model.network.parameters();
    const known = await knownRows(PENGUINS, 'species', true);
    const labels = labelsOfColumn(columnNamed(known, 'species'));
    const again = await model.fit(dropColumns(known, ['species']), labels);
    expect(again.history.epochs.at(-1)?.learningRate).toBe(0.05);
    expect(again.network.parameters()).toEqual(before);
  });

  test('does so for a regression with other options too, and after it was saved a second time', async () => {
    const path = join(folder, 'line.csv');
    const lines = Array.from({ length: 120 }, (_, i) => `${i % 17},${(i * 7) % 11},${i * 1.5}`);
    await writeFile(path, `a,b,y\n${lines.join('\n')}\n`);
    const flags = ['--loss', 'huber', '--optimizer', 'adamw', '--weight-decay', '0.02'];
    const more = [
      '--l2',
      '0.001',
      '--max-norm',
      '2',
      '--clip',
      '0.5',
      '--schedule',
      'plateau',
      '--epochs',
      '12',
    ];
    const model = await trained(path, 'y', ...flags, ...more, '--hidden', '6,5');
    if (model.kind !== 'regressor') throw new Error('the model is no regressor');
    expect(model.plan).toMatchObject({
      loss: { kind: 'huber' },
      optimizer: { kind: 'adam', weightDecay: 0.02 },
      l2: 0.001,
      maxNorm: 2,
      clip: { globalNorm: 0.5 },
      schedule: { kind: 'reduceOnPlateau' },
    });
    const second = fromSafetensors(toSafetensors(model));
    if (second.kind !== 'regressor') throw new Error('the model is no regressor');
    expect(second.plan).toEqual(model.plan);
    const known = await knownRows(path, 'y', false);
    const { values } = columnNamed(known, 'y');
    const again = await second.fit(dropColumns(known, ['y']), values as Float64Array);
    expect(again.network.parameters()).toEqual(model.network.parameters());
  });
});

function columnNamed(table: Table, name: string): Table['columns'][number] {
  const found = table.columns.find((column) => column.name === name);
  if (found === undefined) throw new Error(`there is no column ${name}`);
  return found;
}
