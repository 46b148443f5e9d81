/**
 * `traceStep` against the two-layer net of the notes, computed by hand, and its formulas against the real step of each
 * optimiser, clipping and penalty.
 */
import { describe, expect, it } from 'vitest';
import { traceStep, type TraceStepOptions } from './inspect.ts';
import { network, type Network } from '../model/network.ts';
import { dense } from '../network/layers/dense.ts';
import { dropout } from '../network/layers/dropout.ts';
import { adagrad } from '../optim/adagrad.ts';
import { adam, adamw } from '../optim/adam.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import { nadam } from '../optim/nadam.ts';
import { radam } from '../optim/radam.ts';
import { rmsprop } from '../optim/rmsprop.ts';
import { sgd } from '../optim/sgd.ts';
import { trainer } from '../train/trainer.ts';
import type { TracedQuantity } from './quantity.ts';

/** W¹ = [[1, −1], [0.5, 2]], b¹ = [0, −1], W² = [[1, 0], [−1, 1]], b² = [0.5, −0.5]. */
function notesNet(): Network {
  const net = network({
    inputs: 2,
    layers: [dense(2, { activation: 'relu' }), dense(2)],
    dtype: 'float64',
  });
  net.setParameters({
    'layers.0.weight': [1, -1, 0.5, 2],
    'layers.0.bias': [0, -1],
    'layers.1.weight': [1, 0, -1, 1],
    'layers.1.bias': [0.5, -0.5],
  });
  return net;
}

/** σ(1), the probability of class 0 for z = [1.5, 0.5]. */
const P = 1 / (1 + Math.exp(-1));

function byName(quantities: readonly TracedQuantity[]): Map<string, TracedQuantity> {
  expect(new Set(quantities.map(({ name }) => name)).size).toBe(quantities.length);
  return new Map(quantities.map((quantity) => [quantity.name, quantity]));
}

function expectValue(quantity: TracedQuantity | undefined, value: readonly number[]): void {
  expect(quantity?.value).toHaveLength(value.length);
  value.forEach((one, i) => expect(quantity!.value[i]).toBeCloseTo(one, 13));
}

