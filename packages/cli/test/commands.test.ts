/** The commands on the penguins and on small tables that are made here. They run in this process. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  dense,
  dropout,
  fromSafetensors,
  layerNormalization,
  network,
  readSafetensors,
  registeredBackends,
  scaling,
  toSafetensors,
  writeSafetensors,
  type ModelFromFile,
} from 'vinculum';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saveModelFile } from '../src/commands/train/output.ts';
import { FAST } from './run-process.ts';
import { runInMemory, type MemoryRun } from './memory-host.ts';

const PENGUINS = fileURLToPath(new URL('../../../examples/data/penguins.csv', import.meta.url));

let folder = '';
let penguinModel = '';
let areaModel = '';
const at = (name: string): string => join(folder, name);

/** y = 3 area − 2 rooms + 7, with a text column and missing values. */
function areaTable(): string {
  const lines = ['area,rooms,"kind, of house",price'];
  for (let row = 0; row < 200; row++) {
    const area = (row * 37) % 101;
    const rooms = (row * 13) % 7;
    const kind = row % 3 === 0 ? 'flat' : 'house';
    const price = 3 * area - 2 * rooms + 7 + (kind === 'flat' ? 10 : 0);
    lines.push(`${row % 50 === 3 ? '' : area},${rooms},${kind},${price}.5`);
  }
  return `${lines.join('\n')}\n`;
}

async function train(...words: string[]): Promise<MemoryRun> {
  const run = await runInMemory(['train', ...FAST, ...words]);
  expect(run.stderr).not.toMatch(/error:/);
  return run;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vinculum-commands-'));
  await writeFile(at('area.csv'), areaTable());
  await train(PENGUINS, '-t', 'species', '-o', at('penguins'), '-q');
  await train(at('area.csv'), '-t', 'price', '-o', at('area'), '-q');
  penguinModel = at('penguins/model.safetensors');
  areaModel = at('area/model.safetensors');
});

afterAll(() => rm(folder, { recursive: true }));

async function read(path: string): Promise<ModelFromFile> {
  return fromSafetensors(await readFile(path));
}

/** The JSON document of a run, which must succeed. */
async function json(...words: string[]): Promise<Record<string, unknown>> {
  const run = await runInMemory([...words, '--json']);
  expect(run.exitCode).toBe(0);
  expect(run.stdout.trimEnd()).not.toContain('\n');
  return JSON.parse(run.stdout) as Record<string, unknown>;
}

