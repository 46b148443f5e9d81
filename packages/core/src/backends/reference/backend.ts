/**
 * The reference backend: TypeScript, float64, one plain loop per op. It is the oracle with which other backends are
 * compared, and traces and gradient checks run on it. It is never made faster. It computes both numerics in the same way,
 * because its results agree with each of them within the bound of rounding errors.
 */
import type { Program } from '../../program/program.ts';
import type { Backend, Executable } from '../contract.ts';
import { ReferenceExecutable } from './executable.ts';

const fused: Backend = {
  name: 'reference',
  precision: 'float64',
  numerics: 'fused',
  unavailable: () => undefined,
  describe: () => 'reference: TypeScript loops in float64',
  compile: (program: Program): Executable => new ReferenceExecutable(program),
};

export const referenceBackend: Backend = { ...fused, numerics: 'portable', fused };
