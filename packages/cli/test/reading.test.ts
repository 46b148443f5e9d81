/** Files as people bring them, through the command: what is read, what is told, and what a prediction says. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FAST } from './run-process.ts';
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
  const words = ['train', data, '-t', target, ...FAST, '-o', at('run'), '--epochs', '20', ...flags];
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
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly warnings: readonly { readonly code: string; readonly column?: string }[];
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

describe('a score that says less than it seems', () => {
  const codes = async (data: string, target: string, ...flags: string[]): Promise<string[]> =>
    (await document(data, target, ...flags)).warnings.map(
      ({ code, column }) => code + (column === undefined ? '' : ` ${column}`),
    );
  const noise = (i: number): number => ((i * 7919) % 997) / 997;

  test('has the score of a guess beside it', async () => {
    const data = await table('rare.csv', 'x,y', (i) => `${noise(i)},${i % 25 === 0 ? 1 : 0}`, 500);
    const { metrics } = await document(data, 'y');
    expect(metrics['baseline']).toEqual({ accuracy: 0.96 });
    const shown = await trained(data, 'y');
    expect(shown.stdout).toMatch(/^metric .* guess$/m);
    expect(shown.stdout).toMatch(/^accuracy .* 0\.96\d\d$/m);
    expect(shown.stdout).toContain("guess: always '0'");
    expect(shown.stderr).toMatch(/warning: class '1' is never predicted, although 4 of 100/);
    expect(await codes(data, 'y')).toEqual(
      expect.arrayContaining(['never-predicted', 'no-better-than-baseline']),
    );
    const numbers = await table('mean.csv', 'x,y', (i) => `${i},${i}.5`);
    expect(Object.keys((await document(numbers, 'y')).metrics['baseline']!)).toContain('rmse');
  });

  test('warns of columns that tell the answer', async () => {
    const data = await table(
      'leak.csv',
      'id,x,code,closed,same,y',
      (i) =>
        `${i + 1},${noise(i)},${10 + (i % 2)},${i % 2 === 0 ? '' : 'May'},5,${i % 2 === 0 ? 'won' : 'lost'}`,
    );
    expect((await codes(data, 'y')).slice(0, 5)).toEqual([
      'constant same',
      'row-numbers id',
      'copied-target code',
      'copied-target closed',
      'telling-gaps closed',
    ]);
    const scaled = await table(
      'scaled.csv',
      'x,km,m',
      (i) => `${noise(i)},${i * 0.3},${i * 300 + 5}`,
    );
    expect(await codes(scaled, 'm')).toContain('copied-target km');
    const honest = await table(
      'honest.csv',
      'x,z,y',
      (i) => `${noise(i)},${noise(3 * i)},${noise(i) > 0.5}`,
    );
    const found = await codes(honest, 'y');
    expect(found.filter((code) => code !== 'not-converged')).toEqual([]);
  });

  test('warns of rows that repeat across the split, of few rows, and of a run cut short', async () => {
    const twice = await table(
      'twice.csv',
      'x,z,y',
      (i) => `${noise(i >> 2)},${i >> 2},${i % 8 > 3}`,
    );
    const found = await codes(twice, 'y');
    expect(found).toContain('repeated-rows');
    expect(found).toContain('repeated-across-split');
    const few = await table('tiny.csv', 'x,y', (i) => `${i},${i}.5`, 12);
    expect(await codes(few, 'y')).toContain('few-rows');
    const short = await table('short.csv', 'x,y', (i) => `${noise(i)},${3 * noise(i)}`);
    expect(await codes(short, 'y', '--epochs', '2')).toContain('not-converged');
    // The loss of classes that a line parts falls for ever, and gains nothing.
    const parted = await table('parted.csv', 'x,y', (i) => `${(i % 2) + noise(i) / 2},${i % 2}`);
    expect(await codes(parted, 'y', '--epochs', '200', '--patience', '200')).toEqual([]);
    const counts = await table('counts.csv', 'x,y', (i) => `${noise(i)},${i % 19}`, 60);
    expect(await codes(counts, 'y')).toContain('counts-as-classes y');
    expect((await trained(counts, 'y')).stderr).toMatch(/; --task regression takes them for quant/);
  });

  test('rows without a target are no sign of anything', async () => {
    const data = await table('sheet.csv', 'a,y', (i) => (i < 80 ? `${noise(i)},${i % 2}` : ','));
    const found = await codes(data, 'y');
    expect(found.filter((code) => /telling|repeated/.test(code))).toEqual([]);
  });

  test('--fit-all learns from every row and claims no score', async () => {
    const data = await table(
      'xor.csv',
      'a,b,y',
      (i) => `${i & 1},${i >> 1},${(i & 1) ^ (i >> 1)}`,
      4,
    );
    const { rows, metrics } = await document(data, 'y', '--fit-all', '--epochs', '400');
    expect(rows).toEqual({ train: 4, validation: 0, test: 0 });
    expect(metrics).toEqual({});
    const run = await trained(data, 'y', '--fit-all', '--epochs', '400');
    expect(run.stdout).toMatch(/\nno rows held out, so nothing is measured\n$/);
    const scored = await runInMemory(['evaluate', model(), data, '-q']);
    expect(scored.stdout).toMatch(/\(4 of 4 rows\)/);
    const both = await train(data, 'y', '--fit-all', '--split', '0.3');
    expect([both.exitCode, both.stderr]).toEqual([2, expect.stringMatching(/--fit-all holds no/)]);
  });
});

describe('predictions with their rows', () => {
  test('--keep and --with-input write the cells of the file beside them', async () => {
    const data = await table(
      'users.csv',
      'user,n,share,y',
      (i) => `0${i},${i % 5},${i % 9}.50%,${['a', 'null'][i % 2]}`,
    );
    await trained(data, 'y', '--drop', 'user', '-q');
    const kept = await runInMemory(['predict', model(), data, '--keep', 'user,share']);
    expect(kept.stdout).toMatch(/^user,share,prediction\n00,0.50%,(a|null)\n01,1.50%,/);
    const input = await runInMemory(['predict', model(), data, '--with-input', '-f', 'jsonl']);
    const [first = ''] = input.stdout.split('\n');
    expect(JSON.parse(first)).toEqual({
      user: '00',
      n: '0',
      share: '0.50%',
      y: 'a',
      prediction: expect.stringMatching(/a|null/) as string,
    });
    const wrong = await runInMemory(['predict', model(), data, '--keep', 'uesr']);
    expect([wrong.exitCode, wrong.stderr]).toEqual([3, expect.stringMatching(/'uesr'/)]);
  });

  test('a row without a value has no prediction, in its place, and a message counts them', async () => {
    const data = await table('inputs.csv', 'a,b,y', (i) => `${i},${i % 3},${i % 2}`);
    await trained(data, 'y', '-q');
    await writeFile(at('gaps.csv'), 'a,b\n1,2\n,\n3,\n,\n');
    const run = await runInMemory(['predict', model(), at('gaps.csv'), '--proba']);
    const lines = run.stdout.trimEnd().split('\n');
    expect([lines[2], lines[4]]).toEqual([',,', ',,']);
    expect(lines[3]).toMatch(/^[01],0/);
    expect(run.stderr).toMatch(/2 rows without any value: no prediction/);
    const json = await runInMemory(['predict', model(), at('gaps.csv'), '-f', 'jsonl']);
    expect(json.stdout.split('\n')[1]).toBe('{"prediction":null}');
  });
});

describe('a table before training', () => {
  test('tells of each column its kind, why, its values, its use and what is suspicious', async () => {
    const data = await table(
      'described.csv',
      'id,price,day,town,y',
      (i) =>
        `${i},$${i % 7}.50,2031-01-${10 + (i % 9)},${i % 6 === 0 ? 'NA' : ['Ur', 'Uruk'][i % 2]},${i % 2}`,
    );
    const run = await runInMemory(['describe', data, '-t', 'y', '--json']);
    const found = JSON.parse(run.stdout) as Record<string, unknown>;
    expect(found).toMatchObject({
      schema: 'vinculum.describe/1',
      rows: 120,
      columns: [
        { name: 'id', kind: 'number', why: 'every cell is a number', levels: 120, missing: 0 },
        { name: 'price', kind: 'number', spread: { min: 0.5, max: 6.5, median: 3.5 } },
        {
          name: 'day',
          kind: 'date',
          levels: 9,
          use: expect.stringMatching(/weekday \(sin\)/) as string,
        },
        {
          name: 'town',
          kind: 'text',
          missing: 20,
          common: [
            ['Uruk', 60],
            ['Ur', 40],
          ],
        },
        { name: 'y', kind: 'number', levels: 2 },
      ],
      warnings: [{ code: 'row-numbers', column: 'id' }],
    });
    const shown = await runInMemory(['describe', data]);
    expect(shown.stdout).toMatch(/price +number +0 +7 +0.5 … 6.5, median 3.5 /);
    expect(shown.stdout).toMatch(/note: column 'price' is read as numbers: .* such as '\$0.50'/);
    expect(shown.stdout).toMatch(/warning: column 'id' numbers the rows/);
    expect((await runInMemory(['describe', data, '-t', 'z'])).exitCode).toBe(3);
  });
});

describe('formats', () => {
  const data = (name: string): string =>
    fileURLToPath(new URL(`../../io/test/parquet/${name}`, import.meta.url));

  test('the same table as CSV and as Parquet trains to the same bytes, and predicts the same', async () => {
    const models: Buffer[] = [];
    const answers: string[] = [];
    for (const name of ['shop.csv', 'shop.parquet']) {
      await trained(data(name), 'sold');
      models.push(await readFile(model()));
      answers.push((await runInMemory(['predict', model(), data(name), '--keep', 'day'])).stdout);
    }
    expect(models[0]!.equals(models[1]!)).toBe(true);
    expect(answers[0]!.split('\n')).toHaveLength(302);
    expect(answers[0]).toBe(answers[1]);
  });

  test.each(['shop.csv', 'shop.parquet', 'shop.jsonl'])(
    '%s gives the same predictions from its path and from stdin, plain or gzip',
    async (name) => {
      await trained(data('shop.csv'), 'sold');
      const bytes = name.endsWith('.jsonl')
        ? Buffer.from(await shopLines(data('shop.csv')))
        : await readFile(data(name));
      await writeFile(at(name), bytes);
      const outputs = [(await runInMemory(['predict', model(), at(name)])).stdout];
      for (const stdin of [bytes, gzipSync(bytes)]) {
        outputs.push((await runInMemory(['predict', model(), '-'], { stdin })).stdout);
      }
      expect(outputs[0]!.split('\n')).toHaveLength(302);
      expect(new Set(outputs).size).toBe(1);
      const fromStdin = ['train', '-', '-t', 'sold', ...FAST, '-o', at('stdin'), '--epochs', '2'];
      expect((await runInMemory(fromStdin, { stdin: gzipSync(bytes) })).exitCode).toBe(0);
    },
  );

  /** The table of a CSV file as JSON Lines. */
  async function shopLines(path: string): Promise<string> {
    const [header = '', ...rows] = (await readFile(path, 'utf8')).trim().split('\n');
    const names = header.split(',');
    return rows
      .map((row) => {
        const cells = row.split(',').map((cell, i) => {
          const isWord = names[i] === 'day' || names[i] === 'kind';
          return [names[i], cell === '' ? null : isWord ? cell : (JSON.parse(cell) as unknown)];
        });
        return JSON.stringify(Object.fromEntries(cells));
      })
      .join('\n');
  }
});