describe('train', () => {
  test('prints the task, the rows and the result, and its last line is the accuracy', async () => {
    const run = await train(PENGUINS, '-t', 'species', '-o', at('told'));
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toMatch(
      /task: classification of 'species' \(the target is text\); 3 classes: Adelie, Chinstrap and Gentoo\n/,
    );
    expect(run.stderr).toMatch(/rows: 247 to train, 28 to stop early, 69 held out\n/);
    expect(run.stderr).toMatch(/epoch 1\/200 - .* - loss: .* - val_accuracy: /);
    expect(run.stdout).toMatch(
      /\nheld-out accuracy 0\.\d{4} \(\d\d of 69 rows\)\n$|1\.0000 \(69 of 69 rows\)\n$/,
    );
    expect(run.stdout).toContain(`model: ${at('told/model.safetensors')}`);
    expect(run.stdout).toContain('vinculum predict');
  });

  test.each([
    ['--loss', 'mae', 'regression', 'classification'],
    ['--label-smoothing', '0.1', 'classification and multilabel', 'regression'],
    ['--quantile', '0.9', 'regression', 'classification'],
    ['--class-weight', 'balanced', 'classification', 'regression'],
  ])('%s is refused where it would have no effect', async (flag, word, goesWith, task) => {
    const table =
      task === 'regression' ? [at('area.csv'), '-t', 'price'] : [PENGUINS, '-t', 'species'];
    const run = await runInMemory(['train', ...FAST, ...table, '-o', at('refused'), flag, word]);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(`error: ${flag} goes with ${goesWith}; the task is ${task} (`);
    expect(run.stderr).toContain(
      `hint: leave ${flag} off, or give --task ${goesWith.split(' ')[0]} if`,
    );
    const missing = await readFile(at('refused/model.safetensors')).catch(() => 'none');
    expect(missing).toBe('none');
  });

  test('--quantile asks for the loss pinball, and for no other', async () => {
    const words = [
      'train',
      ...FAST,
      at('area.csv'),
      '-t',
      'price',
      '-o',
      at('quantile'),
      '--epochs',
      '2',
    ];
    const run = await runInMemory([...words, '--quantile', '0.9']);
    expect(run.exitCode).toBe(0);
    const { stdout } = await runInMemory(['inspect', at('quantile/model.safetensors'), '--json']);
    expect(stdout).toContain('"kind":"pinball","labelSmoothing":0,"delta":1,"quantile":0.9');
    const wrong = await runInMemory([...words, '--quantile', '0.9', '--loss', 'mae']);
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain(
      "error: --quantile belongs to 'pinball' only; got it with 'mae'",
    );
  });

  test('a target below 0 is refused by the loss poisson, with its row and column', async () => {
    await writeFile(at('debt.csv'), 'x,n\n1,2\n2,-3\n3,1\n4,1\n');
    const words = [
      'train',
      ...FAST,
      at('debt.csv'),
      '-t',
      'n',
      '--task',
      'regression',
      '--loss',
      'poisson',
    ];
    const run = await runInMemory([...words, '-o', at('debt')]);
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain(
      "error: row 2, column 'n': must be at least 0 for the loss 'poisson'; got -3.",
    );
  });

  test('prints tables that fit a narrow terminal', async () => {
    const words = [
      'train',
      PENGUINS,
      '-t',
      'species',
      ...FAST,
      '-o',
      at('narrow'),
      '--epochs',
      '2',
    ];
    const run = await runInMemory(words, { terminal: true, columns: 36 });
    const lines = run.stdout.split('\n');
    const tables = lines.slice(
      0,
      lines.findIndex((line) => line.startsWith('model: ')),
    );
    expect(Math.max(...tables.map((line) => line.length))).toBeLessThanOrEqual(36);
  });

  test('ends with R² for a regression', async () => {
    const run = await train(at('area.csv'), '-t', 'price', '-o', at('told-area'));
    expect(run.stdout).toMatch(/\nheld-out R² 0\.9\d{3} \(40 rows\)\n$/);
    expect(run.stderr).toMatch(/regression of 'price' \(the target has fractions\)/);
  });

  test('writes the same bytes for the same seed, and others for another seed', async () => {
    await train(PENGUINS, '-t', 'species', '-o', at('again'), '-q');
    await train(PENGUINS, '-t', 'species', '-o', at('other'), '-q', '--seed', '1');
    const first = await readFile(penguinModel);
    expect(await readFile(at('again/model.safetensors'))).toEqual(first);
    expect(await readFile(at('other/model.safetensors'))).not.toEqual(first);
  });

  test('writes no time, path or machine into the file', async () => {
    const { metadata } = readSafetensors(await readFile(penguinModel));
    expect([...metadata.keys()].toSorted()).toEqual([
      'classes',
      'crc32c',
      'estimatorVersion',
      'format',
      'formatVersion',
      'kind',
      'loss',
      'network',
      'options',
      'plan',
      'preparation',
      'target',
      'training',
    ]);
    const text = [...metadata.values()].join('\n');
    for (const word of [
      folder,
      'wasm',
      'reference',
      'threads',
      'linux',
      String(new Date().getFullYear()),
    ]) {
      expect(text).not.toContain(word);
    }
  });

  test('prints one document with the documented fields for --json', async () => {
    const document = await json(
      'train',
      PENGUINS,
      '-t',
      'species',
      ...FAST,
      '-o',
      at('json'),
      '-q',
    );
    expect(document).toMatchObject({
      schema: 'vinculum.train/1',
      task: 'classification',
      target: 'species',
      classes: ['Adelie', 'Chinstrap', 'Gentoo'],
      rows: { train: 247, validation: 28, test: 69 },
      metrics: {
        validation: { accuracy: expect.any(Number), loss: expect.any(Number) },
        test: { accuracy: expect.any(Number), loss: expect.any(Number) },
      },
      epochs: expect.any(Number),
      seed: 0,
      backend: registeredBackends().find((one) => one.unavailable() === undefined)!.name,
      model: at('json/model.safetensors'),
    });
    const area = await json(
      'train',
      ...FAST,
      at('area.csv'),
      '-t',
      'price',
      '-o',
      at('json-area'),
      '-q',
    );
    expect(area['metrics']).toMatchObject({
      test: { r2: expect.any(Number), rmse: expect.any(Number), mae: expect.any(Number) },
    });
    expect(area).not.toHaveProperty('classes');
  });

  test('applies every option of training', async () => {
    const runs: string[][] = [
      ['--hidden', 'none'],
      ['--hidden', '8', '--activation', 'gelu', '--dropout', '0.2', '--label-smoothing', '0.1'],
      ['--optimizer', 'sgd', '--momentum', '0.8', '--schedule', 'cosine', '--lr', '0.05'],
      ['--optimizer', 'rmsprop', '--learning-rate', '0.001', '--schedule', 'step'],
      ['--optimizer', 'adagrad', '--schedule', 'exponential', '--l2', '0.001'],
      ['--optimizer', 'adamw', '--weight-decay', '0.05', '--schedule', 'one-cycle'],
      ['--weight-decay', '0.05', '--schedule', 'warmup', '--clip', '0.5', '--max-norm', '2'],
      ['--schedule', 'plateau', '--class-weight', 'balanced', '--batch-size', '7'],
      ['--backend', 'reference', '--threads', '1', '--patience', '2'],
      ['--backend', 'reference', '--numerics', 'fused'],
      ['--split', '0.6/0.2/0.2', '--drop', 'year,island', '--drop', 'sex'],
      ['--split', '0.8/0/0.2', '--task', 'classification'],
    ];
    for (const options of runs) {
      const document = await json(
        'train',
        ...FAST,
        PENGUINS,
        '-t',
        'species',
        '-o',
        at('option'),
        '-q',
        '--epochs',
        '3',
        ...options,
      );
      expect(document['epochs']).toBeGreaterThan(0);
    }
    const losses = ['mse', 'mae', 'huber'];
    for (const loss of losses) {
      await json(
        'train',
        ...FAST,
        at('area.csv'),
        '-t',
        'price',
        '-o',
        at('option'),
        '-q',
        '--loss',
        loss,
      );
    }
  });

  test('measures on the rows of another file with --test, whatever the order of its columns', async () => {
    await writeFile(
      at('few.csv'),
      'price,rooms,area,"kind, of house",more\n31.5,1,8,house,x\n,2,9,flat,y\n20.5,2,,flat,z\n',
    );
    const run = await runInMemory([
      'train',
      ...FAST,
      at('area.csv'),
      '-t',
      'price',
      '--test',
      at('few.csv'),
      '-o',
      at('tested'),
      '--json',
    ]);
    expect(run.stderr).toContain("1 row without a value of 'price' left out");
    expect(JSON.parse(run.stdout)).toMatchObject({ rows: { train: 180, validation: 20, test: 2 } });
  });

  test('takes integers with few values for classes and with many for a quantity, unless --task decides', async () => {
    const integers = ['a,few,many'];
    for (let row = 0; row < 60; row++) integers.push(`${row % 7},${row % 4},${row}`);
    await writeFile(at('integers.csv'), integers.join('\n'));
    const taskOf = async (...words: string[]): Promise<unknown> =>
      (
        await json(
          'train',
          ...FAST,
          at('integers.csv'),
          '-o',
          at('i'),
          '-q',
          '--epochs',
          '1',
          ...words,
        )
      )['task'];
    expect(await taskOf('-t', 'few')).toBe('classification');
    expect(await taskOf('-t', 'many')).toBe('regression');
    expect(await taskOf('-t', 'few', '--task', 'regression')).toBe('regression');
  });

  test.each([
    ['1e30', 4, /error: step \d+: .*\nhint: .*--learning-rate/],
    ['1e39', 2, /error: --learning-rate must be a finite number.*float32; got 1e\+39\.\nhint: /],
  ])('--lr %s ends with exit %i, and the old model stays', async (rate, exitCode, message) => {
    const before = await readFile(penguinModel);
    const run = await runInMemory([
      'train',
      ...FAST,
      PENGUINS,
      '-t',
      'species',
      '-o',
      at('penguins'),
      '-q',
      '--optimizer',
      'sgd',
      '--lr',
      rate,
    ]);
    expect(run.exitCode).toBe(exitCode);
    expect(run.stderr).toMatch(message);
    expect(await readFile(penguinModel)).toEqual(before);
  });

  test('never replaces a model by weights that are not finite, whatever made them', async () => {
    const before = await readFile(penguinModel);
    const net = network({ inputs: 2, layers: [dense(1, { init: { constant: 3 } })] });
    const bytes = toSafetensors(net);
    new DataView(bytes.buffer, bytes.byteOffset).setFloat32(bytes.length - 4, Infinity, true);
    const computing = { backend: 'auto', numerics: 'portable' } as const;
    await expect(saveModelFile(at('penguins'), bytes, computing)).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringMatching(
        /^the weights must be finite; layers\.0\.\w+\[\d\] is Infinity/,
      ),
    });
    expect(await readFile(penguinModel)).toEqual(before);
  });

  test('saves nothing and keeps the old model if it is interrupted before the end of the first epoch', async () => {
    // The table has a column of identifiers. The command reports it while it prepares; then the test interrupts it.
    const lines = Array.from({ length: 200 }, (_, row) => `${row % 7},name ${row},${row % 2}`);
    await writeFile(at('early.csv'), `a,id,y\n${lines.join('\n')}\n`);
    const words = [at('early.csv'), '-t', 'y', '-o', at('early')];
    await train(...words, '--epochs', '2');
    const before = await readFile(at('early/model.safetensors'));
    const run = await runInMemory(['train', ...FAST, ...words], {
      onMessage: (text, interrupt) => text.includes("column 'id' is left out") && interrupt(),
    });
    expect(run.exitCode).toBe(130);
    expect(run.stderr).toContain('nothing is saved, and an older model stays as it was');
    expect(run.stdout).toBe('');
    expect(await readFile(at('early/model.safetensors'))).toEqual(before);
  });

  test('saves the best model so far and exits with 130 if it is interrupted', async () => {
    const run = await runInMemory(
      [
        'train',
        ...FAST,
        PENGUINS,
        '-t',
        'species',
        '-o',
        at('broken-off'),
        '--epochs',
        '100000',
        '--patience',
        '99999',
      ],
      { onMessage: (text, interrupt) => text.startsWith('epoch 1/') && interrupt() },
    );
    expect(run.exitCode).toBe(130);
    expect(run.stderr).toMatch(/stopping; the best so far is saved/);
    expect((await read(at('broken-off/model.safetensors'))).kind).toBe('classifier');
    expect(run.stdout).toMatch(/held-out accuracy/);
  });
});