describe('one data point, eq. (1)–(5), (11)–(18)', () => {
  const found = byName(
    traceStep(notesNet(), [[2, 1]], [0], {
      loss: 'softmax-cross-entropy',
      clip: { globalNorm: 1 },
    }),
  );
  // z̄ = y − t; h̄ = W²ᵀ z̄ = [z̄₀ − z̄₁, z̄₁]; m̄ = h̄, since both m > 0.
  const z = [P - 1, 1 - P];
  const h = [z[0]! - z[1]!, z[1]!];
  it.each([
    ['x', 'x', 1, [2], [2, 1]],
    ['W1', 'W⁽¹⁾', 1, [2, 2], [1, -1, 0.5, 2]],
    ['b1', 'b⁽¹⁾', 1, [2], [0, -1]],
    ['m1', 'm', 1, [2], [1, 2]],
    ['h1', 'h', 2, [2], [1, 2]],
    ['W2', 'W⁽²⁾', 3, [2, 2], [1, 0, -1, 1]],
    ['z', 'z', 3, [2], [1.5, 0.5]],
    ['y', 'y', 4, [2], [P, 1 - P]],
    ['L', 'L', 5, [], [-Math.log(P)]],
    ['LBar', 'L̄', 11, [], [1]],
    ['zBar', 'z̄', 12, [2], z],
    ['h1Bar', 'h̄', 13, [2], h],
    ['W2Bar', 'W̄⁽²⁾', 14, [2, 2], [z[0]!, 2 * z[0]!, z[1]!, 2 * z[1]!]],
    ['b2Bar', 'b̄⁽²⁾', 15, [2], z],
    ['m1Bar', 'm̄', 16, [2], h],
    ['W1Bar', 'W̄⁽¹⁾', 17, [2, 2], [2 * h[0]!, h[0]!, 2 * h[1]!, h[1]!]],
    ['b1Bar', 'b̄⁽¹⁾', 18, [2], h],
  ] as const)('%s is %s of eq. (%i)', (name, symbol, equation, shape, value) => {
    const quantity = found.get(name);
    expect(quantity?.symbol).toBe(symbol);
    expect(quantity?.equation).toBe(equation);
    expect(quantity?.shape).toEqual(shape);
    expectValue(quantity, value);
  });

  it.each([
    ['m1', 'm = W^{(1)}\\,x + b^{(1)}'],
    ['h1', 'h = \\max(0, m)'],
    ['z', 'z = W^{(2)}\\,h + b^{(2)}'],
    ['y', 'y = \\mathrm{softmax}(z)'],
    ['L', '\\mathcal{L} = -\\sum_k t_k \\log y_k'],
    ['zBar', '\\bar{z} = y - t'],
    ['h1Bar', '\\bar{h} = {W^{(2)}}^{\\top}\\,\\bar{z}'],
    ['W2Bar', '\\bar{W}^{(2)} = \\bar{z}\\,h^{\\top}'],
    ['b2Bar', '\\bar{b}^{(2)} = \\bar{z}'],
    ['m1Bar', '\\bar{m} = \\bar{h} \\circ \\left([m > 0]\\right)'],
    ['W1Bar', '\\bar{W}^{(1)} = \\bar{m}\\,x^{\\top}'],
  ])('writes %s as the notes do', (name, latex) => {
    expect(found.get(name)?.latex).toBe(latex);
  });

  it('continues with the update, eq. (30), (26)–(29), t = 1', () => {
    const g = ['W1Bar', 'W2Bar', 'b1Bar', 'b2Bar'].flatMap((name) => [...found.get(name)!.value]);
    const norm = Math.hypot(...g);
    expectValue(found.get('gradientNorm'), [norm]);
    expect(norm).toBeGreaterThan(1);
    const clipped = [...found.get('W2Bar')!.value].map((one) => one / norm);
    expectValue(found.get('W2Clipped'), clipped);
    expectValue(
      found.get('W2FirstMoment'),
      clipped.map((one) => 0.1 * one),
    );
    expectValue(
      found.get('W2SecondMoment'),
      clipped.map((one) => 0.001 * one * one),
    );
    expectValue(found.get('W2FirstMomentHat'), clipped);
    expectValue(
      found.get('W2SecondMomentHat'),
      clipped.map((one) => one * one),
    );
    expectValue(
      found.get('W2Next'),
      [1, 0, -1, 1].map((w, i) => w - (1e-3 * clipped[i]!) / (Math.abs(clipped[i]!) + 1e-8)),
    );
    const numbers = [...found.values()].map(({ equation }) => equation);
    expect(numbers.slice(numbers.indexOf(30)).join(' ')).toBe(
      '30 30 30 30 30 26 26 26 26 27 27 27 27 28 28 28 28 28 28 28 28 29 29 29 29',
    );
  });
});

