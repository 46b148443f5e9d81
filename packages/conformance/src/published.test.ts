/**
 * Published numbers, each with its source. The tolerances come from the source unless the numbers follow from a formula
 * beside them.
 */
import { describe, expect, it } from 'vitest';
import {
  adagrad,
  adam,
  adamw,
  type Backend,
  dense,
  type LossKind,
  type LossOption,
  nadam,
  network,
  type Optimizer,
  radam,
  registeredBackends,
  rmsprop,
  sgd,
  trainer,
} from 'vinculum';
import {
  atOnce,
  coefficientsInto,
  outputOfLoss,
  readLoss,
  SCALARS,
  type ScalarSlot,
  updateNeeds,
} from 'vinculum/internal';
import { bindOps, resultsOf, type OpCase } from './op-program.ts';

const BACKENDS = registeredBackends();

interface UpdateStart {
  readonly w: readonly number[];
  readonly firstMoments?: readonly number[];
  readonly secondMoments?: readonly number[];
}

/** The parameters after each gradient. `scalars` replace those that the optimiser computes. */
function trajectory(
  backend: Backend,
  optimizer: Optimizer,
  start: UpdateStart,
  gradients: readonly (readonly number[])[],
  scalars: Partial<Record<ScalarSlot, number>> = {},
): number[][] {
  const { rule, nesterov, moments } = updateNeeds(optimizer);
  const shape = [start.w.length];
  const values = (name: string): readonly number[] =>
    (start as unknown as Record<string, readonly number[] | undefined>)[name] ??
    start.w.map(() => 0);
  const opCase: OpCase = {
    rows: 1,
    tensors: {
      parameters: { shape, values: start.w, region: 'parameters' },
      adjoints: { shape, region: 'adjoints' },
      ...Object.fromEntries(
        moments.map((name) => [name, { shape, values: values(name), region: name }]),
      ),
    },
    ops: (tensor) => [
      {
        kind: 'update',
        rule,
        nesterov,
        parameters: tensor('parameters'),
        adjoints: tensor('adjoints'),
        weightCount: start.w.length,
        ...Object.fromEntries(moments.map((name) => [name, tensor(name)])),
      },
    ],
  };
  const executable = bindOps(backend, opCase);
  const results = gradients.map((gradient, index) => {
    coefficientsInto(executable.scalars, optimizer, index + 1, optimizer.learningRate);
    const all = { clipScale: 1, clipValue: Infinity, ...scalars };
    for (const [slot, value] of Object.entries(all)) {
      executable.scalars[SCALARS[slot as ScalarSlot]] = value;
    }
    executable.view('adjoints').set(gradient);
    atOnce(executable.run('forward'));
    return [...executable.view('parameters')];
  });
  executable.close();
  return results;
}

/** Keras' optimiser tests: ones, a first gradient of 0.01, then 0.1 … 1.0, four times. */
const KERAS_GRADIENTS = [
  Array.from({ length: 10 }, () => 0.01),
  ...Array.from({ length: 4 }, () => Array.from({ length: 10 }, (_, j) => 0.1 * (j + 1))),
];
const ONES = Array.from({ length: 10 }, () => 1);

/** Gradients of three parameters, with which PyTorch was run. Those of the third parameter are small. */
const TORCH_GRADIENTS = [
  [0.3, -1.2, 0.001],
  [0.1, 0.5, -0.002],
  [-0.7, 0.2, 0.0],
  [0.05, -0.3, 0.004],
  [1.5, 0.0, -0.001],
  [0.2, 0.8, 0.003],
  [-0.4, -0.6, 0.002],
  [0.9, 0.1, -0.005],
  [0.0, 0.4, 0.001],
  [-0.2, -0.9, 0.006],
  [0.6, 0.3, -0.003],
  [0.1, -0.1, 0.002],
] as const;

/** The values that are farther from the expected ones than the source allows. */
function farFrom(
  got: readonly number[],
  expected: readonly number[],
  relative: number,
  absolute: number,
): string[] {
  if (got.length !== expected.length) return [`${got.length} values for ${expected.length}`];
  return expected.flatMap((value, j) =>
    Math.abs(got[j]! - value) <= absolute + relative * Math.abs(value)
      ? []
      : [`${got[j]} for ${value}`],
  );
}

