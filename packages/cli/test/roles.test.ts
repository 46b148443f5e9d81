/** Columns that say how rows count, which rows belong together, when they were, and which row is which. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dense, network, toSafetensors } from 'vinculum';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FAST } from './run-process.ts';
import { runInMemory, type MemoryRun } from './memory-host.ts';
import { writeTable } from './write-table.ts';

let folder = '';
const at = (name: string): string => join(folder, name);
const model = (): string => at('model.safetensors');

interface Row {
  readonly id: string;
  readonly day: string;
  readonly patient: string;
  readonly w: string | number;
  readonly x: number;
  readonly y: number;
  readonly kind: string;
}

/** Rows of 12 patients, 5 each, on days that go backwards. */
const ROWS: readonly Row[] = Array.from({ length: 60 }, (_, i) => ({
  id: `R${String(i).padStart(3, '0')}`,
  day: `2021-03-${String(30 - Math.floor(i / 3)).padStart(2, '0')}`,
  patient: `p${i % 12}`,
  w: i % 4,
  x: Math.sin(i * 1.7),
  y: 3 * Math.sin(i * 1.7) + (i % 5) * 0.01,
  kind: Math.sin(i * 1.7) > 0 ? 'up' : 'down',
}));

const table = (name: string, rows: readonly object[]): Promise<string> =>
  writeTable(at(name), rows);

const train = (...words: string[]): Promise<MemoryRun> =>
  runInMemory(['train', ...words, ...FAST, '-o', folder, '--epochs', '3', '-q']);

let data = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vinculum-roles-'));
  data = await table('rows.csv', ROWS);
});
afterAll(() => rm(folder, { recursive: true }));

describe('roles that are wrong', () => {
  test.each([
    [['--weight', 'ww'], 3, "--weight: there is no column 'ww'. Did you mean 'w'?"],
    [['--group', 'patien'], 3, "--group: there is no column 'patien'. Did you mean 'patient'?"],
    [['--time', 'days'], 3, "--time: there is no column 'days'. Did you mean 'day'?"],
    [['--id', 'idd'], 3, "--id: there is no column 'idd'. Did you mean 'id'?"],
    [['--weight', 'kind'], 3, "column 'kind' must hold numbers; it holds text such as"],
    [['--time', 'kind'], 3, "column 'kind' must hold dates or numbers; it holds text such as"],
    [['--weight', 'y'], 2, "--weight must not name the target; got 'y'."],
    [['--group', 'patient', '--time', 'day'], 2, '--group does not go with --time'],
    [['--weight', 'w', '--time', 'w'], 2, "must name two columns; both name 'w'"],
    [['--weight', 'w', '--weight', 'x'], 2, "--weight must be given once; got 'w' and 'x'."],
    [
      ['--group', 'kind'],
      3,
      "'kind' must have at least 3 groups: one to learn from, one to stop early by, one to hold out; it has 2.",
    ],
  ])('%j is refused with the rule', async (flags, exitCode, message) => {
    const run = await train(data, '-t', 'y', ...flags);
    expect(run.stderr).toContain(message);
    expect(run.stderr).toContain('\nhint: ');
    expect(run.exitCode).toBe(exitCode);
  });

  test.each([
    [-1, 'must be a weight, a number that is at least 0; got -1.'],
    ['', 'must be a weight, a number that is at least 0; it is missing.'],
  ])('a weight of %j is named with its row', async (w, message) => {
    const bad = await table(
      'bad.csv',
      ROWS.map((row, i) => (i === 4 ? { ...row, w } : row)),
    );
    const run = await train(bad, '-t', 'y', '--weight', 'w');
    expect(run.stderr).toContain(`row 5, column 'w': ${message}`);
    expect(run.exitCode).toBe(3);
  });

  test('weights of 0 alone are refused', async () => {
    const bad = await table(
      'zero.csv',
      ROWS.map((row) => ({ ...row, w: 0 })),
    );
    const run = await train(bad, '-t', 'y', '--weight', 'w');
    expect(run.stderr).toContain("column 'w' must have a weight above 0; every row weighs 0.");
  });

  test('a group or a time that is missing is named with its row', async () => {
    const bad = await table(
      'gap.csv',
      ROWS.map((row, i) => (i === 6 ? { ...row, patient: '', day: '' } : row)),
    );
    const group = await train(bad, '-t', 'y', '--group', 'patient');
    expect(group.stderr).toContain("row 7, column 'patient': must be a group; it is missing.");
    const time = await train(bad, '-t', 'y', '--time', 'day');
    expect(time.stderr).toContain("row 7, column 'day': must be a time; it is missing.");
  });

  test('two groups are enough with the hint', async () => {
    const run = await train(data, '-t', 'y', '--group', 'kind', '--fit-all');
    expect(run.exitCode).toBe(0);
  });
});

