/** Tensors of more elements than an int can count; no test needs the memory of one. */
import { expect, test } from 'vitest';
import { compilesPrograms, runProgram } from './c-program.ts';

/** The kernels that take a product of rows and columns, and what they call. */
const KERNELS = ['activation', 'dropout', 'elementary', 'loss-adjoint', 'output', 'team'];

test.runIf(compilesPrograms)('the kernels count 2^31 and 2^32 elements', () => {
  expect(runProgram('large-tensors.c', KERNELS)).toBe('');
});
