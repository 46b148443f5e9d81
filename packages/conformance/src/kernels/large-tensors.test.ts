/** Tensors of more elements than an int can count. The test needs no memory for them. */
import { expect, test } from 'vitest';
import { compilesPrograms, runProgram } from './c-program.ts';

/** The kernels that multiply rows by columns, and the files that they call. */
const KERNELS = ['activation', 'dropout', 'elementary', 'loss-adjoint', 'output', 'team'];

test.runIf(compilesPrograms)('the kernels count 2^31 and 2^32 elements right', () => {
  expect(runProgram('large-tensors.c', KERNELS)).toBe('');
});