describe('predict', () => {
  test('gives one prediction for each row, in order, and probabilities on request', async () => {
    const run = await runInMemory(['predict', penguinModel, PENGUINS, '--proba']);
    const lines = run.stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(345);
    expect(lines[0]).toBe('prediction,probability_Adelie,probability_Chinstrap,probability_Gentoo');
    const sums = lines.slice(1).map((line) =>
      line
        .split(',')
        .slice(1)
        .reduce((sum, value) => sum + Number(value), 0),
    );
    for (const sum of sums) expect(sum).toBeCloseTo(1, 5);
    const plain = await runInMemory(['predict', penguinModel, PENGUINS]);
    expect(plain.stdout.split('\n')[1]).toBe('Adelie');
  });

  test('reads stdin, and gives the same predictions for the same rows', async () => {
    const text = await readFile(PENGUINS, 'utf8');
    const piped = await runInMemory(['predict', penguinModel, '-', '-f', 'jsonl'], { stdin: text });
    const plain = await runInMemory(['predict', penguinModel, PENGUINS, '-f', 'jsonl']);
    expect(piped.stdout).toBe(plain.stdout);
    expect(JSON.parse(piped.stdout.split('\n')[0] ?? '')).toEqual({ prediction: 'Adelie' });
  });

  test('needs only the columns of the inputs, in any order', async () => {
    await writeFile(at('inputs.csv'), 'rooms,"kind, of house",area\n1,house,8\n3,castle,\n');
    const run = await runInMemory(['predict', areaModel, at('inputs.csv')]);
    expect(run.exitCode).toBe(0);
    const [header, first, second] = run.stdout.trimEnd().split('\n');
    expect(header).toBe('prediction');
    expect(Math.abs(Number(first) - 29.5)).toBeLessThan(25);
    expect(Number.isFinite(Number(second))).toBe(true);
  });

  test('writes a complete file or none', async () => {
    const out = at('predicted.csv');
    expect((await runInMemory(['predict', penguinModel, PENGUINS, '-o', out])).stdout).toBe('');
    expect((await readFile(out, 'utf8')).split('\n')).toHaveLength(346);
    await writeFile(at('broken.csv'), `${await readFile(PENGUINS, 'utf8')}\n1,2\n`);
    const failed = await runInMemory([
      'predict',
      penguinModel,
      at('broken.csv'),
      '-o',
      at('none.csv'),
    ]);
    expect(failed.exitCode).toBe(3);
    await expect(readFile(at('none.csv'))).rejects.toThrow(/ENOENT/);
  });

  test('writes valid CSV and JSON for classes with any characters', async () => {
    const names = ['a,b', '"quoted"', '__proto__', ' space', '=1+1'];
    const lines = ['x,"the ""class"""'];
    for (let row = 0; row < 100; row++) {
      const name = names[row % names.length] ?? '';
      lines.push(`${row % names.length},"${name.replaceAll('"', '""')}"`);
    }
    await writeFile(at('names.csv'), lines.join('\n'));
    await train(at('names.csv'), '-t', 'the "class"', '-o', at('names'), '-q', '--epochs', '2');
    const model = at('names/model.safetensors');
    const run = await runInMemory(['predict', model, at('names.csv'), '-f', 'jsonl', '--proba']);
    const parsed = run.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { probabilities: object });
    expect(Object.keys(parsed[0]?.probabilities ?? {})).toHaveLength(5);
    expect(run.stdout).toContain('"__proto__":');
    const csv = await runInMemory(['predict', model, at('names.csv')]);
    expect(csv.exitCode).toBe(0);
  });

  test('works, like explain and inspect, with a network that has every kind of layer', async () => {
    const layers = [
      layerNormalization(),
      scaling(),
      dropout(0.2),
      dense(3, { activation: 'tanh' }),
      layerNormalization({ affine: false }),
      dense(1),
    ];
    const net = network({ inputs: 2, layers, output: 'identity', seed: 5 });
    const model = at('layers.safetensors');
    await writeFile(model, toSafetensors(net));
    await writeFile(at('three.csv'), 'p,q,t\n1,2,0\n3,4.5,1\n');
    await writeFile(at('two.csv'), 'p,q\n1,2\n3,4.5\n');
    const predicted = await runInMemory(['predict', model, at('two.csv')]);
    const [, ...rows] = predicted.stdout.trim().split('\n').map(Number);
    expect(rows.map(Math.fround)).toEqual([
      ...net.predict([
        [1, 2],
        [3, 4.5],
      ]).data,
    ]);
    const explained = await runInMemory([
      'explain',
      model,
      at('three.csv'),
      '-t',
      't',
      '--row',
      '2',
    ]);
    expect(explained.exitCode).toBe(0);
    for (const equation of ['(35)', '(38)', '(39)', '(40)', '(41)', '(42)', '(34)']) {
      expect(explained.stdout).toContain(equation);
    }
    expect(explained.stdout).toContain('Dropout is on, as in training.');
    const inspected = await runInMemory(['inspect', model]);
    expect(inspected.exitCode).toBe(0);
    expect(inspected.stdout).toContain('layer normalization, not affine');
    expect(inspected.stdout).toContain('scaling');
  });

  test('takes columns by their position for a network without preparation', async () => {
    const net = network({ inputs: 2, layers: [dense(2, { init: 'zeros' })] });
    net.setParameters({ 'layers.0.weight': [1, 0, 0, 2] });
    await writeFile(at('bare.safetensors'), toSafetensors(net));
    await writeFile(at('pairs.csv'), 'p,q\n1,2\n3,4\n');
    const run = await runInMemory(['predict', at('bare.safetensors'), at('pairs.csv')]);
    expect(run.stdout).toBe('prediction_0,prediction_1\n1,4\n3,8\n');
    const evaluated = await runInMemory([
      'evaluate',
      at('bare.safetensors'),
      at('pairs.csv'),
      '-t',
      'q',
    ]);
    expect(evaluated.exitCode).toBe(2);
  });
});

