/**
 * The native backend: the conformance suite and the comparison of the matrix kernels with their twins, in every instruction
 * set that this processor has. Without a C compiler there is no addon; then only the message about its absence is tested.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openNative, type NativeAddon } from '@vinculum/native';
import { describe, expect, it, test } from 'vitest';
import { nativeBackend, type NativeBinding, shuffleRows } from 'vinculum/internal';
import { compileAddon, findCompiler } from '../../native/compile/toolchain.mjs';
import { Draws } from './draws.ts';
import { denseFaults, type DenseOptions, type Sizes } from './kernels/dense-case.ts';
import { SIZES } from './kernels/kernel-case.ts';
import { HASH_OF_LONG_RUN, hashOfLongRun } from './long-run.ts';
import { inEveryNumerics, nativeBuilds, PANEL_COLUMNS } from './native-builds.ts';
import { conformanceSuite } from './suite.ts';

const builds = nativeBuilds();

test('the addon is built if there is a C compiler, and otherwise an error says why it is missing', async () => {
  if (builds.length > 0) return;
  expect(await findCompiler()).toBeUndefined();
  expect(() => openNative()).toThrow('the addon was not built; it needs a C compiler (cc)');
});

/** C constants for blocks so small that every test case crosses them, and with every factor packed. */
const SMALL_BLOCKS = {
  K_BLOCK: 5,
  ROW_BLOCK: 20,
  CONFLICT_STRIDE: 1,
  CONFLICT_STEPS: 1,
  SHORT_SUM: 1,
};

// Only `npm run check` runs this test, because it compiles every kernel for every instruction set. That would be a fifth of
// the time of all tests.
test.runIf(builds.length > 0 && process.env['VINCULUM_EXHAUSTIVE'] === '1')(
  'a build with blocks of 5 steps and every factor packed trains to the same bits on any number of threads',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vinculum-native-'));
    const addon = join(folder, 'vinculum.node');
    await compileAddon(addon, { defines: SMALL_BLOCKS });
    const binding = createRequire(import.meta.url)(addon) as NativeAddon & NativeBinding;
    for (const [build, instructionSet] of binding.builds.entries()) {
      if (instructionSet === '') continue;
      const backend = nativeBackend(() => ({ binding, build, instructionSet }));
      for (const threads of [1, 3]) {
        expect(await hashOfLongRun(backend, { threads })).toBe(HASH_OF_LONG_RUN);
      }
    }
    rmSync(folder, { recursive: true, force: true });
  },
  300_000,
);

test.runIf(builds.length > 0)('an instruction set that this processor lacks is refused', () => {
  expect(() => openNative('altivec')).toThrow(/^VINCULUM_ISA must be one of .*; got 'altivec'\.$/);
});

test('the library throws an error if VINCULUM_ISA names an instruction set that does not exist', () => {
  const program = `
    import { dense, network } from 'vinculum';
    try {
      network({ inputs: 1, layers: [dense(1)], seed: 0 }).predict([[1]]);
    } catch (error) {
      console.log(error.name + ': ' + error.message);
    }`;
  const message = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: import.meta.dirname,
    env: { ...process.env, VINCULUM_ISA: 'altivec' },
    encoding: 'utf8',
  });
  expect(message).toMatch(
    /^BackendUnavailableError: predict: VINCULUM_ISA=altivec asks for the backend 'native', which/,
  );
});

/** When Node-API finalised the objects, about 1,500 bytes were left until the event loop ran. */
const MOST_LEFT_BEHIND = 800;

/**
 * Bytes of memory that each executable leaves behind, in a loop that never returns to the event loop. The memory of a process
 * comes and goes by some megabytes, so the least of three rounds is compared with the least of three later ones.
 */
function bytesLeftBehind(): number {
  const program = `
    import { dense, network, predictor } from 'vinculum';
    const use = (count) => {
      for (let i = 0; i < count; i++) {
        const net = network({ inputs: 1, layers: [dense(1)], seed: 0 });
        const one = predictor(net, { backend: 'native' });
        one.predict([[1]]);
        one.close();
      }
      gc();
      return process.memoryUsage.rss();
    };
    const sizes = Array.from({ length: 8 }, () => use(3_000));
    const least = (from, to) => Math.min(...sizes.slice(from, to));
    console.log((least(5, 8) - least(1, 4)) / (4 * 3_000));`;
  const args = ['--expose-gc', '--input-type=module', '-e', program];
  return Number(
    execFileSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8' }),
  );
}

test.runIf(builds.length > 0)(
  'a closed executable frees its memory without waiting for the event loop',
  () => {
    expect(bytesLeftBehind()).toBeLessThan(MOST_LEFT_BEHIND);
  },
);

test.runIf(builds.length > 0)('the addon shuffles in the same order as the core', () => {
  for (const count of [0, 1, 2, 3, 7, 100, 60_000]) {
    for (const [seed, epoch] of [
      [0, 1],
      [2 ** 40 + 7, 3],
    ] as const) {
      const own = Uint32Array.from({ length: count }, (_, i) => 3 * i + 1);
      const expected = own.slice();
      builds[0]!.backend.shuffle!(own, seed, epoch);
      shuffleRows(expected, seed, epoch);
      expect(own).toEqual(expected);
    }
  }
});

for (const { instructionSet, numerics, backend } of inEveryNumerics(builds)) {
  describe(`the kernels for ${instructionSet} in ${numerics} numerics`, () => {
    conformanceSuite('native', backend);

    const panelColumns = PANEL_COLUMNS[instructionSet]!;

    function sweep(sizes: readonly Sizes[], options: DenseOptions = {}): void {
      const draws = new Draws(sizes.length);
      const faults = sizes.flatMap((size) =>
        denseFaults(backend, size, draws, { ...options, panelColumns }),
      );
      expect(faults.slice(0, 5)).toEqual([]);
    }

    it("has the twin's bits in every matrix kernel around tiles and panels", () => {
      sweep(
        [...SIZES, 13, 14, 15, 28, 29, 47, 48, 49].flatMap((size) => [
          { rows: size, fanIn: 11, fanOut: 13 },
          { rows: 6, fanIn: size, fanOut: 9 },
          { rows: 15, fanIn: 10, fanOut: size },
        ]),
      );
    });

    it("has the twin's bits across blocks of k and rows, and if factors are packed", () => {
      sweep([
        { rows: 5, fanIn: 513, fanOut: 9 },
        { rows: 5, fanIn: 1030, fanOut: 9 },
        { rows: 1030, fanIn: 9, fanOut: 5 },
        { rows: 5, fanIn: 9, fanOut: 1025 },
        { rows: 259, fanIn: 9, fanOut: 33 },
        { rows: 33, fanIn: 512, fanOut: 17 },
        { rows: 33, fanIn: 17, fanOut: 512 },
        { rows: 515, fanIn: 33, fanOut: 512 },
        { rows: 258, fanIn: 130, fanOut: 512 },
      ]);
    });

    it("has the twin's bits for unaligned tensors, and with NaN, infinities and subnormals", () => {
      for (const shift of [1, 2, 3, 5, 7]) sweep([{ rows: 16, fanIn: 33, fanOut: 35 }], { shift });
      sweep(
        SIZES.slice(0, 17).map((size) => ({ rows: size, fanIn: 5, fanOut: (size % 5) + 6 })),
        { hard: true },
      );
    });
  });
}
