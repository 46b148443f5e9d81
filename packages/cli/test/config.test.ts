/** Settings of a run from a file, and the file that a run prints. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runInMemory, type MemoryRun } from './memory-host.ts';

let folder = '';
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vinculum-config-'));
  const rows = Array.from({ length: 60 }, (_, i) =>
    [i % 7, Math.sin(i * 1.7), i % 2 === 0 ? 'a' : 'b', 1 + (i % 3), Math.cos(i)].join(','),
  );
  await writeFile(at('rows.csv'), `n,x,kind,w,y\n${rows.join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

const train = (...words: string[]): Promise<MemoryRun> =>
  runInMemory(['train', at('rows.csv'), '-o', at('run'), '-q', ...words]);
async function config(content: unknown): Promise<string> {
  await writeFile(at('config.json'), JSON.stringify(content));
  return at('config.json');
}
const model = (): Promise<Buffer> => readFile(at('run/model.safetensors'));

describe('--print-config', () => {
  const FLAGS =
    '-t y --weight w --kinds n=category --split 0.6/0.2/0.2 --preset balanced --hidden 8,4 --learning-rate 1e-2'.split(
      ' ',
    );

  test('prints what -c takes, which gives the same file byte for byte', async () => {
    const printed = await train(...FLAGS, '--print-config');
    expect(printed.exitCode).toBe(0);
    await expect(model()).rejects.toThrow('ENOENT');
    await writeFile(at('printed.json'), printed.stdout);
    expect(JSON.parse(printed.stdout)).toMatchObject({
      target: ['y'],
      weight: 'w',
      kinds: ['n=category'],
      split: '0.6/0.2/0.2',
      hidden: '8,4',
      learningRate: 0.01,
      seed: 0,
    });
    await train(...FLAGS);
    const byFlags = await model();
    const again = await train('-c', at('printed.json'), '--print-config');
    expect(again.stdout).toBe(printed.stdout);
    await rm(at('run'), { recursive: true });
    await train('-c', at('printed.json'));
    expect(await model()).toEqual(byFlags);
  });
});

describe('--config', () => {
  const settings = { target: 'y', epochs: 3, hidden: [4], drop: ['kind', 'n'] };
  const shown = async (...words: string[]): Promise<Record<string, unknown>> =>
    JSON.parse((await train(...words, '--print-config')).stdout) as Record<string, unknown>;

  test('takes values of JSON, lists and kinds by column, and flags override them', async () => {
    const file = await config({ ...settings, kinds: { n: 'category' }, drop: [], target: ['y'] });
    expect((await train('-c', file)).exitCode).toBe(0);
    const other = await config(settings);
    expect(await shown('-c', other)).toMatchObject({ epochs: 3, drop: ['kind', 'n'] });
    const flags = await shown('-c', other, '--epochs', '2', '--drop', 'x', '--preset', 'balanced');
    expect(flags).toMatchObject({ epochs: 2, drop: ['x'], hidden: [4], preset: 'balanced' });
  });

  test('gives way to the environment', async () => {
    const file = await config({ ...settings, backend: 'wasm', threads: 1 });
    const run = await runInMemory(['train', at('rows.csv'), '-c', file, '--print-config'], {
      environment: { VINCULUM_BACKEND: 'reference' },
    });
    const found = JSON.parse(run.stdout) as Record<string, unknown>;
    expect(found['backend']).toBeUndefined();
    expect(found['threads']).toBe(1);
  });

  test.each([
    [{ learningrate: 1 }, "there is no setting 'learningrate'. Did you mean 'learningRate'?"],
    [{ zzzz: 1 }, "there is no setting 'zzzz'. The settings are target, task"],
    [{ config: 'x' }, "there is no setting 'config'"],
    [{ epochs: 'many' }, "config.json: epochs must be an integer, at least 1; got 'many'."],
    [{ epochs: [[1]] }, 'config.json: epochs must be a text, a number or a list of them'],
    [{ fitAll: 1 }, 'config.json: fitAll must be true or false; got 1.'],
    [{ optimizer: 'adma' }, 'config.json: optimizer'],
    [[1], 'must hold one JSON object of settings by name'],
  ])('%j is refused', async (content, message) => {
    const run = await train('-c', await config(content));
    expect(run.stderr).toContain(message);
    expect(run.stderr).toMatch(/\nhint: .+\n$/);
    expect([2, 3]).toContain(run.exitCode);
  });

  test('that is no JSON, or not there, is refused', async () => {
    await writeFile(at('broken.json'), '{"epochs": 1');
    expect((await train('-c', at('broken.json'))).stderr).toContain("broken.json' must hold JSON;");
    const run = await train('-c', at('none.json'));
    expect(run.stderr).toContain('there is no such file');
    expect(run.exitCode).toBe(3);
  });
});
