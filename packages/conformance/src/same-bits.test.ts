/**
 * One seed gives one hash in each numerics: after a thousand steps, parameters and moments are the same on every backend that computes in
 * float32, in every instruction set of this processor and on any number of threads.
 */
import { describe, expect, it } from 'vitest';
import { wasmBackend } from 'vinculum/internal';
import { HASH_OF_FUSED_RUN, HASH_OF_LONG_RUN, hashOfLongRun } from './long-run.ts';
import { inEveryNumerics, nativeBuilds } from './native-builds.ts';
import { fusedWasmBackend } from './relaxed-simd.ts';

const HASHES = { portable: HASH_OF_LONG_RUN, fused: HASH_OF_FUSED_RUN };

const fusedWasm = fusedWasmBackend();

const BACKENDS = [
  { name: 'wasm', numerics: 'portable', backend: wasmBackend } as const,
  ...(fusedWasm ? [{ name: 'wasm', numerics: 'fused', backend: fusedWasm } as const] : []),
  ...inEveryNumerics(nativeBuilds()).map(({ instructionSet, ...rest }) => ({
    name: instructionSet,
    ...rest,
  })),
];

/** More threads than processors wait for each other most of the time, so `npm run check` alone tries many. */
const THREADS = {
  portable: process.env['VINCULUM_EXHAUSTIVE'] === '1' ? [1, 2, 3, 4, 7] : [1, 2, 3],
  fused: [1, 3],
};

for (const { name, numerics, backend } of BACKENDS) {
  describe(`a thousand steps on ${name} in ${numerics} numerics give the hash`, () => {
    it.each(THREADS[numerics])('with %i threads', async (threads) => {
      expect(await hashOfLongRun(backend, { threads })).toBe(HASHES[numerics]);
    });
  });
}

it('the two numerics have different bits', () => {
  expect(HASH_OF_FUSED_RUN).not.toBe(HASH_OF_LONG_RUN);
});