describe('a batch, eq. (6)–(11), (19)–(25)', () => {
  const x = [
    [2, 1],
    [-1, 0],
  ];
  const net = notesNet();
  const found = byName(traceStep(net, x, [0, 1], { loss: 'softmax-cross-entropy' }));
  // Row 2: m = [−1, −1.5], h = 0, z = [0.5, −0.5], y = [P, 1 − P], t = [0, 1].
  const Z = [(P - 1) / 2, (1 - P) / 2, P / 2, -P / 2];
  const H = [Z[0]! - Z[1]!, Z[1]!, Z[2]! - Z[3]!, Z[3]!];
  it.each([
    ['x', 'X', 6, [2, 2], [2, 1, -1, 0]],
    ['m1', 'M', 6, [2, 2], [1, 2, -1, -1.5]],
    ['h1', 'H', 7, [2, 2], [1, 2, 0, 0]],
    ['z', 'Z', 8, [2, 2], [1.5, 0.5, 0.5, -0.5]],
    ['y', 'Y', 9, [2, 2], [P, 1 - P, P, 1 - P]],
    ['L', 'L', 10, [], [-(Math.log(P) + Math.log(1 - P)) / 2]],
    ['LBar', 'L̄', 11, [], [1]],
    ['zBar', 'Z̄', 19, [2, 2], Z],
    ['h1Bar', 'H̄', 20, [2, 2], H],
    ['W2Bar', 'W̄⁽²⁾', 21, [2, 2], [Z[0]!, 2 * Z[0]!, Z[1]!, 2 * Z[1]!]],
    ['b2Bar', 'b̄⁽²⁾', 22, [2], [Z[0]! + Z[2]!, Z[1]! + Z[3]!]],
    ['m1Bar', 'M̄', 23, [2, 2], [H[0]!, H[1]!, 0, 0]],
    ['W1Bar', 'W̄⁽¹⁾', 24, [2, 2], [2 * H[0]!, H[0]!, 2 * H[1]!, H[1]!]],
    ['b1Bar', 'b̄⁽¹⁾', 25, [2], [H[0]!, H[1]!]],
  ] as const)('%s is %s of eq. (%i)', (name, symbol, equation, shape, value) => {
    const quantity = found.get(name);
    expect(quantity?.symbol).toBe(symbol);
    expect(quantity?.equation).toBe(equation);
    expect(quantity?.shape).toEqual(shape);
    expectValue(quantity, value);
  });

  it('has no clipped gradient without clipping', () => {
    expect(found.has('W1Clipped')).toBe(false);
    expect(found.get('W1FirstMoment')?.latex).toBe(
      'm_{t,W^{(1)}} = \\beta_1 m_{t-1,W^{(1)}} + (1 - \\beta_1)\\,\\bar{W}^{(1)}',
    );
  });

  it('changes nothing', () => {
    expect(net.version).toBe(1);
    expect(net.spec.output).toBeUndefined();
    expect(net.parameters().get('layers.0.weight')).toEqual(Float64Array.of(1, -1, 0.5, 2));
  });
});