describe('evaluate', () => {
  test('prints metrics, classes, the confusion matrix and a summary', async () => {
    const { exitCode, stdout } = await runInMemory(['evaluate', penguinModel, PENGUINS]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/accuracy +0\.9\d{3}/);
    expect(stdout).toMatch(/true \\ predicted +Adelie +Chinstrap +Gentoo/);
    expect(stdout).toMatch(/\naccuracy 0\.9\d{3} \(\d{3} of 344 rows\)\n$/);
  });

  test('exits with 5 below a bar and with 0 at it', async () => {
    const evaluate = (...bars: string[]): Promise<MemoryRun> =>
      runInMemory([
        'evaluate',
        penguinModel,
        PENGUINS,
        ...bars.flatMap((bar) => ['--fail-under', bar]),
      ]);
    expect((await evaluate('accuracy=0.5', 'f1=0.5')).exitCode).toBe(0);
    const missed = await evaluate('accuracy=0.5', 'f1=1.01');
    expect(missed.exitCode).toBe(5);
    expect(missed.stderr).toMatch(
      /error: the bar is missed: f1 0\.9\d{3} is below 1\.01\.\nhint: /,
    );
    expect((await evaluate('accuracy=1.01', 'acuracy=1')).exitCode).toBe(2);
    expect((await evaluate('loss=1')).exitCode).toBe(2);
  });

  test('prints the metrics, the confusion matrix and the missed bars with --json', async () => {
    const run = await runInMemory([
      'evaluate',
      areaModel,
      at('area.csv'),
      '--json',
      '--fail-under',
      'r2=2',
    ]);
    expect(run.exitCode).toBe(5);
    expect(JSON.parse(run.stdout)).toMatchObject({
      schema: 'vinculum.evaluate/1',
      task: 'regression',
      target: 'price',
      rows: 200,
      metrics: { r2: expect.any(Number), rmse: expect.any(Number), mae: expect.any(Number) },
      missed: [{ metric: 'r2', value: 2 }],
    });
  });

  test('reports a class that the model does not know as an error with its row', async () => {
    const lines = (await readFile(PENGUINS, 'utf8')).split('\n');
    await writeFile(
      at('dodo.csv'),
      [...lines.slice(0, 4), (lines[4] ?? '').replace('Adelie', 'Dodo')].join('\n'),
    );
    const run = await runInMemory(['evaluate', penguinModel, at('dodo.csv')]);
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toMatch(/row 4, column 'species': the model knows no class 'Dodo'/);
  });
});

