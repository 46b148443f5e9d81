/**
 * Wrong values for public functions: every argument and every option of every public function of the core is replaced by
 * values of every type, one at a time. A value that is not accepted must be refused by a documented error that begins with
 * the name of the function, never by an error of the engine such as "Cannot read properties".
 */
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { VinculumError } from './words/errors.ts';
import { backward, forward, traceStep } from './trace/inspect.ts';
import { network } from './model/network.ts';
import { dense } from './network/layers/dense.ts';
import { dropout } from './network/layers/dropout.ts';
import { layerNormalization } from './network/layers/layer-normalization.ts';
import { scaling } from './network/layers/scaling.ts';
import { adagrad } from './optim/adagrad.ts';
import { adam, adamw } from './optim/adam.ts';
import { nadam } from './optim/nadam.ts';
import { radam } from './optim/radam.ts';
import { rmsprop } from './optim/rmsprop.ts';
import { constant } from './optim/schedules/constant.ts';
import { adaptive } from './optim/schedules/adaptive.ts';
import { cosine } from './optim/schedules/cosine.ts';
import { cosineRestarts } from './optim/schedules/cosine-restarts.ts';
import { exponential } from './optim/schedules/exponential.ts';
import { inverseScaling } from './optim/schedules/inverse-scaling.ts';
import { oneCycle } from './optim/schedules/one-cycle.ts';
import { polynomial } from './optim/schedules/polynomial.ts';
import { reduceOnPlateau } from './optim/schedules/reduce-on-plateau.ts';
import { step } from './optim/schedules/step.ts';
import { warmup } from './optim/schedules/warmup.ts';
import { sgd } from './optim/sgd.ts';
import { predictor } from './model/predictor.ts';
import { philox4x32 } from './random/philox.ts';
import { checkGradients } from './trace/check-gradients.ts';
import { evaluate } from './train/evaluate.ts';
import { fit } from './train/fit.ts';
import { trainer } from './train/trainer.ts';
import { encodeLabels } from './arrays/labels.ts';
import { readMatrix } from './arrays/matrix.ts';
import { selectMatrixRows } from './arrays/select-rows.ts';
import { toSafetensors } from './formats/model-file.ts';
import { writeSafetensors } from './formats/write-safetensors.ts';
import { fitPreparation } from './tables/preparation.ts';
import { prepare } from './tables/prepare.ts';
import { fitTargetScaler, scaleTargets, unscaleTargets } from './tables/scaling.ts';
import { tableFromRows } from './tables/table-from-rows.ts';
import { cellAt, columnOfTable, selectRows } from './tables/table.ts';

const JUNK: readonly unknown[] = [
  null,
  true,
  NaN,
  Infinity,
  -1,
  0,
  0.5,
  2 ** 53,
  1e300,
  1n,
  '',
  'x',
  '__proto__',
  'constructor',
  Symbol('s'),
  () => 1,
  {},
  { kind: 'x' },
  { x: 1, y: 2 },
  { data: 1, shape: 2 },
  { data: [1], shape: [1, 1], stride: 'a' },
  { data: new Float32Array(4), shape: [2, 2], stride: [2 ** 40, 1] },
  [],
  [null],
  [[]],
  [[null]],
  [1, 2, 3],
  new Map([['a', 1]]),
  new Set([1]),
  new Date(0),
  new Float32Array(2),
  new BigInt64Array(2),
  new DataView(new ArrayBuffer(8)),
  new ArrayBuffer(8),
  new Proxy({}, {}),
  Object.create(null),
  /x/,
  new Error('x'),
  Promise.resolve(1),
];

/** Judges an error: undefined if it is one that the documents name; else a text that says what is wrong with it. */
function judge(error: unknown): string | undefined {
  const known =
    error instanceof TypeError || error instanceof RangeError || error instanceof VinculumError;
  if (!known) return `threw ${String(error)}`;
  const { message } = error;
  if (!/^[a-zA-Z0-9]+: .*[.?]$/s.test(message)) return `says: ${message}`;
  return message.startsWith('internal:') ? `says: ${message}` : undefined;
}

const show = (value: unknown): string => inspect(value, { breakLength: Infinity });