describe('the update of every optimiser', () => {
  const OPTIMIZERS: readonly Optimizer[] = [
    adam(),
    adam({ epsilonMode: 'hat', epsilon: 1e-3 }),
    adam({ amsgrad: true }),
    adamw({ weightDecay: 0.5, learningRate: 0.1 }),
    sgd({ learningRate: 0.1 }),
    sgd({ learningRate: 0.1, momentum: 0.9 }),
    sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }),
    rmsprop(),
    rmsprop({ momentum: 0.5 }),
    adagrad({ learningRate: 0.1 }),
    nadam({ weightDecay: 0.1 }),
    radam(),
  ];
  const CASES = OPTIMIZERS.flatMap((optimizer) =>
    [
      {},
      { clip: { globalNorm: 0.1 } },
      { clip: { value: 0.05 }, l2: 0.3 },
      { clip: { normalize: 3 }, l1: 0.2, l2: 0.3 },
    ].map((rest): TraceStepOptions => ({ loss: 'mse', optimizer, ...rest })),
  );

  it.each(CASES)('%o: the next parameters are those of a step', (options) => {
    const x = [
      [2, 1],
      [-1, 0.5],
    ];
    const y = [
      [1, -1],
      [0.5, 2],
    ];
    const net = notesNet();
    const found = byName(traceStep(net, x, y, options));
    using steps = trainer(net, options);
    const { gradientNorm, loss } = steps.step({ x, y });
    expectValue(found.get('L'), [loss]);
    expectValue(found.get('gradientNorm'), [gradientNorm]);
    const { parameters, firstMoment, secondMoment, thirdMoment } = steps.state();
    for (const [suffix, map] of [
      ['Next', parameters],
      ['FirstMoment', firstMoment],
      ['SecondMoment', secondMoment],
      ['ThirdMoment', thirdMoment],
    ] as const) {
      for (const [name, values] of [
        ['W1', 'layers.0.weight'],
        ['b1', 'layers.0.bias'],
        ['W2', 'layers.1.weight'],
        ['b2', 'layers.1.bias'],
      ] as const) {
        const expected = map.get(values);
        expect(found.get(`${name}${suffix}`)?.value).toEqual(expected);
      }
    }
    expect(found.has('W1Clipped')).toBe(options.clip !== undefined);
  });

  it('of radam shows whether the step t divides by the root of v', () => {
    const options = { optimizer: radam() };
    const next = 'W^{(1)}_{t+1} = W^{(1)}_{t} - \\alpha\\,';
    expect(latexOf('W1Next', { ...options, step: 5 })).toBe(`${next}\\hat{m}_{t,W^{(1)}}`);
    expect(latexOf('W1Next', { ...options, step: 6 })).toBe(
      `${next}r_t\\,\\sqrt{1 - \\beta_2^t}\\,\\hat{m}_{t,W^{(1)}} / (\\sqrt{v_{t,W^{(1)}}} + \\epsilon)`,
    );
  });

  const latexOf = (name: string, options: Partial<TraceStepOptions>): string | undefined =>
    byName(traceStep(notesNet(), [[2, 1]], [[1, 0]], { loss: 'mse', ...options })).get(name)?.latex;

  it.each([
    [
      { clip: { globalNorm: 0.1 } },
      '\\bar{W}^{(1)}\\,\\min\\left(1, \\tfrac{0.1}{\\|g\\|}\\right)',
    ],
    [{ clip: { normalize: 3 } }, '\\bar{W}^{(1)}\\,\\tfrac{3}{\\|g\\|}'],
    [{ clip: { value: 0.05 } }, '\\max(-0.05, \\min(0.05, \\bar{W}^{(1)}))'],
  ])('writes the clipping of %o, eq. (30)', (options, formula) => {
    expect(latexOf('W1Clipped', options)).toBe(`g_{W^{(1)}} = ${formula}`);
  });

  it('clips elements by value', () => {
    const options = { loss: 'mse' as const, clip: { value: 0.05 } };
    const found = byName(traceStep(notesNet(), [[2, 1]], [[1, 0]], options));
    const bar = [...found.get('W1Bar')!.value];
    expect(bar.some((one) => Math.abs(one) > 0.05)).toBe(true);
    expectValue(
      found.get('W1Clipped'),
      bar.map((one) => Math.max(-0.05, Math.min(0.05, one))),
    );
  });

  it.each([
    [sgd(), 'W1Next', 'W^{(1)}_{t+1} = W^{(1)}_{t} - \\alpha\\,\\bar{W}^{(1)}'],
    [sgd({ momentum: 0.9 }), 'W1Next', 'W^{(1)}_{t+1} = W^{(1)}_{t} - \\alpha\\,v_{t,W^{(1)}}'],
    [
      sgd({ momentum: 0.9 }),
      'b1FirstMoment',
      'v_{t,b^{(1)}} = 0.9\\,v_{t-1,b^{(1)}} + \\bar{b}^{(1)}',
    ],
    [
      rmsprop(),
      'W1Next',
      'W^{(1)}_{t+1} = W^{(1)}_{t} - \\alpha\\,\\bar{W}^{(1)} / (\\sqrt{v_{t,W^{(1)}}} + \\epsilon)',
    ],
    [adagrad(), 'W1SecondMoment', 'v_{t,W^{(1)}} = v_{t-1,W^{(1)}} + {\\bar{W}^{(1)}}^2'],
    [
      adam(),
      'W1Next',
      'W^{(1)}_{t+1} = W^{(1)}_{t} - \\alpha\\,\\hat{m}_{t,W^{(1)}} / (\\sqrt{\\hat{v}_{t,W^{(1)}}} + \\epsilon)',
    ],
    [
      adam({ amsgrad: true }),
      'W1SecondMomentHat',
      '\\hat{v}_{t,W^{(1)}} = v^{\\max}_{t,W^{(1)}} / (1 - \\beta_2^t)',
    ],
    [
      adam({ epsilonMode: 'hat' }),
      'b2Next',
      'b^{(2)}_{t+1} = b^{(2)}_{t} - \\alpha\\,\\tfrac{\\sqrt{1 - \\beta_2^t}}{1 - \\beta_1^t}\\,m_{t,b^{(2)}} / (\\sqrt{v_{t,b^{(2)}}} + \\epsilon)',
    ],
  ])('%o writes %s as its own rule has it', (optimizer, name, latex) => {
    expect(latexOf(name, { optimizer })).toBe(latex);
  });

  it('shows l1, l2 and decay for weights but not for biases', () => {
    const options = { optimizer: sgd(), l1: 0.2, l2: 0.3 };
    expect(latexOf('W1Next', options)).toBe(
      'W^{(1)}_{t+1} = W^{(1)}_{t} - \\alpha\\,\\left(\\bar{W}^{(1)} + 0.3\\,W^{(1)}_{t} + 0.2\\,\\mathrm{sign}(W^{(1)}_{t})\\right)',
    );
    expect(latexOf('b1Next', options)).toBe(
      'b^{(1)}_{t+1} = b^{(1)}_{t} - \\alpha\\,\\bar{b}^{(1)}',
    );
    const decayed = { optimizer: adamw({ weightDecay: 0.5 }) };
    expect(latexOf('W1Next', decayed)).toMatch(/= \(1 - 0\.5\\,\\alpha\)\\,W/);
    expect(latexOf('b1Next', decayed)).not.toMatch(/0\.5/);
  });
});

