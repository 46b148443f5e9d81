/** The claims of a team: every piece is computed once, whichever thread comes late, and no thread waits for one without a piece. */
import { expect, test } from 'vitest';
import { compilesPrograms, runProgram } from './c-program.ts';

test.runIf(compilesPrograms)('every piece of every stage is computed exactly once', () => {
  expect(runProgram('claims.c', ['team']).trim().split('\n')).toEqual([
    '32 of 32',
    'late: 2, then 0 1 3',
    '0 repeated or missing, 0 misplaced, workers: some',
  ]);
});
