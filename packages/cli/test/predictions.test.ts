/** A file of predictions must contain neither NaN nor characters that move the cursor of a terminal. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Classifier, dense, network, toSafetensors, type Network } from 'vinculum';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runInMemory } from './memory-host.ts';
import { FAST, PENGUINS } from './run-process.ts';

let folder = '';
const at = (name: string): string => join(folder, name);
const save = (name: string, model: Parameters<typeof toSafetensors>[0]): Promise<void> =>
  writeFile(at(name), toSafetensors(model));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vinculum-predictions-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Two inputs whose sum overflows float32 if both are large. */
function overflowing(net: Network): Network {
  const [name = ''] = [...net.parameters().keys()];
  const { length } = net.parameters().get(name) ?? [];
  net.setParameters({ [name]: new Float32Array(length ?? 0).fill(3e38) });
  return net;
}

describe('a network that takes its columns by position', () => {
  test.each([
    ['1,2\n3,\n', /row 2, column 'b': must be a number .* it is missing\./],
    ['1,2\n3,4\n1e39,1\n', /row 3, column 'a': must be a number .* got 1e\+39\./],
  ])('names the row and column of a cell that it cannot take', async (rows, message) => {
    await writeFile(at('cells.csv'), `a,b\n${rows}`);
    await save('plain.safetensors', network({ inputs: 2, layers: [dense(1)] }));
    const run = await runInMemory(['predict', at('plain.safetensors'), at('cells.csv')]);
    expect(run.stderr).toMatch(message);
    expect(run.exitCode).toBe(3);
  });
});

describe('an output that is not a finite number', () => {
  beforeAll(async () => {
    await writeFile(at('large.csv'), 'a,b\n0,0\n1,-1\n9,9\n');
    await writeFile(at('truth.csv'), 'a,b,y\n0,0,1\n1,-1,0\n9,9,1\n');
    const softmax = network({ inputs: 2, layers: [dense(2)], output: 'softmax' });
    await save('classes.safetensors', overflowing(softmax));
    await save('numbers.safetensors', overflowing(network({ inputs: 2, layers: [dense(1)] })));
  });

  test.each([
    ['classes', 'csv', ['--proba']],
    ['classes', 'jsonl', ['--proba']],
    ['classes', 'csv', []],
    ['numbers', 'csv', []],
    ['numbers', 'jsonl', []],
  ])('%s as %s %j: the row is named, and nothing like NaN is written', async (kind, form, more) => {
    const words = ['predict', at(`${kind}.safetensors`), at('large.csv'), '-f', form, ...more];
    const run = await runInMemory(words);
    expect(run.stderr).toMatch(
      /^error: row 3: the outputs of the model must be finite numbers; output 1 is (NaN|Infinity)\.\nhint: /,
    );
    expect(run.exitCode).toBe(3);
    expect(run.stdout).not.toMatch(/NaN|null|Infinity/);
  });

  test('makes evaluate fail too', async () => {
    const words = ['evaluate', at('classes.safetensors'), at('truth.csv'), '-t', 'y', '--json'];
    const run = await runInMemory(words);
    expect(run.exitCode).toBe(3);
    expect(JSON.parse(run.stdout)).toMatchObject({ code: 'non-finite' });
  });
});

describe('labels with characters that move a cursor', () => {
  // ESC, a C1 control character (CSI), and the mark that changes the direction of the following text.
  const labels = ['red\u001b[31m', 'c1\u009b31m', 'turn\u202eed'];
  const raw = ['\u001b', '\u009b', '\u202e'];
  const expectNone = (text: string): void => {
    expect(raw.filter((character) => text.includes(character))).toEqual([]);
  };

  beforeAll(async () => {
    const rows = labels.flatMap((_, index) => [[index], [index + 0.1]]);
    const y = labels.flatMap((label) => [label, label]);
    const model = new Classifier({ hiddenLayerSizes: [8], maxIter: 300, randomState: 0 });
    await save('cursor.safetensors', await model.fit(rows, y));
    await writeFile(at('rows.csv'), 'a\n0\n1\n2\n');
  });

  test.each([
    ['predict', ['-f', 'jsonl', '--proba'], false],
    ['predict', ['-f', 'jsonl'], true],
  ])('%s %j: JSON has them escaped, and means the same', async (command, more, terminal) => {
    const words = [command, at('cursor.safetensors'), at('rows.csv'), ...more];
    const { stdout } = await runInMemory(words, { terminal });
    expectNone(stdout);
    const lines = stdout.trimEnd().split('\n');
    const read = lines.map((line) => (JSON.parse(line) as { prediction: string }).prediction);
    expect(read).toEqual(labels);
  });

  test('are escaped by inspect --json too', async () => {
    const { stdout } = await runInMemory(['inspect', at('cursor.safetensors'), '--json']);
    expectNone(stdout);
    expect((JSON.parse(stdout) as { classes: string[] }).classes.toSorted()).toEqual(
      labels.toSorted(),
    );
  });

  test('are escaped in CSV on a terminal, but not in a file', async () => {
    const words = ['predict', at('cursor.safetensors'), at('rows.csv'), '--proba'];
    const shown = await runInMemory(words, { terminal: true });
    expectNone(shown.stdout);
    expect(shown.stdout).toContain(String.raw`turn\u{202e}ed`);
    await runInMemory([...words, '-o', at('out.csv')], { terminal: true });
    expect(await readFile(at('out.csv'), 'utf8')).toContain('turn\u202eed');
    expect((await runInMemory(words)).stdout).toContain('turn\u202eed');
  });
});

describe('a bar', () => {
  test('is reached by exactly its value', async () => {
    const words = [
      'train',
      PENGUINS,
      '-t',
      'species',
      ...FAST,
      '-q',
      '--epochs',
      '3',
      '-o',
      at('model'),
    ];
    await runInMemory(words);
    const model = at('model/model.safetensors');
    const evaluate = ['evaluate', model, PENGUINS];
    const { stdout } = await runInMemory([...evaluate, '--json']);
    const { accuracy } = (JSON.parse(stdout) as { metrics: { accuracy: number } }).metrics;
    expect(accuracy).toBeLessThan(1);
    const judge = async (bar: number): Promise<number> =>
      (await runInMemory([...evaluate, '--fail-under', `accuracy=${bar}`])).exitCode;
    expect(await judge(accuracy)).toBe(0);
    expect(await judge(accuracy + Number.EPSILON)).toBe(5);
  });

  test('of 1 is reached by a model that is always right', async () => {
    const model = at('model/model.safetensors');
    const predicted = (await runInMemory(['predict', model, PENGUINS])).stdout
      .trimEnd()
      .split('\n');
    const [header = '', ...rows] = (await readFile(PENGUINS, 'utf8')).trimEnd().split('\n');
    const right = rows.filter((row, index) => row.startsWith(`${predicted[index + 1]},`));
    expect(right.length).toBeGreaterThan(100);
    await writeFile(at('right.csv'), `${[header, ...right].join('\n')}\n`);
    const words = ['evaluate', model, at('right.csv'), '--fail-under', 'accuracy=1'];
    expect((await runInMemory(words)).exitCode).toBe(0);
  });
});
