/** What the thread pool of the native addon must leave to its host: the floating point state, and the signals. */
import { expect, test } from 'vitest';
import { compilesPrograms, runProgram } from './c-program.ts';

test.runIf(compilesPrograms)(
  "the pool gives the host's floating point state back and takes none of its signals",
  () => {
    expect(runProgram('pool-manners.c', ['team'], ['pool'])).toBe('');
  },
);
