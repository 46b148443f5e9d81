/**
 * The comparison on tables: which rows are for testing, how predictions are scored, how methods are ranked over tables, and that a run continues
 * where an earlier one stopped. The peers need Python, so sides that always say the same stand for them.
 */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { METHODS, variant, type Method } from '../bench/tables/methods.mjs';
import { meansOf, normalise, summarise, tablesOf } from '../bench/tables/ranks.mjs';
import { reportOf } from '../bench/tables/report.mjs';
import { appendResult, keyOf, readResults, type Result } from '../bench/tables/results.mjs';
import { jobsOf, runAll, type Job, type Side } from '../bench/tables/run.mjs';
import { areaUnderCurve, ranksOf, score } from '../bench/tables/scores.mjs';
import { readIndex, recordsOf, testRows, writeSplit, type Table } from '../bench/tables/splits.mjs';
import { Vinculum } from '../bench/tables/vinculum.mjs';
import { ROOT } from './command.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vinculum-tables-test-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function count(isTest: readonly boolean[], isWanted: (row: number) => boolean): number {
  return isTest.filter((is, row) => is && isWanted(row)).length;
}

describe('the rows for testing', () => {
  const labels = Array.from({ length: 130 }, (_, i) => (i < 100 ? 'a' : i < 128 ? 'b' : 'c'));

  test('are a fifth of each class, and no row of a class of two', () => {
    const isTest = testRows(labels, false, 0);
    expect(count(isTest, (row) => row < 100)).toBe(20);
    expect(count(isTest, (row) => row >= 100 && row < 128)).toBe(6);
    expect(count(isTest, (row) => row >= 128)).toBe(0);
  });

  test('depend on the seed alone', () => {
    expect(testRows(labels, false, 3)).toEqual(testRows(labels, false, 3));
    expect(testRows(labels, false, 3)).not.toEqual(testRows(labels, false, 4));
  });

  test('are two of each ten rows with neighbouring numbers, compared as numbers', () => {
    const targets = Array.from({ length: 100 }, (_, i) => String((i * 37) % 100));
    const isTest = testRows(targets, true, 0);
    for (let ten = 0; ten < 100; ten += 10) {
      const isNear = (row: number) => Math.floor(Number(targets[row]) / 10) * 10 === ten;
      expect(count(isTest, isNear)).toBe(2);
    }
  });

  test('are written once, whole records as the file has them, without those that have no target', () => {
    const rows = Array.from({ length: 20 }, (_, i) => `"a ""${i}"",\n",${i % 2 === 0 ? 'x' : 'y'}`);
    const text = ['text, kind', ...rows, 'lost,', 'lost,NA'].join('\r\n');
    const file = join(folder, 'small.csv.gz');
    writeFileSync(file, gzipSync(text));
    const table: Table = { name: 'small', target: 'kind', task: 'binary', file, rows: 22 };
    const split = writeSplit(table, 0, join(folder, 'splits'));
    expect(split.trainTargets).toHaveLength(16);
    expect(split.testTargets.toSorted()).toEqual(['x', 'x', 'y', 'y']);
    const written = [split.train, split.test].flatMap((path) =>
      recordsOf(readFileSync(path, 'utf8')).slice(1),
    );
    expect(written.map((record) => record.text).toSorted()).toEqual(rows.toSorted());
    writeFileSync(split.test, 'kept');
    expect(writeSplit(table, 0, join(folder, 'splits'))).toEqual(split);
    expect(readFileSync(split.test, 'utf8')).toBe('kept');
  });

  test('are of a table whose target the index names', () => {
    const file = join(folder, 'small.csv');
    writeFileSync(file, 'a,b\n1,2\n');
    const table: Table = { name: 'small', target: 'c', task: 'regression', file, rows: 1 };
    expect(() => writeSplit(table, 0, folder)).toThrow("has no column 'c'");
  });

  test('come from an index, smallest table first', () => {
    const head = 'name\ttarget\ttask\trows';
    const lines = ['large\ty\tregression\t500', 'small\tz\tbinary\t40'];
    writeFileSync(join(folder, 'INDEX.tsv'), [head, ...lines, ''].join('\n'));
    writeFileSync(join(folder, 'small.csv'), '');
    expect(readIndex(folder)).toMatchObject([
      { name: 'small', target: 'z', task: 'binary', rows: 40, file: join(folder, 'small.csv') },
      { name: 'large', rows: 500, file: join(folder, 'large.csv.gz') },
    ]);
  });
});

