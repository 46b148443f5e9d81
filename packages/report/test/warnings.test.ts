/**
 * Each warning on a run in which its fault was planted and that was really trained, and none of them on a healthy run. The
 * rules that need a rare accident (a layer of dead units, skipped steps) read a healthy record in which only that fact is other.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import type { RowRecord } from 'vinculum';
import type { ReportRecord } from '../src/record/report-record.ts';
import { verdictOf } from '../src/verdict/verdict.ts';
import { warningsOf } from '../src/verdict/warnings.ts';
import { classRecord, numberRecord, numbersFrom } from './planted.ts';

const codesOf = (record: ReportRecord): string[] => warningsOf(record).map(({ code }) => code);

/** Two classes that overlap a little, told apart by `a` and less by `b`. */
function twoClasses(count: number, seed = 1): { rows: RowRecord[]; targets: string[] } {
  const next = numbersFrom(seed);
  const targets = Array.from({ length: count }, () => (next() < 0.5 ? 'no' : 'yes'));
  const rows = targets.map((label) => {
    const side = label === 'yes' ? 1 : -1;
    const wide = (): number => next() + next() + next() - 1.5;
    return { a: 0.8 * side + wide(), b: 0.5 * side + wide(), c: wide() };
  });
  return { rows, targets };
}

let healthy: ReportRecord;
let healthyNumbers: ReportRecord;

beforeAll(async () => {
  healthy = await classRecord({ ...twoClasses(400), held: 120 });
  const next = numbersFrom(5);
  const rows = Array.from({ length: 300 }, () => ({ a: next(), b: next(), c: next() }));
  const targets = rows.map(({ a, b }) => 100 * a * a + 40 * b + 8 * next());
  healthyNumbers = await numberRecord({ rows, targets, held: 90, options: { maxIter: 150 } });
});

describe('a healthy run', () => {
  test('of classes has no warning, and its verdict names score, interval and guess', () => {
    expect(codesOf(healthy)).toStrictEqual([]);
    const { headline, sentences } = verdictOf(healthy);
    expect(headline).toMatch(/^Right for \d\d\.\d\u00a0% of rows that it has not seen$/);
    expect(sentences.join(' ')).toMatch(
      /The accuracy on 120 held-out rows is .* lies between .* 95\u00a0%.*a guess \(always '(no|yes)'\)/,
    );
  });

  test('of numbers has no warning, and its verdict names the error and the variance', () => {
    expect(codesOf(healthyNumbers)).toStrictEqual([]);
    const { headline, sentences } = verdictOf(healthyNumbers);
    expect(headline).toMatch(/^Off by [\d.]+ on average$/);
    expect(sentences.join(' ')).toMatch(/It explains \d\d\u00a0% of the variance \(R² 0\.\d+\)/);
  });
});

describe('a leak', () => {
  test('is a column that copies the target', async () => {
    const { rows, targets } = twoClasses(200);
    const leaked = rows.map((row, at) => ({ ...row, paid: targets[at] === 'yes' ? 'P' : 'N' }));
    const record = await classRecord({ rows: leaked, targets, held: 60 });
    const [first] = warningsOf(record);
    expect(first).toMatchObject({ code: 'leak', message: "The column 'paid' copies the target." });
    expect(first?.remedy).toContain('--drop paid');
    expect(verdictOf(record).headline).toBe('Too good to be believed yet');
  });

  test('is a column that makes nearly the whole of a nearly perfect score, though it copies nothing', async () => {
    const next = numbersFrom(9);
    const { targets } = twoClasses(240);
    const rows = targets.map((label) => ({
      noise: next(),
      more: next(),
      score: (label === 'yes' ? 3 : 0) + next(),
    }));
    const record = await classRecord({ rows, targets, held: 80 });
    expect(warningsOf(record)[0]).toMatchObject({ code: 'leak', section: 'importance' });
    expect(warningsOf(record)[0]?.message).toContain("'score'");
  });

  test('is rows that stand on both sides of the split', async () => {
    const { rows, targets } = twoClasses(150);
    const record = await classRecord({
      rows: [...rows, ...rows.slice(0, 50)],
      targets: [...targets, ...targets.slice(0, 50)],
      held: 50,
    });
    expect(codesOf(record)).toContain('repeated-across-split');
    expect(verdictOf(record).headline).toBe('Too good to be believed yet');
  });
});

test('a class that is never predicted is named with its rows', async () => {
  const next = numbersFrom(3);
  const targets = Array.from({ length: 300 }, (_, at) =>
    at % 12 === 0 ? 'rare' : at % 2 === 0 ? 'left' : 'right',
  );
  const rows = targets.map((label) => ({
    a: (label === 'right' ? 2 : 0) + next(),
    b: next(),
  }));
  const record = await classRecord({ rows, targets, held: 100, options: { maxIter: 40 } });
  const found = warningsOf(record).find(({ code }) => code === 'never-predicted');
  expect(found?.message).toMatch(/^The class 'rare' is never predicted, although \d held-out rows/);
  expect(found?.remedy).toContain('--class-weight balanced');
});

