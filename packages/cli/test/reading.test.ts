/** Files as people bring them, through the command: what is read, what is told, and what a prediction says. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runInMemory, type MemoryRun } from './memory-host.ts';

let folder = '';
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vinculum-reading-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A file of `rows` rows, made by a function of the row's number. */
async function table(
  name: string,
  header: string,
  row: (i: number) => string,
  rows = 120,
): Promise<string> {
  const lines = Array.from({ length: rows }, (_, i) => row(i));
  await writeFile(at(name), `${[header, ...lines].join('\n')}\n`);
  return at(name);
}

async function train(data: string, target: string, ...flags: string[]): Promise<MemoryRun> {
  const words = ['train', data, '-t', target, '-o', at('run'), '--epochs', '20', ...flags];
  return runInMemory(words);
}

async function trained(data: string, target: string, ...flags: string[]): Promise<MemoryRun> {
  const run = await train(data, target, ...flags);
  expect(run.stderr).not.toMatch(/error:/);
  expect(run.exitCode).toBe(0);
  return run;
}

const model = (): string => at('run/model.safetensors');

interface Document {
  readonly task: string;
  readonly classes: readonly unknown[];
  readonly rows: Readonly<Record<string, number>>;
  readonly notes: readonly {
    readonly code: string;
    readonly column?: string;
    readonly message: string;
  }[];
}

async function document(data: string, target: string, ...flags: string[]): Promise<Document> {
  const run = await trained(data, target, '--json', '-q', ...flags);
  return JSON.parse(run.stdout) as Document;
}

describe('classes', () => {
  test('with leading zeros stay apart, in training, prediction and evaluation', async () => {
    const codes = ['00501', '501', '10001'];
    const data = await table('codes.csv', 'x,code', (i) => `${i % 3},${codes[i % 3]}`);
    const { classes, task } = await document(data, 'code');
    expect(task).toBe('classification');
    expect(classes).toEqual(codes.toSorted());
    const predicted = await runInMemory(['predict', model(), data, '-q']);
    expect(new Set(predicted.stdout.trim().split('\n').slice(1))).toEqual(new Set(codes));
    const scored = await runInMemory(['evaluate', model(), data, '-q']);
    expect(scored.stdout).toMatch(/\(120 of 120 rows\)/);
  });

  test('called None and NA are classes; such words in inputs are counted, also in --json', async () => {
    const names = ['None', 'NA', 'High'];
    const data = await table(
      'none.csv',
      'x,y,grade',
      (i) => `${i % 3},${i % 4 === 0 ? 'n/a' : i},${names[i % 3]}`,
    );
    const { classes, rows, notes } = await document(data, 'grade');
    expect(classes).toEqual(['High', 'NA', 'None']);
    expect(rows['train']! + rows['validation']! + rows['test']!).toBe(120);
    expect(notes).toEqual([
      {
        code: 'missing-words',
        column: 'y',
        count: 30,
        message: "column 'y': 'n/a' (30) is read as missing",
      },
    ]);
  });
});

describe('numbers as people write them', () => {
  test('train as their plain forms do, also as the target', async () => {
    const price = (i: number): number => 1000 + 37 * (i % 50);
    const share = (i: number): number => (i * 7) % 100;
    const data = await table(
      'decorated.csv',
      'share,price',
      (i) => `${share(i)}%,"$${price(i).toLocaleString('en-US')}.00"`,
    );
    const plain = await table('plain.csv', 'share,price', (i) => `${share(i)},${price(i)}.00`);
    const decorated = await trained(data, 'price', '-q');
    const twin = await trained(plain, 'price', '-q');
    expect(decorated.stdout).toBe(twin.stdout);
    await trained(data, 'price');
    const scored = await runInMemory(['evaluate', model(), data, '-q']);
    expect(scored.stdout).toMatch(/R² /);
  });

  test('a target that counts dollars is a quantity, however few its values', async () => {
    const data = await table('few.csv', 'x,price', (i) => `${i},$${5 * (1 + (i % 4))}`);
    expect((await document(data, 'price')).task).toBe('regression');
  });

  test('with two readings are refused with the flags that choose', async () => {
    const data = await table('open.csv', 'n;y', (i) => `${1 + (i % 9)}.250;${i % 5}`);
    const run = await train(data, 'y');
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toMatch(/hint: --decimal \. reads 1.250 or --decimal , reads 1250\n/);
  });
});

describe('the options of the reader', () => {
  test('are flags of train, predict and evaluate', async () => {
    const lines = Array.from(
      { length: 60 },
      (_, i) => `${i % 7},5|${i % 3 === 0 ? '-' : 'x'}|${i % 2}`,
    );
    const text = `exported today\n${lines.join('\n')}\nSum|60|1\n`;
    await writeFile(at('odd.txt'), Buffer.from(text, 'utf16le'));
    const words =
      '--skip-rows 1 --comment Sum --no-header --delimiter | --decimal , --missing - --encoding utf-16le';
    const reader = words.split(' ');
    const { rows, classes } = await document(at('odd.txt'), '2', ...reader);
    expect(rows['train']! + rows['validation']! + rows['test']!).toBe(60);
    expect(classes).toEqual([0, 1]);
    const predicted = await runInMemory(['predict', model(), at('odd.txt'), ...reader]);
    expect(predicted.stdout.trim().split('\n')).toHaveLength(61);
    const scored = await runInMemory(['evaluate', model(), at('odd.txt'), '-q', ...reader]);
    expect(scored.stdout).toMatch(/of 60 rows\)/);
  });

  test('--kinds and --missing overrule what the cells say', async () => {
    const data = await table(
      'kinds.csv',
      'zip,day,y',
      (i) => `${100 + (i % 2)},0${1 + (i % 3)}/02/2031,${['a', 'None'][i % 2]}`,
    );
    const { notes } = await document(data, 'y', '--kinds', 'zip=text,day=date:dmy');
    expect(notes).not.toContainEqual(expect.objectContaining({ code: 'ambiguous-date' }));
    const names = await runInMemory(['inspect', model()]);
    expect(names.stdout).toMatch(/zip .*text .*one of 100, 101/);
    const none = await train(data, 'y', '--missing', 'None');
    expect(none.stderr).toMatch(/must have at least 2 classes; every row is 'a'/);
  });

  test.each([
    [['--kinds', 'zip=txt'], /--kinds must be a column and its kind/],
    [['--kinds', 'day=date:xyz'], /one of ymd, ym, dmy/],
    [['--delimiter', 'abc'], /--delimiter must be one character/],
    [['--encoding', 'klingon'], /--encoding must be a label/],
    [['--thousands', 'x'], /--thousands must be/],
  ])('%j is a wrong command line', async (flags, message) => {
    const data = await table('wrong.csv', 'a,y', (i) => `${i},${i % 2}`);
    const run = await train(data, 'y', ...flags);
    expect(run.stderr).toMatch(message);
    expect(run.exitCode).toBe(2);
  });

  test('spaces between columns are found by the hint', async () => {
    const data = await table('spaces.txt', 'a   y', (i) => `${i}   ${i % 2}`);
    const run = await train(data, 'y');
    expect(run.stderr).toMatch(/hint: if spaces separate the columns, add --delimiter space/);
    expect((await train(data, 'y', '--delimiter', 'space')).exitCode).toBe(0);
  });
});