describe('a score', () => {
  const classes = ['no', 'yes'];

  test('of classes is 1 - accuracy, the mean of -ln p, and the area under the curve', () => {
    const probabilities = [
      [0.8, 0.2],
      [0.4, 0.6],
      [0.3, 0.7],
      [0.1, 0.9],
    ];
    const answer = { predictions: ['no', 'yes', 'yes', 'yes'], classes, probabilities };
    const found = score(answer, ['no', 'no', 'yes', 'yes'], 'binary');
    expect(found.error).toBe(0.25);
    expect(found.loss).toBeCloseTo(-Math.log(0.8 * 0.4 * 0.7 * 0.9) / 4, 12);
    expect(found.auc).toBe(1);
  });

  test('counts a probability of zero, and a class that no training row has, as the least', () => {
    const answer = {
      predictions: ['no', 'no'],
      classes,
      probabilities: [
        [1, 0],
        [1, 0],
      ],
    };
    const found = score(answer, ['yes', 'other'], 'multiclass');
    expect(found.loss).toBeCloseTo(23 * Math.LN2, 12);
    expect(found.error).toBe(1);
  });

  test('of numbers is the root of the mean squared error', () => {
    const found = score({ predictions: ['1', '5'] }, ['1', '2'], 'regression');
    expect(found).toEqual({ error: Math.sqrt(4.5), loss: Math.sqrt(4.5) });
  });

  test('is refused if a row has no prediction, or one that is no number', () => {
    expect(() => score({ predictions: [1] }, ['1', '2'], 'regression')).toThrow(
      '1 predictions for 2',
    );
    expect(() => score({ predictions: ['', 'x'] }, ['1', '2'], 'regression')).toThrow(
      'not a number',
    );
    const answer = { predictions: ['no'], classes, probabilities: [] };
    expect(() => score(answer, ['no'], 'binary')).toThrow('not a number');
  });

  test('by ranks counts equal values half', () => {
    expect(areaUnderCurve([0.1, 0.5, 0.5, 0.9], [false, false, true, true])).toBe(0.875);
    expect(ranksOf([3, 1, 3, Infinity])).toEqual([2.5, 1, 2.5, 4]);
  });
});

const ABOUT = { version: '1', cpu: 'a CPU', threads: 1, date: '2030-01-01T00:00:00Z', load: 0 };

function result(table: string, method: string, given: Partial<Result>): Result {
  return { table, task: 'regression', method, seed: 0, fit: 1, ...ABOUT, ...given };
}

const same = (value: number) => ({ error: value, loss: value });

