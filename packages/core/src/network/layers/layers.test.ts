import { describe, expect, it } from 'vitest';
import { ACTIVATION_KINDS } from '../../activations/activation.ts';
import { INITIALISER_NAMES } from '../../init/initialiser.ts';
import { dense, type DenseOptions } from './dense.ts';
import { dropout } from './dropout.ts';
import { readLayer } from './kinds.ts';

describe('dense', () => {
  it('has the defaults of the public API', () => {
    expect(dense(10)).toEqual({
      kind: 'dense',
      units: 10,
      activation: { kind: 'identity' },
      init: 'xavier-uniform',
      bias: true,
    });
  });

  it.each([
    ['relu', 'he-uniform'],
    ['leaky-relu', 'he-uniform'],
    ['elu', 'he-uniform'],
    ['gelu', 'he-uniform'],
    ['silu', 'he-uniform'],
    ['softplus', 'he-uniform'],
    ['selu', 'lecun-normal'],
    ['identity', 'xavier-uniform'],
    ['tanh', 'xavier-uniform'],
    ['sigmoid', 'xavier-uniform'],
  ] as const)('of %s starts with %s', (activation, init) => {
    expect(dense(3, { activation }).init).toBe(init);
  });

  it('takes every activation with every initialiser, and survives JSON', () => {
    for (const activation of ACTIVATION_KINDS) {
      for (const init of [...INITIALISER_NAMES, { constant: 0.5 }]) {
        const layer = dense(4, { activation, init, bias: false });
        expect(readLayer('network', JSON.parse(JSON.stringify(layer)))).toEqual(layer);
      }
    }
  });

  it('is immutable all the way down', () => {
    const layer = dense(4, { activation: { kind: 'elu', alpha: 2 }, init: { constant: 1 } });
    expect(Object.isFrozen(layer)).toBe(true);
    expect(Object.isFrozen(layer.activation)).toBe(true);
    expect(Object.isFrozen(layer.init)).toBe(true);
  });

  it("does not keep the caller's records", () => {
    const activation = { kind: 'elu' as const, alpha: 2 };
    const layer = dense(4, { activation });
    activation.alpha = 3;
    expect(layer.activation.alpha).toBe(2);
  });

  it.each([
    [0, undefined, RangeError, 'dense: units must be an integer from 1 to'],
    [1.5, undefined, RangeError, 'units must be an integer'],
    [-3, undefined, RangeError, 'units must be an integer'],
    [NaN, undefined, RangeError, 'units must be an integer'],
    [2 ** 25, undefined, RangeError, 'from 1 to 16777216'],
    ['10', undefined, TypeError, 'units must be an integer'],
    [undefined, undefined, TypeError, 'units must be an integer'],
    [3, { activaton: 'relu' }, TypeError, "Did you mean 'activation'?"],
    [3, { useBias: true }, TypeError, "unknown option 'useBias'"],
    [3, 'relu', TypeError, 'options must be an object'],
    [3, null, TypeError, 'options must be an object'],
    [3, { bias: 0 }, TypeError, 'bias must be true or false'],
    [3, { init: 'he' }, RangeError, "init 'he' is unknown"],
    [3, { init: 'glorot-uniform' }, RangeError, 'is unknown'],
    [3, { init: { constant: NaN } }, RangeError, 'init.constant must be a finite number'],
    [3, { init: 3 }, TypeError, 'init must be a name or'],
    [3, { activation: 'softmax' }, RangeError, "activation must not be 'softmax'"],
  ])('refuses dense(%o, %o)', (units, options, kind, text) => {
    const make = (): unknown => dense(units as number, options as DenseOptions);
    expect(make).toThrow(kind);
    expect(make).toThrow(text);
  });
});

describe('dropout', () => {
  it.each([0, 0.2, 1])('takes the drop rate %d', (rate) => {
    expect(dropout(rate)).toEqual({ kind: 'dropout', rate });
    expect(Object.isFrozen(dropout(rate))).toBe(true);
  });

  it.each([
    [-0.1, RangeError],
    [1.1, RangeError],
    [NaN, RangeError],
    ['0.5', TypeError],
    [undefined, TypeError],
    [{ rate: 0.5 }, TypeError],
  ])('refuses %o', (rate, kind) => {
    expect(() => dropout(rate as number)).toThrow(kind);
    expect(() => dropout(rate as number)).toThrow(/^dropout: rate must be/);
  });
});

describe('readLayer', () => {
  it.each([
    [null, TypeError, 'must be made by dense(…) or dropout(…)'],
    ['relu', TypeError, 'must be made by dense(…) or dropout(…)'],
    [dense, TypeError, 'must be made by dense(…) or dropout(…)'],
    [{ units: 3 }, TypeError, 'must be made by dense(…) or dropout(…)'],
    [{ kind: 'conv' }, TypeError, 'must be made by dense(…) or dropout(…)'],
    [{ kind: 'dense', units: 3, name: 'a' }, TypeError, "unknown option 'name'"],
    [{ kind: 'dropout', rate: 0.5, seed: 1 }, TypeError, "unknown option 'seed'"],
    [{ kind: 'dropout', rate: 2 }, RangeError, 'rate must be'],
  ])('refuses %o', (value, kind, text) => {
    expect(() => readLayer('network', value)).toThrow(kind);
    expect(() => readLayer('network', value)).toThrow(text);
  });
});
