/**
 * The ceilings of this machine, measured: multiply-then-add peak by instruction set and threads, memory bandwidth, and the
 * peak of WebAssembly SIMD128 on one thread (times the threads for more).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileKernels, readSources } from '../../packages/kernels/compile/toolchain.mjs';

const SOURCE = fileURLToPath(new URL('peak.c', import.meta.url));

const SETS = {
  avx512: ['-DLANES=16', '-mavx512f', '-mprefer-vector-width=512'],
  avx2: ['-DLANES=8', '-mavx2'],
  baseline: ['-DLANES=4'],
};

/**
 * @param {readonly string[]} sets - instruction sets that this processor runs
 * @param {readonly number[]} threads
 * @returns {{ native: Record<string, { peak: number, bandwidth: number }>, fault?: string }} by `set:threads`
 */
export function measureNative(sets, threads) {
  const folder = mkdtempSync(join(tmpdir(), 'vinculum-ceilings-'));
  const native = {};
  try {
    for (const set of sets) {
      const program = join(folder, set);
      const flags = SETS[set] ?? ['-DLANES=4'];
      const all = [
        '-std=gnu11',
        '-O3',
        '-ffp-contract=off',
        '-pthread',
        ...flags,
        SOURCE,
        '-o',
        program,
      ];
      execFileSync(process.env.CC || 'cc', all);
      for (const count of threads) {
        const [peak, bandwidth] = execFileSync(program, [String(count)], { encoding: 'utf8' })
          .split(' ')
          .map(Number);
        native[`${set}:${count}`] = { peak, bandwidth };
      }
    }
    return { native };
  } catch (error) {
    return { native, fault: String(error.message).split('\n')[0] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const TURNS = 400_000;

/** The peak of WebAssembly on one thread in GFLOP/s, as a function to call between other measurements. */
export async function wasmPeak() {
  const ladder = readFileSync(new URL('../kernels/ladder.c', import.meta.url), 'utf8');
  const { bytes } = await compileKernels({ ...readSources(), 'ladder.c': ladder });
  const memory = new WebAssembly.Memory({ initial: 1024, maximum: 1024 });
  const { exports } = (await WebAssembly.instantiate(bytes, { env: { memory } })).instance;
  return () => {
    let best = 0;
    for (const chains of [8, 10, 12]) {
      for (let round = 0; round < 7; round++) {
        const begun = performance.now();
        exports[`peak${chains}`](TURNS, 0.5);
        best = Math.max(best, (chains * 8 * TURNS) / (performance.now() - begun) / 1e6);
      }
    }
    return best;
  };
}