async function faults(
  call: (...given: never[]) => unknown,
  args: readonly unknown[],
): Promise<string[]> {
  const found: string[] = [];
  const attempt = async (given: readonly unknown[], label: string): Promise<void> => {
    try {
      const made: unknown = await call(...(given as never[]));
      if (typeof made === 'object' && made !== null && 'close' in made)
        (made as { close(): void }).close();
    } catch (error) {
      const fault = judge(error);
      if (fault !== undefined) found.push(`${label}: ${fault}`);
    }
  };
  for (const [index, arg] of args.entries()) {
    for (const junk of [undefined, ...JUNK]) {
      await attempt(args.with(index, junk), `argument ${index} = ${show(junk)}`);
    }
    if (typeof arg !== 'object' || arg === null || Array.isArray(arg) || 'predict' in arg) continue;
    for (const name of Object.keys(arg)) {
      for (const junk of JUNK) {
        await attempt(args.with(index, { ...arg, [name]: junk }), `${name} = ${show(junk)}`);
      }
    }
  }
  return found;
}

const X = [
  [1, 2],
  [-1, 0.5],
  [0.25, -3],
];
const Y = [0, 1, 1];
const DATA = { x: X, y: Y };
const LOSS = { loss: 'softmax-cross-entropy' } as const;
const STEP = {
  ...LOSS,
  optimizer: sgd(),
  batchSize: 2,
  seed: 1,
  l1: 0,
  l2: 0,
  clip: { globalNorm: 1 },
  classWeights: [1, 1],
  onNonFinite: 'throw',
  backend: 'auto',
  threads: 1,
  shards: 1,
} as const;
const FIT = {
  ...STEP,
  epochs: 1,
  schedule: constant(),
  shuffle: true,
  sampleWeights: [1, 1, 1],
  validation: 0,
  metrics: ['accuracy'],
  earlyStopping: true,
  onProgress: () => undefined,
  callbacks: [],
  signal: { aborted: false },
} as const;

const net = (): ReturnType<typeof network> =>
  network({ inputs: 2, layers: [dense(2, { activation: 'tanh' }), dropout(0.1), dense(2)] });

