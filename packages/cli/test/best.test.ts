/** The preset `best` in the command: several recipes, and a limit of time. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromSafetensors, type FittedClassifier } from 'vinculum';
import { listed } from 'vinculum/internal';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runInMemory } from './memory-host.ts';

const PENGUINS = fileURLToPath(new URL('../../../examples/data/penguins.csv', import.meta.url));
/** Small networks that train in few epochs. */
const SMALL = ['--preset', 'best', '--members', '4', '--hidden', '6', '--epochs', '3'];

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vinculum-best-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function train(
  name: string,
  ...words: string[]
): Promise<{ readonly stderr: string; readonly bytes: Buffer }> {
  const output = join(folder, name);
  const run = await runInMemory(['train', PENGUINS, '-t', 'species', '-o', output, ...words]);
  expect(run.exitCode).toBe(0);
  return { stderr: run.stderr, bytes: await readFile(join(output, 'model.safetensors')) };
}

test('says how much each recipe counts, and the settings that it prints give the same file', async () => {
  const { stderr, bytes } = await train('told', ...SMALL);
  expect(stderr).toContain('(other rows in each of the 4 networks of 3 recipes)');
  expect(stderr).toContain('network 12 of 12: 3 epochs');
  const { recipeWeights, plan } = fromSafetensors(bytes) as FittedClassifier<string>;
  const names = recipeWeights!.map(
    ({ recipe, weight }) => `${plan.ensemble!.recipes![recipe]!.name} ${weight.toFixed(3)}`,
  );
  expect(stderr).toContain(`weights of the recipes: ${listed(names)}`);

  const shown = await runInMemory(['train', PENGUINS, '-t', 'species', ...SMALL, '--print-config']);
  expect(JSON.parse(shown.stdout)).toMatchObject({ recipes: ['relu', 'tanh', 'dropout'] });
  const config = join(folder, 'config.json');
  await writeFile(config, shown.stdout);
  expect(await train('again', '-c', config)).toMatchObject({ bytes });
});

test('prints no setting that a recipe changes, because it would change every recipe', async () => {
  const { stdout } = await runInMemory(['train', PENGUINS, '--preset', 'best', '--print-config']);
  const shown = JSON.parse(stdout) as Record<string, unknown>;
  expect(shown['recipes']).toEqual(['relu', 'tanh', 'dropout']);
  for (const name of ['hidden', 'activation', 'dropout', 'members', 'epochs']) {
    expect(shown).not.toHaveProperty(name);
  }
  const two = await runInMemory(['train', PENGUINS, '--recipes', 'tanh,dropout', '--print-config']);
  expect(JSON.parse(two.stdout)).toMatchObject({ recipes: 'tanh,dropout', scaling: 'robust' });
  const none = await runInMemory(['train', PENGUINS, '--recipes', 'none', '--print-config']);
  expect(JSON.parse(none.stdout)).toMatchObject({ recipes: 'none', activation: 'relu' });
});

test('keeps what is whole when the time is over, and says so', async () => {
  const { stderr, bytes } = await train('limited', ...SMALL, '--time-limit', '1e-9');
  expect(stderr).toContain('the limit of 0.0 ms is over: the model has 1 of 12 networks; its file');
  const model = fromSafetensors(bytes) as FittedClassifier<string>;
  expect(model.plan).toMatchObject({ epochs: 1, ensemble: { trained: [0] } });
  const wrong = await runInMemory(['train', PENGUINS, '-t', 'species', '--time-limit', '0']);
  expect(wrong).toMatchObject({ exitCode: 2 });
  expect(wrong.stderr).toContain('--time-limit must be a finite number, above 0');
});

test('refuses a recipe that does not exist', async () => {
  const { exitCode, stderr } = await runInMemory(['train', PENGUINS, '--recipes', 'tan']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("--recipes must be one of relu, tanh and dropout; got 'tan'.");
});