describe('rows that are left out because they have no target', () => {
  const area = (rows: readonly string[]): string =>
    ['area,rooms,"kind, of house",price', ...rows].join('\n');
  /** Row 5 has an input that no float32 holds; rows 2 and 3 have no price. */
  const holes = area(['1,2,flat,5', '2,2,flat,', '3,1,house,', '4,1,house,9', '1e300,1,house,7']);
  const named = /column 'area' must stay within the range of float32.*; got 1e\+300 in row 5\./;

  test.each([
    ['evaluate', []],
    ['explain', ['--row', '5']],
    ['explain', ['--rows', '4-5']],
    ['check', ['--rows', '4-5']],
    ['predict', []],
  ])('do not change the row that an error of %s %j names', async (word, more) => {
    await writeFile(at('holes.csv'), holes);
    const run = await runInMemory([word, areaModel, at('holes.csv'), ...more]);
    expect(run.stderr).toMatch(named);
    expect(run.exitCode).toBe(3);
  });

  test('nor that of train, in the rows of --test and in those that it holds out itself', async () => {
    await writeFile(at('holes.csv'), holes);
    const tested = await runInMemory(
      `train ${at('area.csv')} -t price --preset fast --test ${at('holes.csv')} --epochs 1 -o ${at('holes')} -q`.split(
        ' ',
      ),
    );
    expect(tested.stderr).toMatch(named);
    // The seed decides which rows are held out; the row is right for each of them.
    const rows = Array.from(
      { length: 40 },
      (_, i) => `${i},${i % 3},flat,${i === 7 ? '' : `${i}.5`}`,
    );
    let refused = 0;
    for (const far of [12, 20, 28, 36]) {
      const one = rows.map((row, i) =>
        i === far ? `1e300,${row.slice(row.indexOf(',') + 1)}` : row,
      );
      await writeFile(at('far.csv'), area(one));
      const run = await runInMemory(
        `train ${at('far.csv')} -t price --preset fast --split 0.5/0.25/0.25 --epochs 1 -o ${at('far')} -q`.split(
          ' ',
        ),
      );
      if (run.exitCode === 0) continue;
      refused++;
      expect(run.stderr).toContain(`got 1e+300 in row ${far + 1}.`);
    }
    expect(refused).toBeGreaterThan(0);
  });
});