describe('wrong values are refused by an error that names the function, in', () => {
  const spec = { inputs: 2, layers: [dense(2)], output: 'softmax', seed: 1, dtype: 'float32' };
  it.each([
    ['network', network, [spec]],
    ['dense', dense, [3, { activation: { kind: 'elu', alpha: 1 }, init: 'zeros', bias: true }]],
    ['dropout', dropout, [0.5]],
    [
      'adam',
      adam,
      [{ learningRate: 1, beta1: 0, beta2: 0, epsilon: 1, epsilonMode: 'hat', amsgrad: true }],
    ],
    ['adamw', adamw, [{ weightDecay: 1 }]],
    ['sgd', sgd, [{ learningRate: 1, momentum: 0.5, nesterov: true }]],
    ['rmsprop', rmsprop, [{ learningRate: 1, decayRate: 0, epsilon: 1, momentum: 0 }]],
    ['adagrad', adagrad, [{ learningRate: 1, epsilon: 1 }]],
    ['nadam', nadam, [{ beta1: 0, beta2: 0, momentumDecay: 0, weightDecay: 1 }]],
    ['radam', radam, [{ learningRate: 1, beta1: 0, beta2: 0, epsilon: 1 }]],
    ['constant', constant, [{}]],
    ['step', step, [{ every: 1, factor: 0.5 }]],
    ['exponential', exponential, [{ factor: 0.5 }]],
    ['cosine', cosine, [{ epochs: 1, minimum: 0 }]],
    ['cosineRestarts', cosineRestarts, [{ every: 1, growth: 2, peakFactor: 0.5, minimum: 0 }]],
    ['polynomial', polynomial, [{ epochs: 1, power: 2, minimum: 0 }]],
    ['oneCycle', oneCycle, [{ warmupFraction: 0.1, initialDivisor: 2, finalDivisor: 2 }]],
    ['inverseScaling', inverseScaling, [{ power: 1 }]],
    ['adaptive', adaptive, [{ patience: 1, minDelta: 0 }]],
    ['warmup', warmup, [{ epochs: 1, start: 0, followedBy: constant() }]],
    [
      'reduceOnPlateau',
      reduceOnPlateau,
      [{ factor: 0.5, patience: 1, minDelta: 0, cooldown: 0, minimum: 0 }],
    ],
    ['scaling', scaling, [{}]],
    ['layerNormalization', layerNormalization, [{ epsilon: 1, affine: true }]],
    ['cellAt', cellAt, [{ name: 'a', kind: 'number', values: Float64Array.of(1) }, 0]],
    ['fitTargetScaler', fitTargetScaler, [Float64Array.of(1, 2), 1]],
    ['scaleTargets', scaleTargets, [{ mean: [1], scale: [2] }, Float64Array.of(1, 2)]],
    ['unscaleTargets', unscaleTargets, [{ mean: [1], scale: [2] }, Float64Array.of(1, 2)]],
    ['selectMatrixRows', selectMatrixRows, [readMatrix(X), [0]]],
    ['philox4x32', philox4x32, [new Uint32Array(4), new Uint32Array(2), 10]],
    ['forward', forward, [net(), X, { backend: 'auto' }]],
    [
      'backward',
      backward,
      [
        net(),
        X,
        Y,
        {
          ...LOSS,
          sampleWeights: [1, 1, 1],
          classWeights: [1, 1],
          l1: 0,
          l2: 0,
          training: true,
          seed: 1,
          step: 1,
          backend: 'auto',
        },
      ],
    ],
    ['traceStep', traceStep, [net(), X, Y, { ...STEP, sampleWeights: [1, 1, 1], step: 1 }]],
    [
      'checkGradients',
      checkGradients,
      [net(), X, Y, { ...LOSS, sampleWeights: [1, 1, 1], seed: 1, step: 1, maxElements: 5 }],
    ],
    ['predictor', predictor, [net(), { maxRows: 2, backend: 'auto' }]],
    [
      'evaluate',
      evaluate,
      [
        net(),
        DATA,
        {
          ...LOSS,
          metrics: ['accuracy'],
          classWeights: [1, 1],
          sampleWeights: [1, 1, 1],
          backend: 'auto',
        },
      ],
    ],
    ['fit', fit, [net(), { ...DATA }, FIT]],
    ['trainer', trainer, [net(), STEP]],
  ] as [string, (...given: never[]) => unknown, unknown[]][])('%s', async (_name, call, args) => {
    expect(await faults(call, args)).toEqual([]);
  });

  it('the methods of a network', async () => {
    const one = net();
    expect(await faults((x: never) => one.predict(x), [X])).toEqual([]);
    expect(await faults((x: never) => one.logits(x), [X])).toEqual([]);
    const values = { 'layers.0.weight': [1, 2, 3, 4], 'layers.1.bias': [1, 2] };
    expect(await faults((given: never) => one.setParameters(given), [values])).toEqual([]);
    expect(one.predict(X).shape).toEqual([3, 2]);
  });

  it('the methods of a trainer and a predictor', async () => {
    using steps = trainer(net(), STEP);
    const batch = { ...DATA, x: X.slice(0, 2), y: Y.slice(0, 2), sampleWeights: [1, 1] };
    expect(await faults((given: never) => steps.step(given), [batch])).toEqual([]);
    expect(
      await faults(
        (phase: never, given: never) => steps.runPhase(phase, given),
        ['forward', batch],
      ),
    ).toEqual([]);
    const settings = { learningRate: 1e-3, l1: 0, l2: 0, clip: null, optimizer: sgd() };
    expect(await faults((given: never) => steps.set(given), [settings])).toEqual([]);
    expect(await faults((given: never) => steps.restore(given), [steps.state()])).toEqual([]);
    using fast = predictor(net());
    expect(await faults((x: never) => fast.predict(x), [X])).toEqual([]);
    const into = (out: never, x: never): void => fast.predictInto(out, x);
    expect(await faults(into, [new Float32Array(9), new Float32Array(2)])).toEqual([]);
  });
});