test('too few held-out rows are said, with their number', async () => {
  const record = await classRecord({ ...twoClasses(100), held: 12 });
  const found = warningsOf(record).find(({ code }) => code === 'few-rows');
  expect(found?.message).toBe('Only 12 rows are held out, so the score is mostly chance.');
});

test('a training that ended while the loss was falling has not converged', async () => {
  const record = await classRecord({
    ...twoClasses(300),
    held: 100,
    options: { maxIter: 8, learningRateInit: 0.002 },
  });
  const found = warningsOf(record).find(({ code }) => code === 'not-converged');
  expect(found?.remedy).toBe('Train longer: --epochs 16.');
});

test('a network that remembers noise has overfitted', async () => {
  const next = numbersFrom(21);
  const targets = Array.from({ length: 140 }, () => (next() < 0.5 ? 'no' : 'yes'));
  const rows = targets.map((label) => ({
    ...Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`noise${at}`, next()])),
    signal: (label === 'yes' ? 0.9 : 0) + next(),
  }));
  const record = await classRecord({ rows, targets, held: 80, options: { maxIter: 300 } });
  const found = warningsOf(record).find(({ code }) => code === 'overfitting');
  expect(found?.message).toMatch(/the accuracy is 1\.000 on them and 0\.\d+ on rows/);
});

test('labels that the inputs cannot tell are not learned', async () => {
  const next = numbersFrom(33);
  const targets = Array.from({ length: 260 }, () => (next() < 0.5 ? 'no' : 'yes'));
  const rows = targets.map(() => ({ a: next(), b: next() }));
  const record = await classRecord({ rows, targets, held: 120, options: { maxIter: 30 } });
  expect(codesOf(record)).toContain('nothing-learned');
  expect(verdictOf(record).headline).toBe('No better than a guess');
});

test('numbers that the inputs cannot tell are not learned', async () => {
  const next = numbersFrom(34);
  const rows = Array.from({ length: 200 }, () => ({ a: next(), b: next() }));
  const targets = rows.map(() => next());
  const record = await numberRecord({ rows, targets, held: 90, options: { maxIter: 20 } });
  expect(codesOf(record)).toContain('nothing-learned');
  expect(verdictOf(record).headline).toBe('No better than a guess');
});

test('held-out rows of another place have drifted', async () => {
  const { rows, targets } = twoClasses(300);
  const moved = rows.map((row, at) => (at < 200 ? row : { ...row, c: Number(row['c']) + 4 }));
  const record = await classRecord({ rows: moved, targets, held: 100 });
  const found = warningsOf(record).find(({ code }) => code === 'drift');
  expect(found?.message).toContain("'c'");
  expect(found?.message).not.toContain("'a'");
});

describe('with one fact changed', () => {
  test('a layer of dead units is named', () => {
    const record: ReportRecord = {
      ...healthy,
      internals: {
        tensors: [],
        units: [{ layer: 'layer 1', activation: 'relu', units: 64, dead: 40, saturated: 0.8 }],
      },
    };
    expect(warningsOf(record)).toMatchObject([
      {
        code: 'dead-units',
        message: expect.stringMatching(/^In layer 1 40 of 64 units/) as string,
      },
    ]);
  });

  test('skipped steps are counted over all networks', () => {
    const [history] = healthy.training.histories;
    const skipped = { ...history!, skippedSteps: 2 };
    const record = {
      ...healthy,
      training: { ...healthy.training, histories: [skipped, skipped] },
    };
    expect(warningsOf(record)[0]?.message).toMatch(/^4 steps were skipped/);
  });

  test('a rare class that is missed while the ranking is good has its threshold as remedy', () => {
    const { evaluation } = healthy;
    if (evaluation?.kind !== 'classes') throw new Error('the healthy record is of classes');
    const [no, yes] = evaluation.measured.perClass;
    const measured = {
      ...evaluation.measured,
      perClass: [
        { ...no!, support: 950 },
        { ...yes!, support: 50, predicted: 4, recall: 0.04 },
      ],
    };
    const record: ReportRecord = { ...healthy, evaluation: { ...evaluation, measured } };
    const found = warningsOf(record).find(({ code }) => code === 'missed-class');
    expect(found?.message).toContain("Only 4\u00a0% of the rows of 'yes' are found");
    expect(found?.remedy).toContain('threshold table');
  });

  test('probabilities that are off are said', () => {
    const { evaluation } = healthy;
    if (evaluation?.kind !== 'classes') throw new Error('the healthy record is of classes');
    const { measured } = evaluation;
    const off = { ...measured, rows: 1000, calibration: { ...measured.calibration, ece: 0.15 } };
    const record: ReportRecord = { ...healthy, evaluation: { ...evaluation, measured: off } };
    expect(codesOf(record)).toStrictEqual(['uncalibrated']);
  });

  test('a run without held-out rows is not judged', () => {
    const { evaluation: _, ...record } = healthy;
    expect(verdictOf(record).headline).toBe('Not judged yet');
    expect(codesOf(record)).toStrictEqual([]);
  });
});