describe('the trace of a step', () => {
  it('shows dropout, eq. (34), forward and backward with one mask', () => {
    const net = network({
      inputs: 2,
      layers: [dropout(0.25), dense(8, { activation: 'tanh' }), dropout(0.5), dense(1)],
      seed: 3,
    });
    const found = byName(traceStep(net, [[1, 2]], [[1]], { loss: 'mse', seed: 7, step: 3 }));
    const h = found.get('h1')!.value;
    const dropped = found.get('hDropped1')!;
    const bar = found.get('h1Bar')!;
    const droppedBar = found.get('hDropped1Bar')!;
    expect(dropped.equation).toBe(34);
    expect(bar.equation).toBe(34);
    expect(droppedBar.equation).toBe(13);
    expect(dropped.latex).toBe("h' = \\frac{\\mathrm{mask} \\circ h}{1 - 0.5}");
    const kept = [...dropped.value].map((one) => one !== 0);
    expect(kept).toContain(true);
    expect(kept).toContain(false);
    kept.forEach((one, i) => {
      expect(dropped.value[i]).toBe(one ? h[i]! / 0.5 : 0);
      expect(bar.value[i]).toBe(one ? droppedBar.value[i]! / 0.5 : 0);
    });
  });

  it('shows row weights and label smoothing in the formulas of L and Z̄', () => {
    const found = byName(
      traceStep(
        notesNet(),
        [
          [2, 1],
          [-1, 0],
        ],
        [0, 1],
        {
          loss: { kind: 'softmax-cross-entropy', labelSmoothing: 0.1 },
          sampleWeights: [1, 3],
          classWeights: [2, 1],
        },
      ),
    );
    expect(found.get('L')?.latex).toBe(
      '\\mathcal{L} = \\tfrac{1}{\\sum_n w_n}\\sum_n w_n \\left(-\\sum_k \\left((1 - 0.1)\\,t_k + \\tfrac{0.1}{K}\\right) \\log y_k\\right)',
    );
    expect(found.get('zBar')?.latex).toBe(
      '\\bar{Z} = \\tfrac{1}{\\sum_n w_n}\\,\\mathrm{diag}(w)\\,(Y - \\left((1 - 0.1)\\,T + \\tfrac{0.1}{K}\\right))',
    );
    const losses = [
      -0.95 * Math.log(P) - 0.05 * Math.log(1 - P),
      -0.05 * Math.log(P) - 0.95 * Math.log(1 - P),
    ];
    expectValue(found.get('L'), [(2 * losses[0]! + 3 * losses[1]!) / 5]);
  });

  it.each([
    ['binary-cross-entropy', [[1, 0]], '\\bar{z} = \\tfrac{1}{K}(y - t)'],
    ['mse', [[1, 0]], '\\bar{z} = \\tfrac{2}{K}(z - t)'],
    ['mae', [[1, 0]], '\\bar{z} = \\tfrac{1}{K}\\,\\mathrm{sign}(z - t)'],
    ['huber', [[1, 0]], '\\bar{z} = \\tfrac{1}{K}\\,\\mathrm{clamp}(z - t, -1, 1)'],
  ] as const)('the adjoint of %s', (loss, y, latex) => {
    const found = byName(traceStep(notesNet(), [[2, 1]], y, { loss }));
    expect(found.get('zBar')?.latex).toBe(latex);
    expect(found.has('y')).toBe(loss === 'binary-cross-entropy');
  });

  it('numbers the layers of a deeper net, and the activations with their parameters', () => {
    const layers = [
      dense(3, { activation: { kind: 'leaky-relu', slope: 0.2 } }),
      dense(3, { activation: 'sigmoid', bias: false }),
      dense(1),
    ];
    const found = byName(
      traceStep(network({ inputs: 2, layers }), [[1, 2]], [[1]], { loss: 'mse' }),
    );
    expect(found.get('m2')?.latex).toBe('m^{(2)} = W^{(2)}\\,h^{(1)}');
    expect(found.get('h2')?.symbol).toBe('h⁽²⁾');
    expect(found.get('h1')?.latex).toBe(
      'h^{(1)} = \\begin{cases} m^{(1)} & m^{(1)} > 0 \\\\ 0.2\\,m^{(1)} & m^{(1)} \\le 0 \\end{cases}',
    );
    expect(found.get('m2Bar')?.latex).toBe(
      '\\bar{m}^{(2)} = \\bar{h}^{(2)} \\circ \\left(h^{(2)}\\,(1 - h^{(2)})\\right)',
    );
    expect(found.has('b2')).toBe(false);
    expect(found.get('W2Bar')?.equation).toBe(17);
    expect(found.get('W3Bar')?.equation).toBe(14);
  });
});

