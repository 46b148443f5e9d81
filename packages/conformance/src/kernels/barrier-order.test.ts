/** The barrier of a team must not read the team after it has announced that its thread has arrived. */
import { expect, test } from 'vitest';
import { compilesPrograms, runProgram } from './c-program.ts';

test.runIf(compilesPrograms)('the barrier reads the number of threads before it arrives', () => {
  expect(runProgram('barrier-order.c', ['team'])).toBe('0\n');
});
