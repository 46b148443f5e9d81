/** The programs of `examples/` run, and print the results that they exist to show. */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const EXAMPLES = fileURLToPath(new URL('../examples', import.meta.url));
const HOME = process.cwd();
let folder = '';

/** Each program runs in a folder of its own, because it may write files. The folder contains a link to `examples/`. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vinculum-example-'));
  symlinkSync(EXAMPLES, join(folder, 'examples'), 'junction');
  process.chdir(folder);
});

afterEach(() => {
  process.chdir(HOME);
  rmSync(folder, { recursive: true, force: true });
  vi.restoreAllMocks();
});

/** The lines that a program prints. */
async function printedBy(load: () => Promise<unknown>): Promise<string[]> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  await load();
  return log.mock.calls.map(([line]) => String(line));
}

const numberIn = (line: string | undefined): number =>
  Number(/ (-?[\d.]+(?:e-?\d+)?)/.exec(line ?? '')?.[1]);

test('xor.ts learns XOR and shows a step, equation by equation', async () => {
  const lines = await printedBy(() => import('../examples/xor.ts'));
  expect(numberIn(lines[0])).toBeLessThan(0.01);
  const probabilities = lines.slice(1, 5).map((line) => Number(line.split(' ').at(-1)));
  expect(probabilities.map(Math.round)).toEqual([0, 1, 1, 0]);
  const equations = lines.slice(5).map((line) => Number(/^\((\d+)\)/.exec(line)?.[1]));
  expect(equations).toEqual([1, 3, 4, 5, 11, 12, 15]);
  expect(lines).toContain('(11) L\u0304 = 1.0000');
});

test('digits.ts learns digits from CSV, and the saved model recognises them', async () => {
  const lines = await printedBy(() => import('../examples/digits.ts'));
  expect(lines[0]).toBe('classes: 0 1 2 3 4 5 6 7 8 9');
  expect(numberIn(lines[1]?.replace('held-out accuracy', ''))).toBeGreaterThan(0.94);
  expect(lines[1]).toMatch(/\(360 rows\)$/);
});

test('regression.ts finds the curve in spite of the noise', async () => {
  const lines = await printedBy(() => import('../examples/regression.ts'));
  expect(lines[0]).toMatch(/^stopped by (epochs|early-stopping); best epoch \d+$/);
  expect(numberIn(lines[2]?.replace('validation R²', ''))).toBeGreaterThan(0.98);
  for (const line of lines.slice(3)) {
    const [, value = NaN, truth = NaN] =
      /= (-?[\d.]+) \(truth (-?[\d.]+)\)/.exec(line)?.map(Number) ?? [];
    expect(Math.abs(value - truth)).toBeLessThan(0.1);
  }
});
