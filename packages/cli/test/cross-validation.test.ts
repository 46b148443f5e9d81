/** `vinculum cv`: its table, its document, and what it has in common with `crossValidate` of the library. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runInMemory } from './memory-host.ts';
import { writeTable } from './write-table.ts';

const FAST = ['--preset', 'fast', '--hidden', '6', '--epochs', '8'];
let folder = '';
let file = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vinculum-cv-'));
  const rows = Array.from({ length: 40 }, (_, i) => ({
    x: i - 20,
    size: (i * 7) % 11,
    patient: `p${i % 8}`,
    kind: i > 18 ? 'new' : 'old',
  }));
  file = await writeTable(join(folder, 'rows.csv'), rows);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Document {
  readonly schema: string;
  readonly rows: number;
  readonly folds: readonly { readonly rows: object; readonly metrics: Record<string, number> }[];
  readonly mean: Record<string, number>;
  readonly standardDeviation: Record<string, number>;
}

test('shows every fold with mean and deviation, and saves nothing', async () => {
  const { exitCode, stdout, stderr } = await runInMemory(
    ['cv', file, '-t', 'kind', '--folds', '4', '--drop', 'patient', ...FAST],
    { columns: 100 },
  );
  expect(exitCode).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^fold +train +test +accuracy +loss +precision +recall +f1$/);
  expect(lines.slice(2, 8).map((line) => line.split(' ')[0])).toEqual([
    '1',
    '2',
    '3',
    '4',
    'mean',
    'deviation',
  ]);
  expect(lines.at(-1)).toMatch(
    /^cross-validated accuracy \d\.\d{4} ± \d\.\d{4} \(4 folds of 40 rows\)$/,
  );
  expect(stderr).toMatch(
    /fold 4 of 4: accuracy \d\.\d{4} and loss \d\.\d{4} on 10 rows; \d+ epochs/,
  );
});

test('has the same scores in every run, as one document', async () => {
  const words = ['cv', file, '-t', 'size', '--folds', '2', '--group', 'patient', '--json', ...FAST];
  const { stdout, exitCode } = await runInMemory(words);
  expect(exitCode).toBe(0);
  const found = JSON.parse(stdout) as Document;
  expect(found).toMatchObject({ schema: 'vinculum.cv/1', task: 'classification', rows: 40 });
  expect(found.folds.map(({ rows }) => rows)).toEqual([
    { train: 20, test: 20 },
    { train: 20, test: 20 },
  ]);
  const [first, second] = found.folds.map(({ metrics }) => metrics['accuracy']!);
  expect(found.mean['accuracy']).toBeCloseTo((first! + second!) / 2, 12);
  expect(found.standardDeviation['accuracy']).toBeCloseTo(
    Math.abs(first! - second!) / 2 ** 0.5,
    12,
  );
  expect((await runInMemory([...words, '--threads', '1', '--backend', 'wasm'])).stdout).toBe(
    stdout.replace(/"backend":"\w+"/, '"backend":"wasm"'),
  );
});

test('reads the settings of train, and refuses flags of rows that train holds out', async () => {
  const config = join(folder, 'settings.json');
  await writeFile(config, JSON.stringify({ target: 'kind', folds: 3, preset: 'fast', epochs: 2 }));
  const { stdout } = await runInMemory(['cv', file, '-c', config, '-q', '--hidden', '4']);
  expect(stdout).toMatch(/^cross-validated accuracy .* \(3 folds of 40 rows\)\n$/);
  const refused = await runInMemory(['cv', file, '-t', 'kind', '--fit-all']);
  expect(refused.exitCode).toBe(2);
  const many = await runInMemory(['cv', file, '-t', 'kind', '--folds', '41', ...FAST]);
  expect(many).toMatchObject({ exitCode: 2 });
  expect(many.stderr).toMatch(
    /--folds must be at most as many as there are rows; got 41 folds of 40 rows/,
  );
});

test('ends with the signal, without a result', async () => {
  const { exitCode, stdout } = await runInMemory(['cv', file, '-t', 'kind', ...FAST], {
    onMessage: (text, interrupt) => {
      if (text.includes('fold 2 of 5')) interrupt();
    },
  });
  expect(exitCode).toBe(130);
  expect(stdout).toBe('');
});
