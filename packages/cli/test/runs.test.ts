/** The commands that look at runs: `runs`, `compare` and `report`, on good folders and on broken ones. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { displayWidth } from '@vinculum/report';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runInMemory } from './memory-host.ts';

let folder = '';
const at = (...names: string[]): string => join(folder, ...names);
const inRuns = (name: string): string => at('runs', name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vinculum-runs-'));
  const lines = Array.from(
    { length: 60 },
    (_, i) => `${i / 10},${i % 7},${i < 30 ? 'low' : 'high'}`,
  );
  await writeFile(at('data.csv'), `x,noise,level\n${lines.join('\n')}\n`);
  await mkdir(at('runs'));
  for (const [name, ...flags] of [
    ['with-report', '--hidden', '8'],
    ['wide', '--hidden', '16,16', '--no-report'],
    ['seeded', '--hidden', '8', '--seed', '1', '--no-report'],
  ]) {
    const words = ['train', at('data.csv'), '-t', 'level', '-o', inRuns(name!), '--epochs', '3'];
    await runInMemory([...words, '--preset', 'fast', ...flags]);
  }
});

afterAll(() => rm(folder, { recursive: true }));

describe('runs', () => {
  test('lists every run with its target, score and size', async () => {
    const { stdout, exitCode } = await runInMemory(['runs', at('runs')]);
    expect(exitCode).toBe(0);
    for (const name of ['with-report', 'wide', 'seeded']) {
      expect(stdout).toMatch(
        new RegExp(`^${name} +level +accuracy [\\d.]+ +60 +1 .* 2026-01-02 03:04$`, 'm'),
      );
    }
  });

  test('says which folders are no runs, and lists the others', async () => {
    await mkdir(at('runs', 'broken'));
    await writeFile(at('runs', 'broken', 'run.json'), '{"schema": "vinculum.run/1", "task": 3}');
    await mkdir(at('runs', 'empty'));
    const { stdout, stderr, exitCode } = await runInMemory(['runs', at('runs')]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(
      "broken/run.json' is damaged: finished must be a text; got undefined.",
    );
    expect(stderr).toContain('run.json cannot be read: there is no such file.');
    expect(stdout).toContain('with-report');
    const { stdout: document } = await runInMemory(['runs', at('runs'), '--json']);
    expect(JSON.parse(document)).toMatchObject({
      schema: 'vinculum.runs/1',
      unreadable: [{ name: 'broken' }, { name: 'empty' }],
    });
    await rm(at('runs', 'broken'), { recursive: true });
    await rm(at('runs', 'empty'), { recursive: true });
  });

  test('a folder that is not there, or without a run, is a fault with a way on', async () => {
    const missing = await runInMemory(['runs', at('nowhere')]);
    expect(missing.exitCode).toBe(3);
    expect(missing.stderr).toMatch(/must be a folder of runs; there is no such file\.\nhint: name/);
    await mkdir(at('nothing'));
    const nothing = await runInMemory(['runs', at('nothing')]);
    expect(nothing.exitCode).toBe(3);
    expect(nothing.stderr).toContain('must hold the folders of runs; it has none.');
  });
});

describe('compare', () => {
  test('shows the metrics side by side with the best marked, and only the settings that differ', async () => {
    const { stdout, exitCode } = await runInMemory([
      'compare',
      inRuns('with-report'),
      inRuns('wide'),
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^run +accuracy +loss/m);
    expect(stdout.match(/\d\*/g)?.length).toBeGreaterThanOrEqual(2);
    expect(stdout).toMatch(/^1 with-report +8$/m);
    expect(stdout).toMatch(/^2 wide +16,16$/m);
    expect(stdout).not.toContain('epochs');
  });

  test('warns of other held-out rows, because their scores cannot be compared exactly', async () => {
    const { stderr } = await runInMemory(['compare', inRuns('with-report'), inRuns('seeded')]);
    expect(stderr).toContain('warning: the runs have different seeds, so other rows are held out');
    await writeFile(
      at('other.csv'),
      await readFile(at('data.csv'), 'utf8').then((text) => `${text}9,9,low\n`),
    );
    await runInMemory([
      'train',
      at('other.csv'),
      '-t',
      'level',
      '-o',
      inRuns('other'),
      '--epochs',
      '1',
      '--preset',
      'fast',
      '--no-report',
    ]);
    const other = await runInMemory(['compare', inRuns('with-report'), inRuns('other')]);
    expect(other.stderr).toContain('warning: the runs differ in the data, so their scores cannot');
  });

  test('ten runs fit a terminal of 80 columns', async () => {
    const ten = Array.from({ length: 10 }, (_, i) => inRuns(i % 2 === 0 ? 'wide' : 'with-report'));
    const { stdout } = await runInMemory(['compare', ...ten], { terminal: true, columns: 80 });
    const widths = stdout.split('\n').map((line) => displayWidth(line));
    expect(Math.max(...widths)).toBeLessThanOrEqual(80);
    expect(stdout).toMatch(/^10 with-report/m);
  });

  test('--json has every value and the places of the best', async () => {
    const words = ['compare', inRuns('with-report'), inRuns('wide'), '--json'];
    const document = JSON.parse((await runInMemory(words)).stdout) as {
      readonly metrics: readonly { readonly name: string; readonly best: readonly number[] }[];
    };
    expect(document).toMatchObject({
      schema: 'vinculum.compare/1',
      runs: [{ name: 'with-report' }, { name: 'wide' }],
      settings: [{ name: 'hidden', values: ['8', '16,16'] }],
      caveats: [],
    });
    for (const { best } of document.metrics) expect(best.length).toBeGreaterThan(0);
  });

  test('one run alone and a run that is not there are faults', async () => {
    const one = await runInMemory(['compare', inRuns('wide')]);
    expect(one.exitCode).toBe(2);
    expect(one.stderr).toContain('compare needs at least two runs');
    const none = await runInMemory(['compare', inRuns('wide'), inRuns('wid')]);
    expect(none.exitCode).toBe(3);
    expect(none.stderr).toContain(`there is no run '${inRuns('wid')}'.`);
  });
});

