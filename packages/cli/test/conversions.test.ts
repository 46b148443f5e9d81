/** `export` and `import`: models of other formats, and MODEL of every command in such a format. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withEnding } from '../src/model-formats.ts';
import { runInMemory } from './memory-host.ts';
import { FAST, PENGUINS } from './run-process.ts';

let folder = '';
const at = (name: string): string => join(folder, name);
const model = (): string => at('run/model.safetensors');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vinculum-conversions-'));
  const words = ['train', PENGUINS, '-t', 'species', ...FAST, '-q', '--epochs', '5'];
  await runInMemory([...words, '-o', at('run')]);
});
afterAll(() => rm(folder, { recursive: true }));

describe('export', () => {
  test('writes an ONNX file, and its last line is the largest difference', async () => {
    const run = await runInMemory(['export', model(), '-o', at('p.onnx')]);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.stdout).toMatch(
      /p\.onnx: ONNX, \d+ bytes\nlargest difference \d\.\de-[678] \(on 61 rows, beside the model\)\n$/,
    );
    expect((await readFile(at('p.onnx')))[0]).toBe(8);
  });

  test('writes beside MODEL by default, prints one document for --json, and can leave the preparation out', async () => {
    const run = await runInMemory(['export', model(), '--no-preparation', '--json']);
    const document = JSON.parse(run.stdout) as { output: string; difference: number };
    expect(document).toMatchObject({
      schema: 'vinculum.export/1',
      model: model(),
      format: 'onnx',
      output: at('run/model.onnx'),
      rows: 61,
    });
    expect(document.difference).toBeLessThan(1e-5);
    // The one input of the graph is the prepared matrix.
    expect(await readFile(at('run/model.onnx'), 'latin1')).not.toContain('IsNaN');
  });

  test.each([
    [['-o', 'p.tflite'], 2, /the format of '.*p\.tflite' must be known/, /-f onnx/],
    [['-o', 'none/p.onnx'], 1, /must be a place to write to; there is no such folder/, /-o FILE/],
    [['-f', 'keras'], 2, /--format must be onnx; got 'keras'/, /./],
  ])('%j is refused', async (words, exitCode, error, hint) => {
    const run = await runInMemory([
      'export',
      model(),
      ...words.map((one) => (one.includes('p.') ? at(one) : one)),
    ]);
    expect(run.exitCode).toBe(exitCode);
    expect(run.stderr).toMatch(error);
    expect(run.stderr).toMatch(new RegExp(`hint: .*${hint.source}`));
  });
});

describe('import', () => {
  test('gives back the very model file that was exported', async () => {
    await runInMemory(['export', model(), '-o', at('again.onnx')]);
    const run = await runInMemory(['import', at('again.onnx')]);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.stdout).toMatch(
      /again\.safetensors: classifier of 11 inputs and 3 classes, 2947 parameters\nlargest difference /,
    );
    expect(Buffer.compare(await readFile(at('again.safetensors')), await readFile(model()))).toBe(
      0,
    );
  });

  test.each([
    ['bad.onnx', 'junk', 3, /must be a model in ONNX that is read; the file must be an ONNX model/],
    ['none.onnx', undefined, 3, /must be a readable file; there is no such file/],
    ['model.h5', 'x', 2, /the format of '.*model\.h5' must be known/],
  ])('refuses %s', async (name, content, exitCode, error) => {
    if (content !== undefined) await writeFile(at(name), content);
    const run = await runInMemory(['import', at(name)]);
    expect(run.exitCode).toBe(exitCode);
    expect(run.stderr).toMatch(error);
    expect(run.stderr).toMatch(/\nhint: .+\n$/);
  });
});

describe('MODEL in ONNX', () => {
  test('predicts, is evaluated and inspected as our own file', async () => {
    await runInMemory(['export', model(), '-o', at('m.onnx')]);
    for (const words of [
      ['predict', '--proba', PENGUINS],
      ['evaluate', PENGUINS],
    ]) {
      const [name = '', ...others] = words;
      const own = await runInMemory([name, model(), ...others]);
      const foreign = await runInMemory([name, at('m.onnx'), ...others]);
      expect(own.exitCode).toBe(0);
      expect(foreign).toEqual(own);
    }
  });

  test('of another program takes its columns by position', async () => {
    const path = new URL('../../onnx/test/exported.json', import.meta.url);
    const [first] = JSON.parse(await readFile(path, 'utf8')) as {
      onnx: string;
      x: number[][];
      y: number[][];
    }[];
    await writeFile(at('sk.onnx'), Buffer.from(first!.onnx, 'base64'));
    await writeFile(at('x.csv'), `a,b,c,d,e\n${first!.x.map((row) => row.join(',')).join('\n')}\n`);
    const run = await runInMemory(['predict', at('sk.onnx'), at('x.csv'), '--proba']);
    const [header, ...lines] = run.stdout.trimEnd().split('\n');
    expect(header).toBe('prediction,probability_a,probability_b,probability_c');
    for (const [row, line] of lines.entries()) {
      const got = line.split(',').slice(1).map(Number);
      got.forEach((value, k) => expect(value).toBeCloseTo(first!.y[row]![k]!, 5));
    }
  });

  test('that is none is refused with what to do', async () => {
    await writeFile(at('junk.onnx'), 'junk');
    const run = await runInMemory(['predict', at('junk.onnx'), PENGUINS]);
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toMatch(/must be a model in ONNX that is read/);
    expect(run.stderr).toMatch(/hint: the README of @vinculum\/onnx lists what is read/);
  });
});

test.each([
  ['runs/digits/model.safetensors', 'runs/digits/model.onnx'],
  ['model', 'model.onnx'],
  ['a.b/model', 'a.b/model.onnx'],
  ['.hidden', '.hidden.onnx'],
])('the ending of %s', (path, changed) => {
  expect(withEnding(path, '.onnx')).toBe(changed);
});