describe('a weight', () => {
  test('counts rows as the same rows given so often, in every score', async () => {
    const some = await table('some.csv', ROWS.slice(40));
    await train(data, '-t', 'y', '--weight', 'w', '--drop', 'id,day,patient');
    const weighted = await runInMemory(['evaluate', model(), some, '--json']);
    const repeated = await table(
      'repeated.csv',
      ROWS.slice(40).flatMap((row) =>
        Array.from({ length: Number(row.w) }, () => ({ ...row, w: 1 })),
      ),
    );
    const plain = await runInMemory(['evaluate', model(), repeated, '--json']);
    const found = JSON.parse(weighted.stdout) as {
      metrics: Record<string, number>;
      weight: string;
    };
    const expected = JSON.parse(plain.stdout) as { metrics: Record<string, number> };
    expect(found.weight).toBe('w');
    for (const name of ['r2', 'rmse', 'mae']) {
      expect(found.metrics[name]).toBeCloseTo(expected.metrics[name]!, 10);
    }
  });

  test('that DATA lacks counts every row once, with a message', async () => {
    await train(data, '-t', 'kind', '--weight', 'w', '--drop', 'id,day,patient,y');
    const lacking = await table(
      'lacking.csv',
      ROWS.map(({ x, kind }) => ({ x, kind })),
    );
    const run = await runInMemory(['evaluate', model(), lacking]);
    expect(run.stderr).toContain("DATA has no column 'w', which weighed the training");
    expect(run.stdout).toMatch(/accuracy \d\.\d{4} \(\d+ of 60 rows\)\n$/);
    const given = await runInMemory(['evaluate', model(), lacking, '--weight', 'xx']);
    expect(given.stderr).toContain("--weight: there is no column 'xx'. Did you mean 'x'?");
  });

  test('counts the rows of a model that takes its columns by position, and is none of them', async () => {
    const net = network({ inputs: 1, layers: [dense(2)], output: 'softmax' });
    await writeFile(at('plain.safetensors'), toSafetensors(net));
    const rows = ROWS.map(({ x, w }, i) => ({ x, w, y: i % 2 }));
    const words = [
      'evaluate',
      at('plain.safetensors'),
      await table('by-place.csv', rows),
      '-t',
      'y',
    ];
    const { stdout, stderr } = await runInMemory([...words, '--weight', 'w', '--json']);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ rows: 60, weight: 'w' });
    const wrong = await runInMemory([...words, '--weight', 'ww']);
    expect(wrong.stderr).toContain("--weight: there is no column 'ww'. Did you mean 'w'?");
    const images = ['evaluate', at('plain.safetensors'), 'fashion-mnist', '--weight', 'w'];
    const refused = await runInMemory(images);
    expect(refused.stderr).toContain('--weight goes with tables; fashion-mnist has');
    expect(refused.exitCode).toBe(2);
  });

  test('is no input, and the last line says that it weighs', async () => {
    const run = await train(data, '-t', 'y', '--weight', 'w');
    expect(run.stdout).toMatch(/^held-out R² -?\d+\.\d{4} \(12 rows weighted by 'w'\)\n$/);
    const shown = JSON.parse((await runInMemory(['inspect', model(), '--json'])).stdout) as {
      roles: unknown;
      preparation: { columns: { name: string }[]; notes: { code: string }[] };
    };
    expect(shown.roles).toEqual({ weight: 'w' });
    expect(shown.preparation.columns.map(({ name }) => name)).not.toContain('w');
    expect(shown.preparation.notes.map(({ code }) => code)).toContain('role-weight');
  });
});

describe('splits', () => {
  const heldOut = async (...flags: string[]): Promise<{ rows: object; metrics: object }> =>
    JSON.parse((await train(data, '-t', 'y', '--json', ...flags)).stdout) as never;

  test('--time holds the last days out, which the target of earlier rows does not change', async () => {
    const { rows, metrics } = await heldOut('--time', 'day');
    expect(rows).toEqual({ train: 43, validation: 5, test: 12 });
    // The first 12 rows have the last days. What they hold changes no weight.
    const bytes = async (): Promise<string> =>
      (await runInMemory(['inspect', model(), '--json'])).stdout;
    const before = JSON.parse(await bytes()) as { checksum: string };
    const other = await table(
      'other.csv',
      ROWS.map((row, i) => (i < 12 ? { ...row, y: 99 } : row)),
    );
    const run = await train(other, '-t', 'y', '--json', '--time', 'day');
    const after = JSON.parse(await bytes()) as { checksum: string };
    expect(after.checksum).toBe(before.checksum);
    expect((JSON.parse(run.stdout) as { metrics: object }).metrics).not.toEqual(metrics);
  });

  test('--time is an input, unless --drop names it too', async () => {
    const inputs = async (): Promise<string[]> =>
      (
        JSON.parse((await runInMemory(['inspect', model(), '--json'])).stdout) as {
          preparation: { columns: { name: string }[] };
        }
      ).preparation.columns.map(({ name }) => name);
    await train(data, '-t', 'y', '--time', 'day');
    expect(await inputs()).toContain('day');
    await train(data, '-t', 'y', '--time', 'day', '--drop', 'day');
    expect(await inputs()).not.toContain('day');
  });

  test('--group holds whole groups out', async () => {
    // 3 of 12 patients, and 1 of the 9 that are left; each has 5 rows.
    expect((await heldOut('--group', 'patient')).rows).toEqual({
      train: 40,
      validation: 5,
      test: 15,
    });
  });
});