describe.each(BACKENDS)('published optimiser tables on $name, eq. (26)–(29)', (backend) => {
  // Source: keras-team/keras, keras/src/optimizers/adam_test.py, test_correctness_with_golden (5e-4).
  it('Keras: Adam with amsgrad', () => {
    const optimizer = adam({ epsilon: 1e-7, epsilonMode: 'hat', amsgrad: true });
    const golden = [0.999, 0.9982, 0.9974, 0.9965, 0.9955];
    const found = trajectory(backend, optimizer, { w: ONES }, KERAS_GRADIENTS);
    found.forEach((row, step) =>
      expect(
        farFrom(
          row,
          row.map(() => golden[step]!),
          5e-4,
          5e-4,
        ),
      ).toEqual([]),
    );
  });

  // Source: keras-team/keras, keras/src/optimizers/adamw_test.py, test_correctness_with_golden (5e-4).
  it('Keras: AdamW', () => {
    const optimizer = adamw({ learningRate: 1, weightDecay: 0.5, epsilon: 2, epsilonMode: 'hat' });
    const golden = [
      [0.4998, 0.4998, 0.4998, 0.4998, 0.4998, 0.4998, 0.4998, 0.4998, 0.4998, 0.4998],
      [0.2486, 0.2475, 0.2463, 0.2451, 0.244, 0.2428, 0.2417, 0.2405, 0.2394, 0.2382],
      [0.1223, 0.1198, 0.1174, 0.1149, 0.1124, 0.11, 0.1075, 0.1051, 0.1027, 0.1003],
      [0.0586, 0.0549, 0.0512, 0.0475, 0.0439, 0.0402, 0.0366, 0.033, 0.0294, 0.0258],
      [0.0263, 0.0215, 0.0167, 0.012, 0.0073, 0.0026, -0.0021, -0.0067, -0.0113, -0.0159],
    ];
    const found = trajectory(backend, optimizer, { w: ONES }, KERAS_GRADIENTS);
    found.forEach((row, step) => expect(farFrom(row, golden[step]!, 5e-4, 5e-4)).toEqual([]));
  });

  // Source: keras-team/keras, keras/src/optimizers/adagrad_test.py, test_correctness_with_golden (5e-4);
  // its accumulator begins at 0.3.
  it('Keras: Adagrad', () => {
    const optimizer = adagrad({ learningRate: 0.2, epsilon: 1e-6 });
    const golden = [
      [0.9963, 0.9963, 0.9963, 0.9963, 0.9963, 0.9963, 0.9963, 0.9963, 0.9963, 0.9963],
      [0.9604, 0.9278, 0.9003, 0.8784, 0.8615, 0.8487, 0.8388, 0.8313, 0.8255, 0.8209],
      [0.9251, 0.8629, 0.8137, 0.7768, 0.7497, 0.7298, 0.7151, 0.704, 0.6956, 0.6891],
      [0.8903, 0.8012, 0.7342, 0.6862, 0.6521, 0.6277, 0.6099, 0.5967, 0.5867, 0.579],
      [0.856, 0.7422, 0.6604, 0.6037, 0.5644, 0.5367, 0.5168, 0.5021, 0.491, 0.4825],
    ];
    const start = { w: ONES, secondMoments: ONES.map(() => 0.3) };
    const found = trajectory(backend, optimizer, start, KERAS_GRADIENTS);
    found.forEach((row, step) => expect(farFrom(row, golden[step]!, 5e-4, 5e-4)).toEqual([]));
  });

  // Source: keras-team/keras, keras/src/optimizers/{sgd,rmsprop,adagrad,adam}_test.py, test_single_step (1e-4).
  it('Keras: one step of each', () => {
    const [w, g] = [
      [1, 2, 3, 4],
      [1, 6, 7, 2],
    ];
    const after = (optimizer: Optimizer, start: UpdateStart = { w }): number[] =>
      trajectory(backend, optimizer, start, [g])[0]!;
    expect(farFrom(after(sgd({ learningRate: 0.5 })), [0.5, -1, -0.5, 3], 1e-4, 1e-4)).toEqual([]);
    const keras = { learningRate: 0.5, epsilon: 1e-7 };
    expect(
      farFrom(after(adam({ ...keras, epsilonMode: 'hat' })), [0.5, 1.5, 2.5, 3.5], 1e-4, 1e-4),
    ).toEqual([]);
    const dropped = [-0.5811, 0.4189, 1.4189, 2.4189];
    expect(farFrom(after(rmsprop({ ...keras, decayRate: 0.9 })), dropped, 1e-4, 1e-4)).toEqual([]);
    const accumulated = { w, secondMoments: [0.1, 0.1, 0.1, 0.1] };
    expect(
      farFrom(after(adagrad(keras), accumulated), [0.5233, 1.5007, 2.5005, 3.5061], 1e-4, 1e-4),
    ).toEqual([]);
  });

  // Source: keras-team/keras, keras/src/optimizers/sgd_test.py, test_correctness_with_golden (5e-4): momentum 0,
  // so every step is −0.01·g.
  it('Keras: SGD', () => {
    const found = trajectory(backend, sgd(), { w: ONES }, KERAS_GRADIENTS);
    expect(
      farFrom(
        found[0]!,
        ONES.map(() => 0.9999),
        5e-4,
        5e-4,
      ),
    ).toEqual([]);
    const last = [0.9959, 0.9919, 0.9879, 0.9839, 0.9799, 0.9759, 0.9719, 0.9679, 0.9639, 0.9599];
    expect(farFrom(found[4]!, last, 5e-4, 5e-4)).toEqual([]);
  });

  // Source: torch.optim.NAdam and RAdam of PyTorch 2.15.0 in float64, run on these numbers: the parameters after the last step.
  it.each([
    [nadam({ learningRate: 0.01 }), [0.9667554467351179, -0.4901678010809646, 0.22243470202621038]],
    [
      nadam({ learningRate: 0.01, weightDecay: 0.3, momentumDecay: 0.05 }),
      [0.931979112630721, -0.4726848071499152, 0.21413236337450478],
    ],
    [
      nadam({ learningRate: 0.02, beta1: 0.8, beta2: 0.95, epsilon: 1e-6, momentumDecay: 1 }),
      [0.9257581136483568, -0.4795178507942465, 0.1902662961164702],
    ],
    [radam({ learningRate: 0.01 }), [0.993136497514279, -0.48057488617636057, 0.2492400700299319]],
    [
      radam({ learningRate: 0.02, beta1: 0.8, beta2: 0.95, epsilon: 1e-4 }),
      [0.9728076865471498, -0.462927735796263, 0.2398473757580624],
    ],
    [
      radam({ learningRate: 0.02, beta1: 0.8, beta2: 0.5, epsilon: 1e-4 }),
      [0.954901189411673, -0.46323994595574475, 0.2498668511920083],
    ],
  ])('PyTorch: %o over twelve steps', (optimizer, golden) => {
    const found = trajectory(backend, optimizer, { w: [1, -0.5, 0.25] }, TORCH_GRADIENTS).at(-1)!;
    const tolerance = backend.precision === 'float64' ? 1e-14 : 2e-7;
    expect(farFrom(found, golden, 0, tolerance)).toEqual([]);
  });

  // Source: onnx/onnx, onnx/backend/test/case/node/adam.py, test_adam: x − r·v/(√h + ε) with g + 0.001·x in the place of g,
  // without bias correction because T = 0 (rtol 1e-3, atol 1e-7).
  it('ONNX: Adam', () => {
    const optimizer = adam({ learningRate: 0.1, beta1: 0.95, beta2: 0.1, epsilon: 1e-7 });
    const start = { w: [1.2, 2.8], firstMoments: [1.7, 3.6], secondMoments: [0.1, 0.1] };
    const scalars = { stepSize: 0.1, denominatorScale: 1, l2: 0.001 };
    const expected = start.w.map((x, j) => {
      const g = [-0.94, -2.5][j]! + 0.001 * x;
      const v = 0.95 * start.firstMoments[j]! + (1 - 0.95) * g;
      const h = 0.1 * 0.1 + (1 - 0.1) * g * g;
      return x - (0.1 * v) / (Math.sqrt(h) + 1e-7);
    });
    const found = trajectory(backend, optimizer, start, [[-0.94, -2.5]], scalars);
    expect(farFrom(found[0]!, expected, 1e-3, 1e-7)).toEqual([]);
  });

  // Source: onnx/onnx, onnx/backend/test/case/node/momentum.py, test_nesterov_momentum, with β = 1 as PyTorch's.
  it('ONNX: Nesterov momentum', () => {
    const optimizer = sgd({ learningRate: 0.1, momentum: 0.95, nesterov: true });
    const start = { w: [1.2, 2.8], firstMoments: [1.7, 3.6] };
    const expected = start.w.map((x, j) => {
      const g = [-0.94, -2.5][j]! + 0.01 * x;
      return x - 0.1 * (g + 0.95 * (0.95 * start.firstMoments[j]! + g));
    });
    const found = trajectory(backend, optimizer, start, [[-0.94, -2.5]], { l2: 0.01 });
    expect(farFrom(found[0]!, expected, 1e-3, 1e-7)).toEqual([]);
  });
});

