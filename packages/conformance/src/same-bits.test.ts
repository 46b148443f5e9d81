/**
 * One seed gives one hash: after a thousand steps, parameters and moments are the same on every backend that computes in
 * float32, in every instruction set of this processor and on any number of threads.
 */
import { describe, expect, it } from 'vitest';
import { wasmBackend } from 'vinculum/internal';
import { HASH_OF_LONG_RUN, hashOfLongRun } from './long-run.ts';
import { nativeBuilds } from './native-builds.ts';

const BACKENDS = [
  { name: 'wasm', backend: wasmBackend },
  ...nativeBuilds().map(({ instructionSet, backend }) => ({ name: instructionSet, backend })),
];

for (const { name, backend } of BACKENDS) {
  describe(`a thousand steps on ${name} give the common hash`, () => {
    it.each([1, 2, 3, 4, 7])('with %i threads', async (threads) => {
      expect(await hashOfLongRun(backend, { threads })).toBe(HASH_OF_LONG_RUN);
    });
  });
}
