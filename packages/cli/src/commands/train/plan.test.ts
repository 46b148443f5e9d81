/** The command reports errors of the library with the names of its flags. */
import { describe, expect, it } from 'vitest';
import { adam, dense, network } from 'vinculum';
import { OPTIMIZER_NAMES, optimizerFactory } from 'vinculum/internal';
import { CommandFailure } from '../../failure.ts';
import type { TrainOptions } from './flags.ts';
import { planOfFlags, withFlagName } from './plan.ts';

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

  it('asks for fewer units if the network is too large', () => {
    const error = errorOf(() => network({ inputs: 1 << 20, layers: [dense(1 << 20)] }));
    const told = withFlagName(error, OPTIONS);
    expect((told as CommandFailure).message).toMatch(/^the network must have at most/);
    expect((told as CommandFailure).hint).toMatch(/--hidden/);
  });

  it('does not change errors of options that no flag set', () => {
    const error = errorOf(() => adam({ beta1: 2 }));
    expect(withFlagName(error, OPTIONS)).toBe(error);
    const foreign = new RangeError('learningRate is wrong');
    expect(withFlagName(foreign, OPTIONS)).toBe(foreign);
  });
});

describe('an option of the update', () => {
  const planned = (optimizer: string, option: object): unknown =>
    planOfFlags({
      data: 'a.csv',
      optimizer,
      schedule: 'constant',
      ...option,
    } as TrainOptions);

  it.each([
    ['weightDecay', '--weight-decay', ['adam']],
    ['momentum', '--momentum', []],
  ])(
    '%s is accepted with each optimiser that has it, and refused with the others',
    (option, flag, more) => {
      const taking = OPTIMIZER_NAMES.filter(
        (name) => more.includes(name) || optimizerFactory(name).options.includes(option),
      );
      const list = `${taking.slice(0, -1).join(', ')} and ${taking.at(-1)}`;
      for (const name of OPTIMIZER_NAMES) {
        const error = errorOf(() => planned(name, { [option]: 0.5 }));
        const refusal = `${flag} goes with ${list}; got --optimizer ${name}.`;
        expect((error as Error | undefined)?.message).toBe(
          taking.includes(name) ? undefined : refusal,
        );
      }
    },
  );
});
