/** The barrier of a team must not look at the team once it has said that its thread has arrived. */
import { expect, test } from 'vitest';
import { compilesPrograms, runProgram } from './c-program.ts';

test.runIf(compilesPrograms)('the barrier reads the number of threads before it arrives', () => {
  expect(runProgram('barrier-order.c', ['team'])).toBe('0\n');
});
