import { describe, expect, it } from 'vitest';
import { BackendUnavailableError } from '../words/errors.ts';
import { network } from '../model/network.ts';
import { dense } from '../network/layers/dense.ts';
import { backward, forward } from '../trace/inspect.ts';
import { predictor } from '../model/predictor.ts';
import { evaluate, measure } from '../train/evaluate.ts';
import { trainer } from '../train/trainer.ts';
import type { Backend } from './contract.ts';
import { referenceBackend } from './reference/backend.ts';
import {
  chooseBackend,
  registerBackend,
  registeredBackends,
  type BackendChoice,
} from './registry.ts';

describe('registeredBackends', () => {
  it('contains wasm and reference, the preferred one first', () => {
    expect(registeredBackends().map(({ name }) => name)).toEqual(['wasm', 'reference']);
    for (const backend of registeredBackends()) {
      expect(backend.describe()).toMatch(new RegExp(`^${backend.name}: `));
    }
  });
});

describe('a backend that the environment demands', () => {
  const demanded = (fault: string | undefined): Backend => ({
    ...referenceBackend,
    name: 'demanded',
    precision: 'float32',
    unavailable: () => fault,
    demandedBy: () => asked,
  });
  let asked: string | undefined = 'VINCULUM_ISA=altivec';

  it("is the one that 'auto' takes; if it does not work, an error says why and no other is taken", () => {
    registerBackend(demanded(undefined));
    expect(chooseBackend('fit', 'auto', 'float32').name).toBe('demanded');
    registerBackend(demanded('there is no addon.'));
    expect(() => chooseBackend('fit', 'auto', 'float32')).toThrow(BackendUnavailableError);
    expect(() => chooseBackend('fit', 'auto', 'float32')).toThrow(
      "fit: VINCULUM_ISA=altivec asks for the backend 'demanded', which is not available: there is no addon. Correct or unset it.",
    );
    expect(chooseBackend('fit', 'wasm', 'float32').name).toBe('wasm');
    expect(chooseBackend('fit', 'auto', 'float64').name).toBe('reference');
    asked = undefined;
    expect(chooseBackend('fit', 'auto', 'float32').name).toBe('wasm');
  });
});

describe('chooseBackend', () => {
  it('takes the fastest backend that works, and the reference for float64', () => {
    expect(chooseBackend('fit', 'auto', 'float32').name).toBe('wasm');
    expect(chooseBackend('fit', 'auto', 'float64').name).toBe('reference');
    expect(chooseBackend('fit', 'reference', 'float32').name).toBe('reference');
    expect(chooseBackend('fit', 'wasm', 'float32').name).toBe('wasm');
  });

  it.each([
    ['wasn', 'float32', RangeError, "fit: backend 'wasn' is unknown. Did you mean 'wasm'?"],
    ['tensorflow', 'float32', RangeError, 'Known: '],
    ['constructor', 'float32', RangeError, 'is unknown'],
    [undefined, 'float32', TypeError, 'backend must be the name of a backend; got undefined'],
    [referenceBackend, 'float32', TypeError, 'backend must be the name of a backend'],
    ['native', 'float32', BackendUnavailableError, "backend 'native' is not available here"],
    ['webgpu', 'float32', RangeError, "backend 'webgpu' is unknown. Known: "],
    ['wasm', 'float64', RangeError, "computes in float32, but the network's dtype is 'float64'"],
  ] as const)('refuses %o for %s', (choice, dtype, kind, text) => {
    expect(() => chooseBackend('fit', choice, dtype)).toThrow(kind);
    expect(() => chooseBackend('fit', choice, dtype)).toThrow(text);
  });

  it('takes no other backend if the named one does not work, and the error says why', () => {
    const broken: Backend = {
      ...referenceBackend,
      name: 'broken',
      unavailable: () => 'no such hardware.',
      compile: () => {
        throw new Error('internal: must not be called.');
      },
    };
    registerBackend(broken);
    expect(() => chooseBackend('fit', 'broken', 'float32')).toThrow(
      new BackendUnavailableError("fit: backend 'broken' is not available: no such hardware."),
    );
    const net = network({ inputs: 1, layers: [dense(1)] });
    expect(() => forward(net, [[1]], { backend: 'broken' as BackendChoice })).toThrow(
      BackendUnavailableError,
    );
    expect(chooseBackend('fit', 'auto', 'float32').name).toBe('wasm');
  });
});

