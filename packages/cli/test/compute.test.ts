/** The choice of the backend: every command uses the one that the environment names, and refuses one that is not available. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dense, network, registerBackend, registeredBackends, toSafetensors } from 'vinculum';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { FAST } from './run-process.ts';
import { runInMemory } from './memory-host.ts';

const PENGUINS = fileURLToPath(new URL('../../../examples/data/penguins.csv', import.meta.url));

let folder = '';
let model = '';
/** How many Programs the backend 'native' of this test compiled. It is wasm under that name. */
let compiled = 0;
let fault: string | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vinculum-compute-'));
  await runInMemory([
    'train',
    PENGUINS,
    '-t',
    'species',
    ...FAST,
    '-o',
    folder,
    '-q',
    '--epochs',
    '2',
  ]);
  model = join(folder, 'model.safetensors');
  const wasm = registeredBackends().find((backend) => backend.name === 'wasm')!;
  registerBackend({
    name: 'native',
    precision: 'float32',
    unavailable: () => fault,
    describe: () => 'native: a test',
    compile: (program) => {
      compiled++;
      return wasm.compile(program);
    },
  });
});

afterAll(() => rm(folder, { recursive: true }));

beforeEach(() => {
  compiled = 0;
  fault = undefined;
});

const environment = { VINCULUM_BACKEND: 'native' };

test.each([
  [
    'train',
    () => ['train', PENGUINS, '-t', 'species', ...FAST, '-o', join(folder, 'x'), '--epochs', '1'],
  ],
  ['predict', () => ['predict', model, PENGUINS]],
  ['evaluate', () => ['evaluate', model, PENGUINS]],
  ['check', () => ['check']],
])('%s computes on the backend that the environment names', async (_name, words) => {
  const run = await runInMemory(words(), { environment });
  expect(run.stderr).not.toMatch(/error:/);
  expect(run.exitCode).toBe(0);
  expect(compiled).toBeGreaterThan(0);
});

test('a trained model is measured on the backend that trained it', async () => {
  const words = [
    'train',
    PENGUINS,
    '-t',
    'species',
    ...FAST,
    '-o',
    join(folder, 'y'),
    '--epochs',
    '1',
  ];
  await runInMemory([...words, '--backend', 'reference'], { environment });
  expect(compiled).toBe(0);
});

test.each([
  ['predict', 'm', 'd'],
  ['evaluate', 'm', 'd'],
  ['explain', 'm', 'd', '--row', '1'],
  ['check', 'm', 'd'],
  ['check'],
])('%s refuses a backend that does not work, with one full stop', async (...words) => {
  fault = 'the library is lost.';
  const run = await runInMemory(words, { environment });
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toMatch(
    /^error: backend 'native' is not available: the library is lost\.\nhint: .*'wasm'.*\n$/,
  );
  expect(run.stdout).toBe('');
});

test('a model of float64 is refused by a backend of float32', async () => {
  const path = join(folder, 'double.safetensors');
  const net = network({ inputs: 1, layers: [dense(1)], dtype: 'float64' });
  await writeFile(path, toSafetensors(net));
  await writeFile(join(folder, 'one.csv'), 'a\n1\n2\n');
  const words = ['predict', path, join(folder, 'one.csv')];
  const refused = await runInMemory(words, { environment: { VINCULUM_BACKEND: 'wasm' } });
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toMatch(/'wasm' computes in float32; the model's weights are float64/);
  expect((await runInMemory(words)).stdout.split('\n')).toHaveLength(4);
});
