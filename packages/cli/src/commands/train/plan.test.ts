/** Errors of the library told in the words of the flags. */
import { describe, expect, it } from 'vitest';
import { adam, dense, network } from 'vinculum';
import { CommandFailure } from '../../failure.ts';
import type { TrainOptions } from './flags.ts';
import { withFlagName } from './plan.ts';

const OPTIONS = { learningRate: 1e300, clip: 1e-60 } as unknown as TrainOptions;

function errorOf(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('withFlagName', () => {
  it('puts the flag in the place of the option', () => {
    const error = errorOf(() => adam({ learningRate: 1e300 }));
    const told = withFlagName(error, OPTIONS);
    expect(told).toBeInstanceOf(CommandFailure);
    expect((told as CommandFailure).message).toBe(
      '--learning-rate must be a finite number, above 0, once rounded to float32; got 1e+300.',
    );
    expect((told as CommandFailure).hint).toMatch(/^leave --learning-rate off;/);
  });

  it('asks for fewer units where the network is too large', () => {
    const error = errorOf(() => network({ inputs: 1 << 20, layers: [dense(1 << 20)] }));
    const told = withFlagName(error, OPTIONS);
    expect((told as CommandFailure).message).toMatch(/^the network must have at most/);
    expect((told as CommandFailure).hint).toMatch(/--hidden/);
  });

  it('leaves errors of options that no flag set', () => {
    const error = errorOf(() => adam({ beta1: 2 }));
    expect(withFlagName(error, OPTIONS)).toBe(error);
    const foreign = new RangeError('learningRate is wrong');
    expect(withFlagName(foreign, OPTIONS)).toBe(foreign);
  });
});