/** Row losses of logits (or outputs) and targets. */
function rowLosses(
  backend: Backend,
  loss: Exclude<LossOption, LossKind>,
  z: number[][],
  target: number[] | number[][],
): number[] {
  const columns = z[0]!.length;
  const labels = typeof target[0] === 'number';
  const opCase: OpCase = {
    rows: z.length,
    tensors: {
      logits: { shape: ['N', columns], values: z.flat() },
      y: { shape: ['N', columns] },
      losses: { shape: ['N'], type: 'float64' },
      target: labels
        ? { shape: ['N'], type: 'int32', values: target.flat() }
        : { shape: ['N', columns], values: target.flat() },
    },
    ops: (tensor) => [
      {
        kind: 'loss',
        loss: readLoss('fit', loss),
        logits: tensor('logits'),
        rowLosses: tensor('losses'),
        target: tensor('target'),
        ...(outputOfLoss(loss.kind) !== 'identity' && { probabilities: tensor('y') }),
      },
    ],
  };
  return [...resultsOf(backend, opCase, ['losses'])[0]!];
}

function mean(values: readonly number[], weights: readonly number[] = values.map(() => 1)): number {
  const sum = values.reduce((total, value, n) => total + value * weights[n]!, 0);
  return sum / weights.reduce((total, weight) => total + weight, 0);
}