describe('an id', () => {
  test('is no input, and stands before the predictions if DATA has it', async () => {
    await train(data, '-t', 'y', '--id', 'id', '--drop', 'patient,day,w,kind');
    const run = await runInMemory(['predict', model(), data]);
    expect(run.stdout.split('\n').slice(0, 2)[0]).toBe('id,prediction');
    expect(run.stdout.split('\n')[1]).toMatch(/^R000,/);
    expect(run.stderr).toBe('columns that the model does not use: day, patient, w and kind\n');
    const bare = await table(
      'bare.csv',
      ROWS.map(({ x }) => ({ x })),
    );
    const without = await runInMemory(['predict', model(), bare, '-f', 'jsonl']);
    expect(without.stdout).toMatch(/^\{"prediction":/);
    expect(without.stderr).toBe("DATA has no column 'id', so predictions come without\n");
  });

  test('and columns of --keep are written once each, ids first', async () => {
    await train(data, '-t', 'y', '--id', 'id,patient', '--drop', 'day,w,kind');
    const run = await runInMemory(['predict', model(), data, '--keep', 'day,id', '-q']);
    expect(run.stdout).toMatch(/^id,patient,day,prediction\nR000,p0,2021-03-30,/);
    const all = await runInMemory(['predict', model(), data, '--with-input', '-q']);
    expect(all.stdout).toMatch(/^id,day,patient,w,x,y,kind,prediction\n/);
    const wrong = await runInMemory(['predict', model(), data, '--keep', 'dya', '-q']);
    expect(wrong.stderr).toContain("--keep: there is no column 'dya'. Did you mean 'day'?");
  });
});

describe('a target that is too large for its square', () => {
  test('is refused with its row, also among the rows of --test', async () => {
    const large = ROWS.map((row, i) => (i === 8 ? { ...row, y: '1e300' } : row));
    const bad = await table('large.csv', large);
    for (const words of [[bad], [data, '--test', bad]]) {
      const run = await train(...words, '-t', 'y');
      expect(run.stderr).toContain("row 9, column 'y': must be at most 1e+150 in size");
      expect(run.exitCode).toBe(3);
    }
  });
});

describe('--text', () => {
  test('leaves a column out with a note, or reads numbers as categories', async () => {
    const file = await table(
      'text.csv',
      ROWS.map((row, i) => ({ ...row, zip: 100 + (i % 4) })),
    );
    const words = ['train', file, '-t', 'kind', '--text', 'patient=ignore,zip=category', ...FAST];
    const { stderr, exitCode } = await runInMemory([...words, '-o', folder, '--epochs', '2']);
    expect(exitCode).toBe(0);
    expect(stderr).toContain("column 'patient' is text that is not learned from");
    const { stdout } = await runInMemory(['inspect', model()]);
    expect(stdout).toMatch(/zip .*(4 categories|categories|one of)/);
    expect(stdout).not.toMatch(/^patient/m);
  });

  test.each([
    [['--text', 'kind=ignore'], 2, "--text must not name the target; got 'kind'."],
    [['--text', 'patien=category'], 3, "must have a column 'patien'; its columns are"],
    [['--text', 'patien=ignore'], 3, "--text: there is no column 'patien'"],
    [
      ['--text', 'patient'],
      2,
      "--text must be a column and its use, ignore or category; got 'patient'.",
    ],
    [['--text', 'patient=category', '--drop', 'patient'], 2, '--text patient=category goes with'],
    [['--text', 'x=category', '--kinds', 'x=number'], 2, '--text and --kinds must name different'],
  ] as const)('is refused: %j', async (words, code, message) => {
    const { stderr, exitCode } = await runInMemory(['train', data, '-t', 'kind', ...words]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: code,
      stderr: expect.stringContaining(message) as string,
    });
  });
});