describe('a hint', () => {
  const PARQUET = fileURLToPath(new URL('../../io/test/parquet/', import.meta.url));

  beforeAll(async () => {
    await writeFile(at('cut.csv.gz'), gzipSync('a,b\n1,2\n3,4\n').subarray(0, 25));
    await writeFile(at('cut.parquet'), (await readFile(`${PARQUET}shop.parquet`)).subarray(0, 300));
    await table('each.csv', 'x,name', (i) => `${i},n${i}`);
  });

  test.each([
    ['cut.csv.gz', 'b', [], 'bring the file here again, because a part of it is missing'],
    ['cut.parquet', 'sold', [], 'bring the file here again, because a part of it is missing'],
    ['each.csv', 'name', [], 'use fewer classes or more rows\n'],
    ['each.csv', 'x', ['--kinds', 'nope=text'], 'leave it out of --kinds\n'],
    [`${PARQUET}nested.parquet`, 'a', [], 'write the file without this column, or with'],
  ])('of %s speaks of that fault', async (name, target, flags, hint) => {
    const run = await train(name.startsWith('/') ? name : at(name), target, ...flags);
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toMatch(/^error: .*\.\nhint: .*\n$/m);
    expect(run.stderr.slice(run.stderr.lastIndexOf('hint: '))).toContain(hint);
    expect(run.stderr.toLowerCase().split(hint.trim())).toHaveLength(2);
  });
});