describe.each(BACKENDS)('published losses on $name, eq. (5), (10)', (backend) => {
  const y = [
    [1, 9, 2],
    [-5, -2, 6],
  ];
  const z = [
    [4, 8, 12],
    [8, 1, 3],
  ];

  // Source: keras-team/keras, keras/src/losses/losses_test.py, MeanSquaredErrorTest and MeanAbsoluteErrorTest,
  // test_unweighted and test_mean_with_sample_weight_reduction.
  it('Keras: mse 49.5, mae 5.5, and their means over Σ w', () => {
    const squares = rowLosses(backend, { kind: 'mse' }, z, y);
    const distances = rowLosses(backend, { kind: 'mae' }, z, y);
    expect(mean(squares)).toBeCloseTo(49.5, 12);
    expect(mean(distances)).toBeCloseTo(5.5, 12);
    const weights = [1.2, 3.4];
    expect(mean(squares, weights)).toBeCloseTo(((110 / 3) * 1.2 + (187 / 3) * 3.4) / 4.6, 12);
    expect(mean(distances, weights)).toBeCloseTo(((14 / 3) * 1.2 + (19 / 3) * 3.4) / 4.6, 12);
  });

  // Source: scikit-learn, the example in the docstring of sklearn.metrics.mean_pinball_loss.
  it('scikit-learn: pinball losses of 1, 2, 3', () => {
    const lossOf = (quantile: number, guesses: number[]): number =>
      mean(
        rowLosses(
          backend,
          { kind: 'pinball', quantile },
          guesses.map((guess) => [guess]),
          [[1], [2], [3]],
        ),
      );
    expect(lossOf(0.1, [0, 2, 3])).toBeCloseTo(0.1 / 3, 12);
    expect(lossOf(0.1, [1, 2, 4])).toBeCloseTo(0.3, 12);
    expect(lossOf(0.9, [0, 2, 3])).toBeCloseTo(0.3, 12);
    expect(lossOf(0.9, [1, 2, 4])).toBeCloseTo(0.1 / 3, 12);
    expect(lossOf(0.1, [1, 2, 3])).toBe(0);
  });

  // Source: the same, of sklearn.metrics.mean_poisson_deviance, which is 2 Σ (t log t − t + ℓ) / N.
  it('scikit-learn: a Poisson deviance of 1.4260', () => {
    const truths = [2, 0, 1, 4];
    const logits = [0.5, 0.5, 2, 2].map(Math.log);
    const losses = rowLosses(
      backend,
      { kind: 'poisson' },
      logits.map((one) => [one]),
      truths.map((one) => [one]),
    );
    const constants = truths.map((t) => (t === 0 ? 0 : t * Math.log(t) - t));
    const digits = backend.precision === 'float64' ? 12 : 6;
    const deviance = 2 * mean(losses.map((loss, n) => loss + constants[n]!));
    expect(deviance).toBeCloseTo(1.4260151319598084, digits);
  });

  // Source: Keras' file, CategoricalCrossentropyTest and SparseCategoricalCrossentropyTest, from logits.
  it('Keras: categorical cross-entropy from logits, one-hot and by index', () => {
    const logits = [
      [8, 1, 1],
      [0, 9, 1],
      [2, 3, 5],
    ];
    const oneHot = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
    for (const target of [oneHot, [0, 1, 2]]) {
      const found = rowLosses(backend, { kind: 'softmax-cross-entropy' }, logits, target);
      expect(farFrom(found, [0.001822, 0.000459, 0.169846], 1e-3, 1e-6)).toEqual([]);
      expect(mean(found)).toBeCloseTo(0.0573, 3);
    }
    const smoothed = rowLosses(
      backend,
      { kind: 'softmax-cross-entropy', labelSmoothing: 0.1 },
      [[100, -100, -100]],
      [[1, 0, 0]],
    );
    expect(smoothed[0]).toBeCloseTo((400 * 0.1) / 3, 10);
  });

  // Source: the same file, BinaryCrossentropyTest, test_no_reduction and test_label_smoothing.
  it('Keras: binary cross-entropy from logits', () => {
    const logits = [
      [10, -10, 10],
      [10, 10, -10],
    ];
    const target = [
      [1, 0, 1],
      [0, 1, 1],
    ];
    expect(
      farFrom(
        rowLosses(backend, { kind: 'binary-cross-entropy' }, logits, target),
        [0, 6.666],
        0,
        1e-3,
      ),
    ).toEqual([]);
    const smoothed = rowLosses(
      backend,
      { kind: 'binary-cross-entropy', labelSmoothing: 0.1 },
      [[10, -10, -10]],
      [[1, 0, 1]],
    );
    expect(smoothed[0]).toBeCloseTo((10 + 5 * 0.1) / 3, 4);
  });

  // Source: onnx/onnx, onnx/backend/test/case/node/softmax.py, test_softmax_example and test_softmax_large_number;
  // test_sce_mean's formula on the same logits.
  it('ONNX: softmax, and its cross-entropy at large numbers', () => {
    const softmax = (logits: number[]): number[] => {
      const opCase: OpCase = {
        rows: 1,
        tensors: {
          logits: { shape: ['N', logits.length], values: logits },
          out: { shape: ['N', logits.length] },
        },
        ops: (tensor) => [
          { kind: 'output', function: 'softmax', logits: tensor('logits'), out: tensor('out') },
        ],
      };
      return [...resultsOf(backend, opCase, ['out'])[0]!];
    };
    expect(farFrom(softmax([-1, 0, 1]), [0.09003058, 0.24472848, 0.66524094], 1e-3, 1e-7)).toEqual(
      [],
    );
    const large = [0.0320586, 0.08714432, 0.23688284, 0.64391428];
    expect(farFrom(softmax([0, 1, 2, 3]), large, 1e-3, 1e-7)).toEqual([]);
    expect(farFrom(softmax([10000, 10001, 10002, 10003]), large, 1e-3, 1e-7)).toEqual([]);
    const losses = rowLosses(
      backend,
      { kind: 'softmax-cross-entropy' },
      [[10000, 10001, 10002, 10003]],
      [2],
    );
    expect(losses[0]).toBeCloseTo(-Math.log(0.23688284), 6);
  });
});