describe('a true value that float32 cannot hold', () => {
  test.each([
    ['explain', ['--row', '3'], /row 3, column 'price': must stay within the range of float32/],
    ['check', ['--rows', '2-3'], /row 3, column 'price': must stay within the range of float32/],
    ['evaluate', [], /row 3, column 'price': must be so near to the prediction/],
  ])('is named by %s with its row and column', async (word, more, message) => {
    const rows = ['area,rooms,"kind, of house",price', '1,2,flat,', '2,2,flat,5', '3,1,flat,1e300'];
    await writeFile(at('beyond.csv'), rows.join('\n'));
    const run = await runInMemory([word, areaModel, at('beyond.csv'), ...more]);
    expect(run.stderr).toMatch(message);
    expect(run.stderr).toContain('got 1e+300.');
    expect(run.exitCode).toBe(3);
  });
});

describe('one row', () => {
  test('has no R²: evaluate prints NaN, and no bar for it is met', async () => {
    await writeFile(at('single.csv'), 'area,rooms,"kind, of house",price\n3,1,flat,20.5\n');
    const run = await runInMemory(['evaluate', areaModel, at('single.csv'), '-q']);
    expect(run.stdout).toBe('R² NaN (1 row)\n');
    expect(await json('evaluate', areaModel, at('single.csv'))).toMatchObject({
      metrics: { r2: null, mae: expect.any(Number) },
    });
    const missed = await runInMemory(
      `evaluate ${areaModel} ${at('single.csv')} --fail-under r2=0.1`.split(' '),
    );
    expect(missed.exitCode).toBe(5);
    expect(missed.stderr).toContain('r2 is not defined for these rows');
  });
});

