/**
 * The accuracies in the README, measured again by the commands beside them. One seed gives the same bits everywhere, so
 * they are compared to the last digit.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const COMMAND = join(ROOT, 'packages/cli/bin/vinculum.js');
const FOLDER = mkdtempSync(join(tmpdir(), 'vinculum-figures-'));

afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const ROW =
  /`vinculum (train [^`]+) --seed S`, S = 0 … (\d+) +\| mean held-out accuracy (\d\.\d{4})/g;

const FIGURES = Array.from(
  readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(ROW),
  ([, command = '', last = '', mean = '']) => ({ command, last: Number(last), mean }),
);

function heldOutAccuracy(command: string, seed: number): number {
  const words = [
    ...command.split(' '),
    '--seed',
    String(seed),
    '--json',
    '--no-report',
    '-o',
    FOLDER,
  ];
  const { stdout } = spawnSync(process.execPath, [COMMAND, ...words], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return (JSON.parse(stdout) as { metrics: { test: { accuracy: number } } }).metrics.test.accuracy;
}

test('the README has a table of accuracies', () => {
  expect(FIGURES.length).toBeGreaterThan(1);
});

/** An ensemble takes seconds, and a busy machine makes them minutes. */
const TIMEOUT = 240_000;

test.each(FIGURES)(
  '$command has mean $mean over seeds 0 … $last',
  ({ command, last, mean }) => {
    let sum = 0;
    for (let seed = 0; seed <= last; seed++) sum += heldOutAccuracy(command, seed);
    expect((sum / (last + 1)).toFixed(4)).toBe(mean);
  },
  TIMEOUT,
);