describe('published worked examples, eq. (1)–(5), (11)–(18)', () => {
  // Source: scikit-learn/scikit-learn, sklearn/neural_network/tests/test_mlp.py, test_fit (3 decimals).
  it('scikit-learn: one step of SGD on a 3-2-1 net with logistic units and alpha 0.1', () => {
    const net = network({
      inputs: 3,
      layers: [dense(2, { activation: 'sigmoid' }), dense(1)],
      output: 'sigmoid',
      dtype: 'float64',
    });
    net.setParameters({
      'layers.0.weight': [0.1, 0.3, 0.5, 0.2, 0.1, 0],
      'layers.0.bias': [0.1, 0.1],
      'layers.1.weight': [0.1, 0.2],
      'layers.1.bias': [1],
    });
    const steps = trainer(net, {
      loss: 'binary-cross-entropy',
      optimizer: sgd({ learningRate: 0.1 }),
      l2: 0.1,
    });
    steps.step({ x: [[0.6, 0.8, 0.7]], y: [0] });
    steps.close();
    const found = net.parameters();
    const rounded = (name: string, expected: number[]): void =>
      expect(farFrom([...found.get(name)!], expected, 0, 1.5e-3)).toEqual([]);
    rounded('layers.0.weight', [0.098, 0.2956664, 0.4939998, 0.195756, 0.096008, -0.002244]);
    rounded('layers.1.weight', [0.04706, 0.154089]);
    rounded('layers.0.bias', [0.098333, 0.09626]);
    rounded('layers.1.bias', [0.9235]);
    expect(net.predict([[0.6, 0.8, 0.7]]).data[0]).toBeCloseTo(0.739, 3);
  });
});