describe('a summary', () => {
  test('averages the seeds, then the ranks of the tables', () => {
    const results = [
      result('a', 'fast', { ...same(1), fit: 1 }),
      result('a', 'fast', { ...same(5), seed: 1, fit: 2 }),
      result('a', 'catboost', same(2)),
      result('b', 'fast', { ...same(1), fit: 9 }),
      result('b', 'catboost', same(4)),
    ];
    const found = summarise(meansOf(results), ['fast', 'catboost']);
    expect(found[0]).toMatchObject({
      method: 'fast',
      errorRank: 1.5,
      normalisedError: 0.5,
      fit: 2,
    });
    expect(found[0]?.errorRatio).toBeCloseTo(Math.sqrt((3 / 2) * (1 / 4)), 12);
    expect(found[1]?.errorRatio).toBe(1);
  });

  test('adds 0.01 to errors of classes before it divides them', () => {
    const task = 'binary';
    const results = [
      result('a', 'fast', { task, error: 0, loss: 0.19 }),
      result('a', 'catboost', { task, error: 0.01, loss: 0.09 }),
    ];
    const [, fast] = summarise(meansOf(results), ['catboost', 'fast']);
    expect(fast?.errorRatio).toBeCloseTo(0.5, 12);
    expect(fast?.lossRatio).toBeCloseTo(2, 12);
  });

  test('gives a method that failed the last rank, and takes only tables that all methods have', () => {
    const results = [
      result('a', 'fast', { fault: 'longer than 1 s' }),
      result('a', 'catboost', same(2)),
      result('b', 'catboost', same(2)),
    ];
    const means = meansOf(results);
    expect(tablesOf(means, ['fast', 'catboost'])).toEqual(['a']);
    const found = summarise(means, ['fast', 'catboost']);
    expect(found[1]).toMatchObject({ method: 'fast', lossRank: 2, normalisedLoss: 1, failures: 1 });
    expect(found[1]?.errorRatio).toBeUndefined();
  });

  test('normalises between the best and the worst that did not fail', () => {
    expect(normalise([2, 6, 3, Infinity])).toEqual([0, 1, 0.25, 1]);
    expect(normalise([2, 2])).toEqual([0, 0]);
  });

  test('is a report with the methods in groups, the best value of each table and the failures', () => {
    const results = [
      result('a', 'fast', same(1.5)),
      result('a', 'lightgbm', same(2.5)),
      result('a', 'catboost', { fault: 'longer than 1 s' }),
      result('b', 'fast', same(123.4)),
      result('b', 'lightgbm', same(100)),
    ];
    const text = reportOf(results, METHODS);
    expect(text).toContain('#### 2 methods on 2 tables');
    expect(text).toContain('#### 3 methods on 1 tables');
    expect(text).toContain('| a | **1.50** | 2.50 | failed |');
    expect(text).toContain('| b | 123 | **100** |  |');
    expect(text).toContain('- catboost on a, seed 0: longer than 1 s');
  });
});

describe('the file of results', () => {
  test('keeps the last result of each table, method and seed', () => {
    const file = join(folder, 'results.jsonl');
    expect(readResults(file).size).toBe(0);
    appendResult(file, result('a', 'fast', { fault: 'longer than 1 s' }));
    appendResult(file, result('a', 'fast', same(1)));
    appendResult(file, result('a', 'fast', { ...same(2), seed: 1 }));
    const found = readResults(file);
    expect([...found.keys()]).toEqual(['a fast 0', 'a fast 1']);
    expect(found.get(keyOf({ table: 'a', method: 'fast', seed: 0 }))?.error).toBe(1);
  });

  test('goes on after a line that was left half written', () => {
    const file = join(folder, 'results.jsonl');
    appendResult(file, result('a', 'fast', same(1)));
    appendFileSync(file, '{"table":"b","met');
    expect(readResults(file).size).toBe(1);
    appendResult(file, result('c', 'fast', same(3)));
    expect([...readResults(file).keys()]).toEqual(['a fast 0', 'c fast 0']);
  });
});