describe('numerics', () => {
  const made = (name: string, fault?: string): Backend => {
    const backend = {
      ...referenceBackend,
      name,
      precision: 'float32',
      unavailable: () => fault,
    } as const;
    return { ...backend, fused: { ...backend, numerics: 'fused' } };
  };

  it('are those of the backend that is chosen, by name and for float64 too', () => {
    expect(chooseBackend('fit', 'auto', 'float32').numerics).toBe('portable');
    expect(chooseBackend('fit', 'reference', 'float32', 'fused').numerics).toBe('fused');
    expect(chooseBackend('fit', 'auto', 'float64', 'fused').numerics).toBe('fused');
    registerBackend(made('fusing'));
    expect(chooseBackend('fit', 'fusing', 'float32', 'fused').numerics).toBe('fused');
    expect(chooseBackend('fit', 'fusing', 'float32').numerics).toBe('portable');
  });

  it('are never replaced by others: a backend without them says so', () => {
    registerBackend({ ...referenceBackend, name: 'without' });
    registerBackend({ ...referenceBackend, name: 'bare', precision: 'float32', fused: undefined! });
    for (const name of ['without', 'bare']) {
      expect(() => chooseBackend('fit', name, 'float32', 'fused')).toThrow(
        new BackendUnavailableError(
          `fit: backend '${name}' has no numerics 'fused'. Use numerics: 'portable'.`,
        ),
      );
    }
    registerBackend(made('fusing', 'no such processor.'));
    expect(() => chooseBackend('fit', 'fusing', 'float32', 'fused')).toThrow(
      "fit: backend 'fusing' in fused numerics is not available: no such processor. Use numerics: 'portable'.",
    );
    expect(() => chooseBackend('fit', 'auto', 'float32', 'fused')).toThrow(
      /^fit: numerics 'fused' is not available here: wasm: .*; fusing: no such processor\. Use numerics: 'portable'\.$/,
    );
    registerBackend(made('fusing'));
    expect(chooseBackend('fit', 'auto', 'float32', 'fused').name).toBe('fusing');
  });

  it('are an option of every function that computes, with one rule', () => {
    const net = network({ inputs: 1, layers: [dense(1)] });
    for (const numerics of ['Fused', 1, null] as unknown as 'fused'[]) {
      for (const call of [
        () => forward(net, [[1]], { numerics }),
        () => predictor(net, { numerics }),
        () => evaluate(net, { x: [[1]], y: [1] }, { loss: 'mse', numerics }),
        () => measure(net, { loss: 'mse', numerics }),
        () => trainer(net, { loss: 'mse', numerics }),
        () => backward(net, [[1]], [1], { loss: 'mse', numerics }),
      ]) {
        expect(call).toThrow(/numerics/);
      }
    }
  });
});

describe('registerBackend', () => {
  it("refuses the name 'auto'", () => {
    expect(() => registerBackend({ ...referenceBackend, name: 'auto' })).toThrow(
      new RangeError(
        "registerBackend: backend.name must be a name of its own, not 'auto'; got 'auto'.",
      ),
    );
  });

  it('adds a backend of the caller, which is then found by its name', () => {
    let compiled = 0;
    registerBackend({
      ...referenceBackend,
      name: 'mine',
      compile(program) {
        compiled++;
        return referenceBackend.compile(program);
      },
    });
    const net = network({ inputs: 1, layers: [dense(1)] });
    forward(net, [[1]], { backend: 'mine' as BackendChoice });
    expect(compiled).toBe(1);
    expect(
      registeredBackends()
        .map(({ name }) => name)
        .slice(0, 2),
    ).toEqual(['wasm', 'reference']);
  });

  it.each([
    [undefined],
    [null],
    ['wasm'],
    [{}],
    [{ ...referenceBackend, name: 3 }],
    [{ ...referenceBackend, precision: 'float16' }],
    [{ ...referenceBackend, compile: undefined }],
    [{ ...referenceBackend, unavailable: true }],
    [{ ...referenceBackend, describe: undefined }],
  ])('refuses %o', (backend) => {
    expect(() => registerBackend(backend as unknown as Backend)).toThrow(TypeError);
    expect(() => registerBackend(backend as unknown as Backend)).toThrow(
      /^registerBackend: backend must have name, precision, unavailable\(\), describe\(\) and compile/,
    );
  });
});
