/** `evaluate` computes every row once, however many metrics it measures, and uses the metrics of the library. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  dense,
  network,
  registerBackend,
  registeredBackends,
  toSafetensors,
  type Backend,
} from 'vinculum';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readTable } from '@vinculum/io';
import { partTable } from '../src/labelled-rows.ts';
import { openModel } from '../src/open-model.ts';
import { NO_ROLES } from '../src/roles.ts';
import { scoreOf } from '../src/scoring.ts';
import { FAST } from './run-process.ts';
import { runInMemory, type MemoryRun } from './memory-host.ts';

const PENGUINS = fileURLToPath(new URL('../../../examples/data/penguins.csv', import.meta.url));
const WASM = { environment: { VINCULUM_BACKEND: 'wasm' } };

let folder = '';
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vinculum-scoring-'));
  const trained = await runInMemory(
    ['train', PENGUINS, '-t', 'species', ...FAST, '-o', folder, '-q', '--epochs', '5'],
    WASM,
  );
  if (trained.exitCode !== 0) throw new Error(trained.stderr);
});

afterAll(() => rm(folder, { recursive: true }));

/** Counts the rows that the wasm backend computes, in every phase that predicts. */
function countRows(): { readonly rows: () => number } {
  const wasm = registeredBackends().find(({ name }) => name === 'wasm');
  if (wasm === undefined) throw new Error('there is no wasm backend');
  let rows = 0;
  const counting: Backend = {
    name: wasm.name,
    precision: wasm.precision,
    unavailable: () => wasm.unavailable(),
    describe: () => wasm.describe(),
    compile(program, options) {
      const executable = wasm.compile(program, options);
      const { scalars } = executable;
      return {
        program,
        scalars,
        view: (name) => executable.view(name),
        run(phase) {
          // The first scalar of a step is its number of rows.
          if (phase !== 'prepare') rows += scalars[0] ?? NaN;
          return executable.run(phase);
        },
        close: () => executable.close(),
      };
    },
  };
  registerBackend(counting);
  return { rows: () => rows };
}

test('evaluate computes each row once for loss, confusion matrix and ranking together', async () => {
  const counted = countRows();
  const run = await runInMemory(
    ['evaluate', at('model.safetensors'), PENGUINS, '--json', '--fail-under', 'rocAuc=0.1'],
    WASM,
  );
  expect(run.exitCode).toBe(0);
  const { rows, metrics } = JSON.parse(run.stdout) as { rows: number; metrics: object };
  expect(Object.keys(metrics)).toEqual(['accuracy', 'loss', 'precision', 'recall', 'f1', 'rocAuc']);
  expect(counted.rows()).toBe(rows);
});

test('evaluate measures the metrics that --metrics names, in the order of the registry, or all', async () => {
  const words = ['evaluate', at('model.safetensors'), PENGUINS];
  const measuredBy = async (...more: string[]): Promise<Record<string, number>> => {
    const { stdout } = await runInMemory([...words, '--json', ...more], WASM);
    return (JSON.parse(stdout) as { metrics: Record<string, number> }).metrics;
  };
  const usual = await measuredBy();
  const some = await measuredBy('--metrics', 'brier, mcc', '--metrics', 'accuracy');
  expect(Object.keys(some)).toEqual([...Object.keys(usual), 'mcc', 'brier']);
  expect(some).toMatchObject(usual);
  const all = await measuredBy('--metrics', 'all');
  expect(all).toMatchObject(some);
  expect(all['top3Accuracy']).toBe(1);
  expect(Object.keys(all).length).toBe(new Set(Object.keys(all)).size);
  const shown = await runInMemory([...words, '--metrics', 'averagePrecision'], WASM);
  expect(shown.stdout).toMatch(/^averagePrecision +(0\.\d+|1\.0000)$/m);
});

test('evaluate refuses a metric that is unknown or fits another task, with the nearest one', async () => {
  const words = ['evaluate', at('model.safetensors'), PENGUINS, '--metrics'];
  const typo = await runInMemory([...words, 'rocAuk'], WASM);
  expect(typo.exitCode).toBe(2);
  expect(typo.stderr).toContain("--metrics: there is no metric 'rocAuk' here. There are accuracy,");
  expect(typo.stderr).toContain('rocAuc');
  const other = await runInMemory([...words, 'rmse'], WASM);
  expect(other.exitCode).toBe(2);
});

test('a tie between classes goes to the first class, both in predict and in evaluate', async () => {
  const tied = network({
    inputs: 1,
    layers: [dense(3, { init: 'zeros' })],
    output: 'softmax',
  });
  await writeFile(at('tied.safetensors'), toSafetensors(tied));
  await writeFile(at('tied.csv'), 'x,y\n1,0\n2,1\n3,2\n');
  await writeFile(at('x.csv'), 'x\n1\n2\n');
  const run = (...words: string[]): Promise<MemoryRun> => runInMemory(words, WASM);
  const evaluated = await run(
    'evaluate',
    at('tied.safetensors'),
    at('tied.csv'),
    '-t',
    'y',
    '--json',
  );
  const { confusion } = JSON.parse(evaluated.stdout) as { confusion: number[][] };
  expect(confusion).toEqual([
    [1, 0, 0],
    [1, 0, 0],
    [1, 0, 0],
  ]);
  const predicted = await run('predict', at('tied.safetensors'), at('x.csv'));
  expect(predicted.stdout).toBe('prediction\n0\n0\n');
});

test('a score is the same however many rows are predicted together', async () => {
  const open = await openModel(at('model.safetensors'));
  const table = await readTable(PENGUINS);
  const { labelled } = partTable(table, { targets: ['species'] });
  const all = scoreOf(open, labelled, NO_ROLES, Infinity);
  for (const rowsAtOnce of [50, 343, 344]) {
    const { metrics, ...score } = scoreOf(open, labelled, NO_ROLES, rowsAtOnce);
    expect(score.confusion).toStrictEqual(all.confusion);
    expect(score.rows).toBe(344);
    for (const [name, value] of metrics) expect(value).toBeCloseTo(all.metrics.get(name)!, 12);
  }
});