describe('explain', () => {
  test('prints every equation of one row with its numbers', async () => {
    const { exitCode, stdout } = await runInMemory([
      'explain',
      penguinModel,
      PENGUINS,
      '--row',
      '1',
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Row 1: species = Adelie\n/);
    expect(stdout).toMatch(/bill_length_mm +39\.1 +-0\.\d+/);
    const numbers = [...stdout.matchAll(/^\((\d+)\)/gm)].map((found) => Number(found[1]));
    for (const equation of [1, 2, 3, 4, 5, 11, 12, 13, 14, 15, 16, 17, 18, 26, 27, 28, 29, 30]) {
      expect(numbers).toContain(equation);
    }
    expect(stdout).toContain('z̄ = y − t');
    expect(stdout).toMatch(/m̄⁽¹⁾ = h̄⁽¹⁾ ∘ \(\[m⁽¹⁾ > 0\]\)/);
    expect(stdout).toMatch(/prediction in this step: Adelie \(\d+\.\d %\)/);
  });

  test('writes a batch with the equations of a batch', async () => {
    const { stdout } = await runInMemory(['explain', penguinModel, PENGUINS, '--rows', '150-155']);
    expect(stdout).toMatch(/^Rows 150 to 155 \(N = 6\): species = Adelie, /);
    expect(stdout).toContain('Z̄ = (1/N)(Y − T)');
    for (const equation of [6, 7, 8, 9, 10, 19, 20, 21, 22, 23, 24, 25]) {
      expect(stdout).toContain(`\n(${equation})`);
    }
  });

  test('explains a regression in its own units, and in LaTeX on request', async () => {
    const { stdout } = await runInMemory([
      'explain',
      areaModel,
      at('area.csv'),
      '--row',
      '2',
      '--latex',
    ]);
    expect(stdout).toContain(String.raw`\bar{z} = \tfrac{2}{K}(z - t)`);
    expect(stdout).toMatch(/prediction in this step: \d+/);
  });

  test('prints every quantity with --json', async () => {
    const document = await json('explain', penguinModel, PENGUINS, '--row', '3');
    const { quantities } = document as { quantities: { name: string; value: number[] }[] };
    expect(quantities.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['x', 't', 'L', 'W1Bar', 'W1Next']),
    );
  });

  test('changes nothing in the file', async () => {
    const before = await readFile(penguinModel);
    await runInMemory(['explain', penguinModel, PENGUINS, '--row', '1']);
    expect(await readFile(penguinModel)).toEqual(before);
  });

  test('shows the step of the optimiser, penalties and loss that the model was trained with', async () => {
    const flags = ['--optimizer', 'sgd', '--learning-rate', '0.05', '--label-smoothing', '0.1'];
    await train(PENGUINS, '-t', 'species', '-o', at('sgd'), '-q', '--epochs', '3', ...flags);
    const model = at('sgd/model.safetensors');
    const run = await runInMemory(['explain', model, PENGUINS, '--row', '1']);
    expect(run.stdout).toContain('a first step (t = 1) of sgd, learning rate 0.05, ');
    const { quantities } = (await json('explain', model, PENGUINS, '--row', '1')) as {
      quantities: { name: string; value: number[] }[];
    };
    const value = (name: string): number => quantities.find((one) => one.name === name)!.value[0]!;
    expect(value('W1Next')).toBeCloseTo(value('W1') - 0.05 * value('W1Bar'), 12);
    expect(value('t')).toBeCloseTo(0.9 + 0.1 / 3, 12);
  });

  test('says that it leaves balanced class weights out, because the file does not contain them', async () => {
    const flags = ['--class-weight', 'balanced', '--epochs', '2'];
    await train(PENGUINS, '-t', 'species', '-o', at('balanced'), '-q', ...flags);
    const model = at('balanced/model.safetensors');
    const run = await runInMemory(['explain', model, PENGUINS, '--row', '1']);
    expect(run.stdout).toContain('The balanced class weights of the training are left out.');
  });

  test('exits with 3 for a step that is not finite, and writes no null into its document', async () => {
    const layers = [dense(1, { activation: 'identity' }), dense(1, { activation: 'identity' })];
    const net = network({ inputs: 1, layers, dtype: 'float64' });
    net.setParameters({ 'layers.0.weight': [1e200], 'layers.1.weight': [1e200] });
    await writeFile(at('overflow.safetensors'), toSafetensors(net));
    await writeFile(at('one.csv'), 'x,y\n1,1\n');
    const words = ['explain', at('overflow.safetensors'), at('one.csv'), '-t', 'y', '--row', '1'];
    const run = await runInMemory(words);
    expect(run.exitCode).toBe(3);
    expect(run.stdout).toContain('Infinity');
    expect(run.stderr).toMatch(/every quantity of the step must be a finite number; z \(z\), eq/);
    const document = await runInMemory([...words, '--json']);
    expect(document.exitCode).toBe(3);
    expect(document.stdout).not.toContain('null');
    expect(JSON.parse(document.stdout)).toMatchObject({ code: 'non-finite' });
  });

  test('refuses a row that does not exist', async () => {
    const run = await runInMemory(['explain', penguinModel, PENGUINS, '--row', '345']);
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toMatch(/must have row 345; the last one with a target is 344/);
  });
});