describe('traceStep refuses', () => {
  const net = notesNet();
  const good = { loss: 'mse' } as const;
  it.each([
    [undefined, [[1, 2]], [[1, 2]], good, TypeError, 'net must be made by network'],
    [net, [], [], good, Error, 'at least one row'],
    [net, [[1]], [[1, 2]], good, RangeError, 'x must have shape [rows, 2]'],
    [net, [[1, NaN]], [[1, 2]], good, Error, 'finite'],
    [net, [[1, 2]], [[1, 2]], undefined, TypeError, 'options must be an object'],
    [net, [[1, 2]], [[1, 2]], {}, TypeError, 'loss must be'],
    [net, [[1, 2]], [[1, 2]], { ...good, epochs: 3 }, TypeError, "unknown option 'epochs'"],
    [net, [[1, 2]], [[1, 2]], { ...good, step: 0 }, RangeError, 'step must be'],
    [net, [[1, 2]], [[1, 2]], { ...good, sampleWeights: [1, 2] }, RangeError, 'sampleWeights'],
  ])('case %#', (given, x, y, options, kind, text) => {
    const run = (): unknown => traceStep(given as Network, x, y, options as TraceStepOptions);
    expect(run).toThrow(kind);
    expect(run).toThrow(text);
    expect(run).toThrow(/^traceStep: /);
  });
});
