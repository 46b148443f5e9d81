/**
 * Measures the errors of the elementary functions by check-elementary.c, in every vector width that this processor has. All
 * widths must print the same lines. It visits every 61st float32, or with `--all` each of the 2^32, which takes minutes for
 * each function.
 *
 *     node bench/accuracy/accuracy.mjs [--all] [FUNCTION …]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('check-elementary.c', import.meta.url));
const processor = readFileSync('/proc/cpuinfo', 'utf8');
const WIDTHS = [
  { name: '2 doubles', flags: [], needs: 'sse2' },
  { name: '4 doubles', flags: ['-mavx2', '-DF64V_LANES=4'], needs: 'avx2' },
  { name: '8 doubles', flags: ['-mavx512f', '-DF64V_LANES=8'], needs: 'avx512f' },
].filter(({ needs }) => processor.includes(needs));

const functions = process.argv.slice(2).filter((word) => word !== '--all');
const step = process.argv.includes('--all') ? '1' : '61';
const folder = mkdtempSync(join(tmpdir(), 'vinculum-accuracy-'));
try {
  let expected;
  for (const { name, flags } of WIDTHS) {
    const program = join(folder, 'check');
    execFileSync('cc', ['-O2', '-ffp-contract=off', ...flags, SOURCE, '-lm', '-o', program]);
    const lines = execFileSync(program, [step, ...functions], { encoding: 'utf8' });
    if (expected === undefined) console.log(lines);
    expected ??= lines;
    console.log(`${name} in a vector: ${lines === expected ? 'the same lines' : 'OTHER LINES'}`);
    if (lines !== expected) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