describe('check, inspect and doctor', () => {
  test('check finds the mathematics of this machine right', async () => {
    const { exitCode, stdout } = await runInMemory(['check']);
    expect(stdout).not.toMatch(/FAIL/);
    expect(stdout.match(/^ok {4}/gm)?.length).toBeGreaterThanOrEqual(13);
    expect(exitCode).toBe(0);
  });

  test('check finds the gradients of a model on its data right', async () => {
    for (const [model, data] of [
      [penguinModel, PENGUINS],
      [areaModel, at('area.csv')],
    ] as const) {
      const document = await json('check', model, data, '--rows', '1-5');
      expect(document).toMatchObject({ schema: 'vinculum.check/1', passed: true });
    }
  });

  test('inspect shows layers, preparation and classes', async () => {
    const { stdout } = await runInMemory(['inspect', penguinModel]);
    expect(stdout).toMatch(/classification of 'species', 3 classes: Adelie, Chinstrap and Gentoo/);
    expect(stdout).toMatch(/dense \(relu\) +\[N, 64\]/);
    expect(stdout).toMatch(/island +text +3 +one of Biscoe, Dream, Torgersen/);
    const document = await json('inspect', areaModel);
    expect(document).toMatchObject({ kind: 'regressor', task: 'regression', target: 'price' });
  });

  test('inspect shows the checksum, or says that an older version wrote none', async () => {
    const bytes = await readFile(penguinModel);
    const stated = readSafetensors(bytes).metadata.get('crc32c');
    const run = await runInMemory(['inspect', penguinModel]);
    expect(run.stdout).toMatch(new RegExp(`^checksum +CRC-32C ${stated}, as the bytes`, 'm'));
    expect(await json('inspect', penguinModel)).toMatchObject({ checksum: stated });
    const { tensors, metadata } = readSafetensors(bytes);
    const old = new Map([...metadata].filter(([name]) => name !== 'crc32c'));
    await writeFile(at('old.safetensors'), writeSafetensors(tensors, old));
    const older = await runInMemory(['inspect', at('old.safetensors')]);
    expect(older.stdout).toMatch(/^checksum +none, because an older version wrote the file/m);
    expect(await json('inspect', at('old.safetensors'))).toMatchObject({ checksum: null });
  });

  test.each([
    ['predict', []],
    ['evaluate', []],
    ['explain', ['--row', '1']],
    ['check', ['--rows', '1-2']],
  ])(
    '%s notes a file without a checksum once, unless it is told to be quiet',
    async (word, more) => {
      const { tensors, metadata } = readSafetensors(await readFile(penguinModel));
      const old = new Map([...metadata].filter(([name]) => name !== 'crc32c'));
      const path = at('older.safetensors');
      await writeFile(path, writeSafetensors(tensors, old));
      const stderrOf = async (...words: string[]): Promise<string> => {
        const run = await runInMemory([word, ...words, PENGUINS, ...more]);
        expect(run.exitCode).toBe(0);
        return run.stderr;
      };
      const note = `${path}: The file has no checksum`;
      expect((await stderrOf(path)).split(note)).toHaveLength(2);
      expect(await stderrOf(penguinModel)).not.toContain('checksum');
      expect(await stderrOf('-q', path)).not.toContain('checksum');
    },
  );

  test('doctor finds a healthy machine', async () => {
    const { exitCode, stdout } = await runInMemory(['doctor']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/wasm +C kernels .*self-test passed/);
    expect(stdout).toMatch(/native +(C kernels for .*self-test passed|not available: .*cc)/);
    expect(await json('doctor')).toMatchObject({ schema: 'vinculum.doctor/1', healthy: true });
  });
});