describe('functions on arrays, tables and files', () => {
  const table = tableFromRows([{ age: 3 }, { age: 4 }]);
  const wrong = (value: unknown): never => value as never;

  it.each<[string, () => unknown, RegExp]>([
    [
      'prepare, preparation',
      () => prepare(wrong({}), wrong([])),
      /^prepare: preparation must be made by fit/,
    ],
    [
      'prepare, input',
      () => prepare(fitPreparation(table), wrong([])),
      /^prepare: input must be a table or a/,
    ],
    ['fitPreparation', () => fitPreparation(wrong(undefined)), /^fitPreparation: input must be/],
    ['columnOfTable', () => columnOfTable(wrong({}), 'age'), /^columnOfTable: table must be/],
    ['selectRows', () => selectRows(wrong({}), [0]), /^selectRows: table must be a table/],
    [
      'selectRows, indices',
      () => selectRows(table, wrong(undefined)),
      /^selectRows: indices must be an array of row indices/,
    ],
    ['encodeLabels', () => encodeLabels(wrong({}), ['a']), /^encodeLabels: classes must be/],
    ['readMatrix', () => readMatrix([[1]], wrong(null)), /^readMatrix: options must be an object/],
    ['toSafetensors', () => toSafetensors(wrong({}), wrong(null)), /^toSafetensors: options must/],
    ['cellAt, column', () => cellAt(wrong(undefined), 0), /^cellAt: column must be a column/],
    [
      'cellAt, row',
      () => cellAt(columnOfTable(table, 'age'), wrong(undefined)),
      /^cellAt: row must be an integer/,
    ],
    ['fitTargetScaler, data', () => fitTargetScaler(wrong(undefined), 1), /^fitTargetScaler: data/],
    [
      'fitTargetScaler, columns',
      () => fitTargetScaler([1], wrong(undefined)),
      /^fitTargetScaler: columns must be an integer/,
    ],
    [
      'scaleTargets, scaler',
      () => scaleTargets(wrong(undefined), [1]),
      /^scaleTargets: scaler must be a scaler of targets/,
    ],
    [
      'scaleTargets, data',
      () => scaleTargets({ mean: [0], scale: [1] }, wrong(undefined)),
      /^scaleTargets: data must be a typed array/,
    ],
    [
      'unscaleTargets, scaler',
      () => unscaleTargets(wrong({}), [1]),
      /^unscaleTargets: scaler must be a scaler of targets/,
    ],
    [
      'unscaleTargets, data',
      () => unscaleTargets({ mean: [0], scale: [1] }, wrong(undefined)),
      /^unscaleTargets: data must be a typed array/,
    ],
    [
      'selectMatrixRows, matrix',
      () => selectMatrixRows(wrong(undefined), [0]),
      /^selectMatrixRows: matrix must be a matrix/,
    ],
    [
      'selectMatrixRows, indices',
      () => selectMatrixRows(readMatrix([[1]]), wrong(undefined)),
      /^selectMatrixRows: indices must be an array/,
    ],
    ['scaling', () => scaling(wrong({ units: 3 })), /^scaling: unknown option 'units'/],
    ['writeSafetensors', () => writeSafetensors(wrong({}), new Map()), /tensors must be a Map/],
  ])('%s refuses what is no such thing, by the name of the argument', (_, call, message) => {
    expect(call).toThrow(TypeError);
    expect(call).toThrow(message);
  });
});

describe('a row that does not exist', () => {
  it.each([-1, 2, 0.5, NaN])('is refused, and gives no row of zeros or holes: %d', (row) => {
    const table = tableFromRows([{ age: 3 }, { age: 4 }]);
    const rule = `indices[1] must be an index of a row, of which there are 2; got ${row}.`;
    expect(() => selectRows(table, [0, row])).toThrow(new RangeError(`selectRows: ${rule}`));
    const matrix = readMatrix([[3], [4]]);
    expect(() => selectMatrixRows(matrix, [0, row])).toThrow(
      new RangeError(`selectMatrixRows: ${rule}`),
    );
  });
});

describe('softmax with one output', () => {
  it('is refused before the labels are read', async () => {
    const single = network({ inputs: 2, layers: [dense(1)] });
    const training = fit(single, { x: [[1, 2]], y: [1] }, { loss: 'softmax-cross-entropy' });
    await expect(training).rejects.toThrow(
      new RangeError(
        "fit: loss 'softmax-cross-entropy' needs at least 2 outputs; the network has 1. Use 'binary-cross-entropy', or dense(2) as the last layer.",
      ),
    );
  });
});
