import { describe, expect, it } from 'vitest';
import {
  ACTIVATION_KINDS,
  activationFacts,
  activationFormulas,
  readActivation,
} from './activation.ts';

describe('readActivation', () => {
  it('accepts exactly the names of the public API', () => {
    expect(ACTIVATION_KINDS).toEqual([
      'identity',
      'relu',
      'leaky-relu',
      'elu',
      'selu',
      'gelu',
      'silu',
      'tanh',
      'sigmoid',
      'softplus',
    ]);
  });

  it.each(ACTIVATION_KINDS)('reads %s by name, as a record, and from its own result', (kind) => {
    const read = readActivation('dense', kind);
    expect(read.kind).toBe(kind);
    expect(readActivation('dense', { kind })).toEqual(read);
    expect(readActivation('dense', JSON.parse(JSON.stringify(read)))).toEqual(read);
  });

  it('fills in the defaults: slope 0.01, alpha 1', () => {
    expect(readActivation('dense', 'leaky-relu')).toEqual({ kind: 'leaky-relu', slope: 0.01 });
    expect(readActivation('dense', 'elu')).toEqual({ kind: 'elu', alpha: 1 });
    expect(readActivation('dense', { kind: 'leaky-relu', slope: 0 }).slope).toBe(0);
    expect(readActivation('dense', { kind: 'elu', alpha: 0.5 }).alpha).toBe(0.5);
  });

  it('refuses softmax, and the error says why', () => {
    expect(() => readActivation('dense', 'softmax')).toThrow(RangeError);
    expect(() => readActivation('dense', { kind: 'softmax' })).toThrow(/Leave it off: the loss/);
  });

  it.each([
    ['rellu', RangeError, "Did you mean 'relu'?"],
    ['LeakyReLU', RangeError, "Did you mean 'leaky-relu'?"],
    ['toString', RangeError, 'is unknown'],
    [undefined, TypeError, 'activation must be a name or'],
    [null, TypeError, 'activation must be a name or'],
    [3, TypeError, 'activation must be a name or'],
    [{ slope: 1 }, TypeError, 'activation must be a name or'],
    [{ kind: 'leaky-relu', slop: 1 }, TypeError, "Did you mean 'slope'?"],
    [{ kind: 'relu', slope: 1 }, RangeError, "slope belongs to 'leaky-relu'"],
    [{ kind: 'relu', alpha: 1 }, RangeError, "alpha belongs to 'elu'"],
    [{ kind: 'leaky-relu', slope: -1 }, RangeError, 'slope must be'],
    [{ kind: 'leaky-relu', slope: 1e39 }, RangeError, 'once rounded to float32'],
    [{ kind: 'elu', alpha: 1e39 }, RangeError, 'once rounded to float32'],
    [{ kind: 'leaky-relu', slope: NaN }, RangeError, 'slope must be'],
    [{ kind: 'elu', alpha: '1' }, TypeError, 'alpha must be'],
    [{ kind: 3 }, TypeError, 'activation must be a string'],
  ])('refuses %o', (option, kind, text) => {
    expect(() => readActivation('dense', option)).toThrow(kind);
    expect(() => readActivation('dense', option)).toThrow(text);
  });
});

describe('activationFacts', () => {
  it.each(ACTIVATION_KINDS)('has both formulas of %s, eq. (2), (16)', (kind) => {
    const { value, derivative } = activationFormulas(kind);
    expect(value).not.toBe('');
    expect(derivative).not.toBe('');
    expect(activationFacts(kind).operations).toBeGreaterThanOrEqual(0);
  });
});
