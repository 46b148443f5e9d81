/** What `train` leaves in the folder of a run, and what it never touches there. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTable } from '@vinculum/io';
import { cellAt, columnOfTable } from 'vinculum';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunDocument } from '../src/run-folder/run-document.ts';
import { runInMemory, type MemoryRun } from './memory-host.ts';

let folder = '';
const at = (...names: string[]): string => join(folder, ...names);

/** A table of two classes that one column tells apart, and a number that grows with it. */
async function writeData(path: string): Promise<void> {
  const lines = Array.from(
    { length: 60 },
    (_, i) => `${i / 10},${i % 7},${i < 30 ? 'low' : 'high'},${i * 1.5}`,
  );
  await writeFile(path, `x,noise,"cl,ass",number\n${lines.join('\n')}\n`);
}

const SMALL = ['--hidden', '8', '--epochs', '4', '--preset', 'fast'];

async function train(output: string, ...more: string[]): Promise<MemoryRun> {
  const words = ['train', at('data.csv'), '-o', output, ...SMALL, ...more];
  return await runInMemory(words);
}

async function documentIn(output: string): Promise<RunDocument> {
  return JSON.parse(await readFile(join(output, 'run.json'), 'utf8')) as RunDocument;
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vinculum-run-folder-'));
  await writeData(at('data.csv'));
  await train(at('classes'), '-t', 'cl,ass', '--drop', 'number', '--tensorboard');
  await train(at('numbers'), '-t', 'number', '--drop', 'cl,ass', '--members', '2');
});

afterAll(() => rm(folder, { recursive: true }));