describe('report', () => {
  test('is made by train, and again from the folder, with the same bytes', async () => {
    const path = at('runs', 'with-report', 'report.html');
    const first = await readFile(path, 'utf8');
    expect(first).toMatch(/^<!doctype html>/);
    await rm(path);
    const run = await runInMemory(['report', inRuns('with-report')]);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toBe(`${path}\n`);
    expect(await readFile(path, 'utf8')).toBe(first);
  });

  test('is made of a model and rows with their truth, and counts these rows', async () => {
    const out = at('page.html');
    const [header, ...rows] = (await readFile(at('data.csv'), 'utf8')).trimEnd().split('\n');
    // A column that the model does not know is no fault.
    await writeFile(
      at('more.csv'),
      `${header},more\n${rows.map((row) => `${row},1`).join('\n')}\n`,
    );
    const words = ['report', inRuns('wide'), at('more.csv'), '-o', out];
    const run = await runInMemory(words);
    expect(run.exitCode).toBe(0);
    expect(await readFile(out, 'utf8')).toContain('60');
    const { stdout } = await runInMemory([...words.slice(0, -1), '-']);
    expect(stdout).toMatch(/^<!doctype html>/);
  });

  test('leaves nothing half written where it cannot be written', async () => {
    const run = await runInMemory(['report', inRuns('with-report'), '-o', at('no', 'page.html')]);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain('hint: name another file with -o FILE');
    expect((await readdir(folder)).includes('no')).toBe(false);
  });

  test('a folder without a record, and a damaged record, name the way on', async () => {
    const none = await runInMemory(['report', inRuns('wide')]);
    expect(none.exitCode).toBe(3);
    expect(none.stderr).toContain('A run with --no-report leaves none.');
    expect(none.stderr).toContain(`hint: make one from rows with their truth: vinculum report`);
    await writeFile(at('runs', 'wide', 'report.json'), '{"schema": "vinculum.report/1"}');
    const damaged = await runInMemory(['report', inRuns('wide')]);
    expect(damaged.exitCode).toBe(3);
    expect(damaged.stderr).toContain("report.json' is damaged: it has no run.");
    const alone = await runInMemory(['report', at('runs', 'wide', 'model.safetensors')]);
    expect(alone.exitCode).toBe(2);
    expect(alone.stderr).toContain('report needs rows with their truth beside a model');
  });
});
