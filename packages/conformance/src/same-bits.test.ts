/**
 * One seed gives one hash in each numerics: after a thousand steps, parameters and moments are the same on every backend that computes in
 * float32, in every instruction set of this processor and on any number of threads.
 */
import { describe, expect, it } from 'vitest';
import { everyBackend, HASHES } from './every-backend.ts';
import { hashOfLongRun } from './long-run.ts';

/** More threads than processors wait for each other most of the time, so `npm run check` alone tries many. */
const THREADS = {
  portable: process.env['VINCULUM_EXHAUSTIVE'] === '1' ? [1, 2, 3, 4, 7] : [1, 2, 3],
  fused: [1, 3],
};

for (const { name, numerics, backend } of everyBackend()) {
  describe(`a thousand steps on ${name} in ${numerics} numerics give the hash`, () => {
    it.each(THREADS[numerics])('with %i threads', async (threads) => {
      expect(await hashOfLongRun(backend, { threads })).toBe(HASHES[numerics]);
    });
  });
}

it('the two numerics have different bits', () => {
  expect(HASHES.fused).not.toBe(HASHES.portable);
});
