/** One model for several targets: numbers, or labels that are yes or no. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTable, selectColumns } from '@vinculum/io';
import { fromSafetensors } from 'vinculum';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FAST } from './run-process.ts';
import { runInMemory, type MemoryRun } from './memory-host.ts';
import { writeTable } from './write-table.ts';

let folder = '';
const at = (name: string): string => join(folder, name);
const model = (): string => at('model.safetensors');

const ROWS = Array.from({ length: 120 }, (_, i) => {
  const a = Math.sin(i * 1.7);
  const b = Math.cos(i * 0.9);
  return {
    a,
    b,
    near: 2 * a - b,
    far: Math.round(100_000 * (a + b)) / 1000,
    warm: a > 0,
    bright: a + b > 0.4,
    one: Number(b > 0),
    two: Number(a > b),
    kind: a > 0.5 ? 'x' : 'y',
  };
});

const table = (name: string, rows: readonly object[]): Promise<string> =>
  writeTable(at(name), rows);

const INPUTS = ['--drop', 'near,far,warm,bright,one,two,kind'];
const train = (targets: readonly string[], ...words: string[]): Promise<MemoryRun> =>
  runInMemory([
    'train',
    ...FAST,
    data,
    ...targets.flatMap((name) => ['-t', name]),
    '-o',
    folder,
    '--epochs',
    '60',
    '-q',
    ...words,
  ]);
/** The columns that are neither inputs nor these targets. */
const without = (targets: readonly string[]): string[] => [
  '--drop',
  INPUTS[1]!
    .split(',')
    .filter((name) => !targets.includes(name))
    .join(','),
];

let data = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vinculum-targets-'));
  data = await table('rows.csv', ROWS);
});
afterAll(() => rm(folder, { recursive: true }));

describe('several numbers', () => {
  const targets = ['near', 'far'];

  test('are predicted together, with a column and a score for each', async () => {
    const run = await train(targets, '--json', ...without(targets));
    const document = JSON.parse(run.stdout) as {
      task: string;
      targets: string[];
      metrics: { test: Record<string, number> & { targets: Record<string, number | string>[] } };
    };
    expect(document.task).toBe('regression');
    expect(document.targets).toEqual(targets);
    const { targets: each, ...mean } = document.metrics.test;
    expect(each.map(({ target }) => target)).toEqual(targets);
    for (const name of ['r2', 'rmse', 'mae']) {
      const [first, second] = each.map((one) => Number(one[name]));
      expect(mean[name]).toBeCloseTo((first! + second!) / 2, 10);
    }
    const predicted = await runInMemory(['predict', model(), data, '-q']);
    const lines = predicted.stdout.trim().split('\n');
    expect(lines[0]).toBe('prediction_near,prediction_far');
    const { r2 } = scoreOf(lines.slice(1).map((line) => line.split(',').map(Number)));
    const evaluated = await runInMemory(['evaluate', model(), data, '--json']);
    const { metrics } = JSON.parse(evaluated.stdout) as { metrics: { r2: number } };
    expect(metrics.r2).toBeCloseTo(r2, 5);
    const jsonl = await runInMemory(['predict', model(), data, '-q', '-f', 'jsonl']);
    expect(jsonl.stdout).toMatch(/^\{"prediction":\{"near":-?[\d.e-]+,"far":-?[\d.e-]+\}\}\n/);
  });

  /** scikit-learn's r2_score, the mean over the targets, written out. */
  function scoreOf(guesses: readonly number[][]): { readonly r2: number } {
    const scores = targets.map((name, column) => {
      const truths = ROWS.map((row) => row[name as 'near']);
      const mean = truths.reduce((sum, t) => sum + t, 0) / truths.length;
      const errors = truths.reduce((sum, t, row) => sum + (t - guesses[row]![column]!) ** 2, 0);
      return 1 - errors / truths.reduce((sum, t) => sum + (t - mean) ** 2, 0);
    });
    return { r2: scores.reduce((sum, one) => sum + one, 0) / scores.length };
  }

  test('have a table of their scores and a line for the mean', async () => {
    await train(targets, ...without(targets));
    const run = await runInMemory(['evaluate', model(), data]);
    expect(run.stdout).toMatch(/target +r2 +rmse +mae\n─+\nnear +[\d. ]+\nfar +[\d. ]+\n/);
    expect(run.stdout).toMatch(/\nR² \d\.\d{4} \(120 rows, mean of 2 targets\)\n$/);
  });

  test('are explained and checked', async () => {
    await train(targets, ...without(targets));
    const explained = await runInMemory(['explain', model(), data, '--row', '2']);
    expect(explained.stdout).toMatch(/^Row 2: near = .*; far = /);
    expect(explained.stdout).toMatch(/prediction in this step: near -?[\d.]+, far -?[\d.]+\n/);
    const batch = await runInMemory(['explain', model(), data, '--rows', '1-3', '--json']);
    expect((JSON.parse(batch.stdout) as { targets: string[] }).targets).toEqual(targets);
    expect((await runInMemory(['check', model(), data])).exitCode).toBe(0);
    expect((await runInMemory(['inspect', model()])).stdout).toContain(
      "regression of 'near' and 'far'",
    );
  });

  test('with a gap in one of them: the row is left out, and said', async () => {
    const gaps = await table(
      'gaps.csv',
      ROWS.map((row, i) => (i % 10 === 0 ? { ...row, far: '' } : row)),
    );
    const run = await runInMemory([
      'train',
      ...FAST,
      gaps,
      '-t',
      'near,far',
      '-o',
      folder,
      '--epochs',
      '1',
    ]);
    expect(run.stderr).toContain("12 rows without a value of 'near' and 'far' left out");
  });

  test('are given to evaluate all or not at all', async () => {
    await train(targets, ...without(targets));
    const run = await runInMemory(['evaluate', model(), data, '-t', 'near']);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(
      '--target must be given 2 times, once for each target of the model',
    );
    expect(run.stderr).toContain("hint: leave it off: the model names 'near' and 'far'");
  });

  test('give the file that Regressor reads', async () => {
    await train(targets, ...without(targets));
    const read = fromSafetensors(await readFile(model()));
    if (read.kind !== 'regressor') throw new Error('no regressor');
    const rows = selectColumns(await readTable(data), ['a', 'b']);
    expect(read.predict(rows)[0]).toHaveLength(2);
  });
});