describe('a run', () => {
  const methods: Method[] = [
    { name: 'slow', title: 'slow', stage: 1, maxRows: 60 },
    { name: 'quick', title: 'quick', stage: 0 },
  ];

  function tableOf(name: string, rows: number): Table {
    const file = join(folder, `${name}.csv`);
    const lines = Array.from({ length: rows }, (_, i) => `${i},${i % 2 === 0 ? 'x' : 'y'}`);
    writeFileSync(file, ['number,kind', ...lines].join('\n'));
    return { name, target: 'kind', task: 'binary', file, rows };
  }

  /** Runs sides that always say 'x'; `measured` is what they were asked. */
  async function runOf(jobs: Job[], given: { retry?: boolean; failing?: string } = {}) {
    const { retry = false, failing } = given;
    const measured: string[] = [];
    const results = join(folder, 'results.jsonl');
    const open = async ({ name }: Method): Promise<Side> => ({
      version: '1',
      fault: name === 'absent' ? 'not installed' : undefined,
      measure: async ({ table, seed, split }) => {
        measured.push(`${table.name} ${name} ${seed}`);
        if (name === failing) throw new Error('it ended');
        const predictions = split.testTargets.map(() => 'x');
        const probabilities = predictions.map(() => [0.75, 0.25]);
        const answer = { predictions, classes: ['x', 'y'], probabilities };
        return { answer, fit: 1, processor: 1, predict: 1, memory: 1 };
      },
    });
    const told: string[] = [];
    const tell = (line: string) => void told.push(line);
    await runAll(jobs, { results, limit: 1, threads: 1, cpu: 'a CPU', retry, open, tell });
    return { measured, told, found: readResults(results) };
  }

  test('does all tables by the methods of a stage before the next, and leaves out tables that are too large', async () => {
    const { measured, found } = await runOf(
      jobsOf([tableOf('small', 40), tableOf('large', 80)], [0, 1], methods),
    );
    expect(measured).toEqual([
      'small quick 0',
      'small quick 1',
      'large quick 0',
      'large quick 1',
      'small slow 0',
      'small slow 1',
    ]);
    expect(found.get('small quick 0')).toMatchObject({ error: 0.5, auc: 0.5, version: '1' });
  });

  test('measures only what an earlier run did not', async () => {
    const table = tableOf('small', 40);
    await runOf(jobsOf([table], [0], methods));
    const { measured, found } = await runOf(jobsOf([table], [0, 1], methods));
    expect(measured).toEqual(['small quick 1', 'small slow 1']);
    expect(found.size).toBe(4);
  });

  test('keeps a failure, which only a retry measures again', async () => {
    const jobs = jobsOf([tableOf('small', 40)], [0], methods);
    const first = await runOf(jobs, { failing: 'quick' });
    expect(first.found.get('small quick 0')?.fault).toBe('it ended');
    expect((await runOf(jobs)).measured).toEqual([]);
    const again = await runOf(jobs, { retry: true });
    expect(again.measured).toEqual(['small quick 0']);
    expect(again.found.get('small quick 0')).toMatchObject({ error: 0.5 });
    expect(again.found.get('small quick 0')).not.toHaveProperty('fault');
  });

  test('says why a method is left out, and writes no result of it', async () => {
    const absent: Method = { name: 'absent', title: 'absent', stage: 0 };
    const { measured, told, found } = await runOf(jobsOf([tableOf('small', 40)], [0], [absent]));
    expect(measured).toEqual([]);
    expect(told).toEqual(['absent: left out, because it is not installed']);
    expect(found.size).toBe(0);
  });

  test('of the command trains on one file and predicts the other', async () => {
    const table = tableOf('small', 40);
    const work = { split: writeSplit(table, 0, folder), table, seed: 0, limit: 50 };
    const command = new Vinculum(ROOT, ['--epochs', '1'], 1);
    const { answer, ...used } = await command.measure(work);
    expect(answer.classes).toEqual(['x', 'y']);
    expect(score(answer, work.split.testTargets, 'binary').auc).toBeDefined();
    expect(used.memory).toBeGreaterThan(1e6);
    expect(used.processor).toBeGreaterThan(0);
    const wrong = new Vinculum(ROOT, ['--no-such-flag'], 1);
    await expect(wrong.measure(work)).rejects.toThrow("'--no-such-flag'");
  });
});

test('a variant is a name with flags, and has no name of a method', () => {
  expect(variant('wide: --hidden 256,256  --epochs 9')).toMatchObject({
    name: 'wide',
    flags: ['--hidden', '256,256', '--epochs', '9'],
  });
  expect(variant('plain:').flags).toEqual([]);
  expect(() => variant('--hidden 256')).toThrow("must be 'NAME: FLAGS'");
  expect(() => variant('fast: --epochs 1')).toThrow('that no method has');
});
