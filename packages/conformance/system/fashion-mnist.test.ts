/**
 * The command on the whole of Fashion-MNIST, from Debian's package dataset-fashion-mnist. The network of the published
 * benchmark (784-100-10, ReLU, standardised) must reach for each of three seeds the accuracy that the benchmark states for
 * scikit-learn's multilayer perceptron, 0.871. A better network must reach 0.895. One seed gives the same bits everywhere,
 * so the accuracies never vary.
 *
 * Source of 0.871: the benchmark table of Xiao, Rasul & Vollgraf 2017, MLPClassifier, (100), relu.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../../cli/bin/vinculum.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'vinculum-fashion-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The last line of `vinculum train fashion-mnist …`. */
function train(options: string): { accuracy: number; rows: number; line: string } {
  const args = [
    PROGRAM,
    'train',
    'fashion-mnist',
    '--preset',
    'fast',
    ...options.split(' '),
    '-q',
    '-o',
    folder,
  ];
  const output = execFileSync(process.execPath, args, { encoding: 'utf8' });
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  const match = /^held-out accuracy (0\.\d{4}) \(\d+ of (\d+) rows\)$/.exec(line);
  console.info(`vinculum train fashion-mnist --preset fast ${options}: ${line}`);
  return { accuracy: Number(match?.[1]), rows: Number(match?.[2]), line };
}

test.each([0, 1, 2])('784-100-10 reaches the accuracy of the benchmark with seed %i', (seed) => {
  const { accuracy, rows } = train(`--hidden 100 --epochs 20 --seed ${seed}`);
  expect(rows).toBe(10_000);
  expect(accuracy).toBeGreaterThanOrEqual(0.871);
});

test('a larger network with dropout and label smoothing reaches 0.895', () => {
  const { accuracy } = train(
    '--hidden 256,128 --dropout 0.25 --label-smoothing 0.1 --optimizer adamw --schedule cosine --epochs 30 --patience 30',
  );
  expect(accuracy).toBeGreaterThanOrEqual(0.895);
});
