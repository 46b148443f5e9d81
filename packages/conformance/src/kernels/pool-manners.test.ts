/** The thread pool of the native addon must leave the floating point state and the signals to its host. */
import { expect, test } from 'vitest';
import { compilesPrograms, runProgram } from './c-program.ts';

test.runIf(compilesPrograms)(
  'the pool restores the floating point state of the host and its workers take no signals',
  () => {
    expect(runProgram('pool-manners.c', ['team'], ['pool'])).toBe('');
  },
);