describe('the folder of a run', () => {
  test('holds the files that are documented, and no other', async () => {
    const names = (await readdir(at('classes'))).map((name) => name.replace(/\d{10}/, 'TIME'));
    expect(names.toSorted()).toEqual([
      'README.md',
      'events.out.tfevents.TIME.vinculum',
      'metrics.csv',
      'model.safetensors',
      'predictions_test.csv',
      'report.html',
      'report.json',
      'run.json',
    ]);
  });

  test('has the record of the run: data, results, settings and machine', async () => {
    const document = await documentIn(at('classes'));
    expect(document).toMatchObject({
      schema: 'vinculum.run/1',
      finished: '2026-01-02T03:04:05.000Z',
      task: 'classification',
      targets: ['cl,ass'],
      classes: ['high', 'low'],
      rows: { train: 43, validation: 5, test: 12 },
      metrics: { test: { accuracy: expect.any(Number) }, baseline: { accuracy: 0.5 } },
      networks: [{ epochs: 4, stoppedBy: 'epochs' }],
      seed: 0,
      config: { hidden: '8', epochs: 4, preset: 'fast' },
    });
    const data = await readFile(at('data.csv'));
    expect(document.data).toEqual({
      file: at('data.csv'),
      sha256: digest(data),
      bytes: data.length,
    });
    expect(document.model.sha256).toBe(digest(await readFile(at('classes', 'model.safetensors'))));
    expect(document.machine.node).toBe(process.versions.node);
    expect(document.peakMemory).toBeGreaterThan(1e6);
  });

  test('its command line, run again, gives the same model bytes', async () => {
    const { reproduce } = await documentIn(at('classes'));
    expect(reproduce).toMatch(
      /^vinculum train .* --target cl,ass .* --seed 0 --numerics portable$/,
    );
    const model = await readFile(at('classes', 'model.safetensors'));
    const words = reproduce.split(' ').slice(1);
    words[words.indexOf('--output') + 1] = at('again');
    const run = await runInMemory(words, { environment: { VINCULUM_NUMERICS: 'fused' } });
    expect(run.exitCode).toBe(0);
    expect(await readFile(at('again', 'model.safetensors'))).toEqual(model);
  });

  test('has a prediction for each held-out row, beside its number and its true value', async () => {
    const table = await readTable(at('classes', 'predictions_test.csv'));
    expect(table.columns.map(({ name }) => name)).toEqual([
      'row',
      'target',
      'prediction',
      'probability_high',
      'probability_low',
    ]);
    expect(table.rowCount).toBe(12);
    for (let row = 0; row < table.rowCount; row++) {
      const number = Number(cellAt(columnOfTable(table, 'row'), row));
      expect(cellAt(columnOfTable(table, 'target'), row)).toBe(number <= 30 ? 'low' : 'high');
    }
  });

  test('has the curves of each network of an ensemble, by step and epoch', async () => {
    const lines = (await readFile(at('numbers', 'metrics.csv'), 'utf8')).trimEnd().split('\n');
    expect(lines[0]).toBe(
      'member,step,epoch,loss,r2,val_loss,val_r2,learning_rate,gradient_norm,penalty,seconds',
    );
    // Each network learns from more than 32 and at most 64 rows, so an epoch has two steps.
    const places = lines.slice(1).map((line) => line.split(',').slice(0, 3).join(','));
    expect(places).toEqual([
      '1,2,1',
      '1,4,2',
      '1,6,3',
      '1,8,4',
      '2,2,1',
      '2,4,2',
      '2,6,3',
      '2,8,4',
    ]);
  });

  test('has a model card with the header of Hugging Face', async () => {
    const card = await readFile(at('numbers', 'README.md'), 'utf8');
    expect(card).toMatch(/^---\nlibrary_name: vinculum\npipeline_tag: tabular-regression\n/);
    expect(card).toContain('          - type: r_squared\n            value: ');
    expect(card).toContain('- **License**: not provided');
    expect(card).not.toContain(folder.slice(1, 5) + '/data.csv`');
  });

  test('loses what the next run does not write, and keeps a card that a person has edited', async () => {
    await train(at('twice'), '-t', 'cl,ass', '--tensorboard');
    await writeFile(at('twice', 'README.md'), '# My model\n');
    await writeFile(at('twice', 'notes.txt'), 'mine');
    const run = await train(at('twice'), '-t', 'cl,ass', '--fit-all', '--no-report');
    expect(run.exitCode).toBe(0);
    expect((await readdir(at('twice'))).toSorted()).toEqual([
      'README.md',
      'metrics.csv',
      'model.safetensors',
      'notes.txt',
      'run.json',
    ]);
    expect(await readFile(at('twice', 'README.md'), 'utf8')).toBe('# My model\n');
    expect(run.stderr).toContain('README.md was written by someone else, so it stays as it is');
  });

  test('is no folder with a file of that name that no run wrote', async () => {
    await mkdir(at('project'));
    await writeFile(at('project', 'metrics.csv'), 'mine\n');
    await writeFile(at('project', 'README.md'), 'mine\n');
    const run = await train(at('project'), '-t', 'cl,ass');
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("metrics.csv' must be a file of an earlier run or a free name");
    expect(await readdir(at('project'))).toEqual(['README.md', 'metrics.csv']);
    await mkdir(at('taken', 'run.json'), { recursive: true });
    const taken = await train(at('taken'), '-t', 'cl,ass');
    expect(taken.exitCode).toBe(1);
    expect(taken.stderr).toContain("run.json' must be a regular file or a free name");
  });
});

describe('the end of a training in the terminal', () => {
  test('has the curve of the loss, and a guess and the calibration beside the scores', async () => {
    const { stdout } = await train(at('told'), '-t', 'cl,ass', '--drop', 'number');
    expect(stdout).toMatch(/^validation loss [▁-█]{4} [\d.]+ → [\d.]+ \(epoch \d\)$/m);
    expect(stdout).toMatch(/^metric +validation +held out +guess$/m);
    expect(stdout).toMatch(/^accuracy +[\d.]+ +[\d.]+ +0\.5000$/m);
    expect(stdout).toMatch(/^calibration error +[\d.]+$/m);
    expect(stdout).toContain(`report: ${at('told', 'report.html')}`);
    const { metrics } = await documentIn(at('told'));
    const record = JSON.parse(await readFile(at('told', 'report.json'), 'utf8')) as {
      readonly evaluation: {
        readonly measured: { readonly figures: { readonly accuracy: number } };
      };
    };
    expect(record.evaluation.measured.figures.accuracy).toBe(metrics.test?.['accuracy']);
  });

  test('has no report and no figure of one with --no-report', async () => {
    const { stdout } = await train(at('untold'), '-t', 'number', '--drop', 'cl,ass', '--no-report');
    expect(stdout).not.toContain('report');
    expect(stdout).not.toContain('interval');
    expect(await readdir(at('untold'))).not.toContain('report.html');
  });
});