describe('several labels', () => {
  test.each([
    [['warm', 'bright'], 'all targets are true or false', 'false', false],
    [['one', 'two'], 'all targets are 0 or 1', '[01]', 0],
  ])(
    '%j are multilabel, and predicted as the file writes them',
    async (targets, reason, form, no) => {
      const run = await runInMemory([
        'train',
        ...FAST,
        data,
        '-t',
        targets.join(','),
        '-o',
        folder,
        ...without(targets),
        '--epochs',
        '40',
      ]);
      expect(run.stderr).toContain(`task: multilabel of '${targets.join("' and '")}' (${reason}`);
      expect(run.stdout).toMatch(/label +precision +recall +f1 +rows\n/);
      expect(run.stdout).toMatch(/held-out accuracy \d\.\d{4} \(\d+ of 24 rows\)\n$/);
      const predicted = await runInMemory(['predict', model(), data, '-q', '--proba']);
      const [header, first = ''] = predicted.stdout.split('\n');
      expect(header).toBe(
        [...targets.map((t) => `prediction_${t}`), ...targets.map((t) => `probability_${t}`)].join(
          ',',
        ),
      );
      expect(first).toMatch(new RegExp(`^(true|${form}),`));
      const evaluated = await runInMemory(['evaluate', model(), data, '--json']);
      const document = JSON.parse(evaluated.stdout) as {
        metrics: { accuracy: number };
        labels: string[];
      };
      expect(document.labels).toEqual(targets);
      const right = predicted.stdout
        .trim()
        .split('\n')
        .slice(1)
        .filter((line, row) => {
          const cells = line.split(',');
          return targets.every((name, k) => cells[k] === String(ROWS[row]![name as 'warm']));
        });
      expect(document.metrics.accuracy).toBeCloseTo(right.length / ROWS.length, 12);
      expect(typeof ROWS[0]![targets[0] as 'warm']).toBe(typeof no);
      expect((await runInMemory(['explain', model(), data, '--row', '1'])).stdout).toMatch(
        new RegExp(`prediction in this step: ${targets[0]} (yes|no) \\(\\d+\\.\\d %\\)`),
      );
      expect((await runInMemory(['check', model(), data])).exitCode).toBe(0);
    },
  );

  test('of an ensemble are the mean of its members', async () => {
    const targets = ['warm', 'bright'];
    const run = await train(targets, '--members', '2', '--json', ...without(targets));
    const { metrics } = JSON.parse(run.stdout) as { metrics: { test: { accuracy: number } } };
    expect(metrics.test.accuracy).toBeGreaterThan(0.6);
    const file = fromSafetensors(await readFile(model()));
    if (file.kind !== 'classifier' || file.labels !== 'boolean') throw new Error('no labels');
    expect(file.networks).toHaveLength(2);
    const rows = selectColumns(await readTable(data), ['a', 'b']);
    expect(typeof file.predict(rows)[0]![0]).toBe('boolean');
  });

  test('that are neither yes nor no are refused with their row', async () => {
    const run = await train(['near', 'far'], '--task', 'multilabel');
    expect(run.stderr).toContain("row 1, column 'near': must be true or false, or 1 or 0");
    expect(run.exitCode).toBe(3);
  });
});

describe('targets that one model cannot predict together', () => {
  test.each([
    [['near', 'kind'], [], "'near' is numbers, 'kind' is text."],
    [['near', 'warm'], [], "'near' is numbers, 'warm' is true or false."],
    [['warm'], ['--task', 'multilabel'], '--task multilabel goes with several targets'],
    [['near', 'far'], ['--task', 'classification'], '--task classification goes with one target'],
    [['warm', 'bright'], ['--class-weight', 'balanced'], '--class-weight goes with classification'],
    [['near', 'nera'], [], "--target: there is no column 'nera'. Did you mean 'near'?"],
  ])('%j %j', async (targets, flags, message) => {
    const run = await train(targets, ...flags);
    expect(run.stderr).toContain(message);
    expect(run.stderr).toContain('\nhint: ');
    expect(run.exitCode).not.toBe(0);
  });

  test('are numbers if --task says so', async () => {
    const run = await train(
      ['warm', 'bright'],
      '--task',
      'regression',
      ...without(['warm', 'bright']),
    );
    expect(run.stdout).toMatch(/^held-out R² .* mean of 2 targets\)\n$/);
  });
});
