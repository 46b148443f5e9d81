/** Models out to ONNX and back, files of other exporters in, and files that are damaged. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  categoryEmbedding,
  Classifier,
  dense,
  dropout,
  layerNormalization,
  ModelFormatError,
  network,
  periodicEmbedding,
  Regressor,
  scaling,
  toSafetensors,
  type Layer,
  type ModelFromFile,
  type Network,
} from 'vinculum';
import { ACTIVATION_KINDS } from 'vinculum/internal';
import { compareOnnx, fromOnnx, onnxToSafetensors, toOnnx } from './index.ts';
import { decode, encode } from './proto/codec.ts';
import { MODEL, type GraphProto, type ModelProto } from './proto/messages.ts';
import { tensorOf } from './proto/tensor.ts';

/** Rows with every kind of column, and gaps. */
const ROWS = Array.from({ length: 60 }, (_, i) => ({
  size: i % 7 === 0 ? null : ((i * 37) % 101) / 3 - 10,
  'far away': 1e9 + i,
  open: i % 5 === 0 ? null : i % 2 === 0,
  kind: i % 6 === 0 ? null : ['a', 'b', 'ä, "c"', 'd'][i % 4]!,
  day: `${1903 + ((i * 7) % 190)}-${String(1 + (i % 12)).padStart(2, '0')}-${String(1 + (i % 28)).padStart(2, '0')} 0${i % 10}:30`,
}));
const PARTS = {
  maxIter: 2,
  hiddenLayerSizes: [6],
  members: 3,
  embedAbove: 2,
  embedding: 'periodic',
} as const;

const models: Record<string, ModelFromFile> = {};
beforeAll(async () => {
  const kinds = ROWS.map(({ kind }) => kind ?? 'none');
  const sizes = ROWS.map(({ size }) => 100 * (size ?? 0) + 5000);
  models['a classifier'] = await new Classifier({ maxIter: 2, hiddenLayerSizes: [5] }).fit(
    ROWS,
    kinds,
  );
  models['an ensemble'] = await new Classifier({ preset: 'balanced', ...PARTS }).fit(ROWS, kinds);
  models['recipes by weight'] = await new Classifier({
    preset: 'best',
    maxIter: 2,
    members: 2,
    earlyStopping: true,
  }).fit(ROWS, kinds);
  models['a regressor'] = await new Regressor({ preset: 'fast', maxIter: 2 }).fit(ROWS, sizes);
  models['an ensemble of numbers'] = await new Regressor({ preset: 'balanced', ...PARTS }).fit(
    ROWS,
    sizes,
  );
  models['several labels'] = await new Classifier({ maxIter: 2, hiddenLayerSizes: [5] }).fit(
    ROWS,
    ROWS.map((_, i) => [i % 2 === 0, i % 3 === 0]),
  );
  const matrix = ROWS.map((_, i) => [i, -i * i, 3]);
  models['rows without names'] = await new Regressor({ maxIter: 2, hiddenLayerSizes: [4] }).fit(
    matrix,
    sizes,
  );
  models['a network'] = network({ inputs: 3, layers: [dense(2)], output: 'sigmoid' });
});

const NAMES = [
  'a classifier',
  'an ensemble',
  'recipes by weight',
  'a regressor',
  'an ensemble of numbers',
  'several labels',
  'rows without names',
  'a network',
];

function protoOf(bytes: Uint8Array): ModelProto {
  return decode('test', MODEL, bytes);
}

describe('toOnnx', () => {
  it.each(NAMES)('writes %s as a graph that computes the same', (name) => {
    for (const preparation of [true, false]) {
      const bytes = toOnnx(models[name]!, { preparation });
      const { rows, difference } = compareOnnx(models[name]!, bytes);
      expect(rows).toBe(61);
      expect(difference).toBeLessThan(2e-6);
      expect(difference).not.toBeNaN();
    }
  });

  it.each(ACTIVATION_KINDS)('writes %s', (activation) => {
    const net = network({ inputs: 4, layers: [dense(5, { activation }), dense(3)], seed: 2 });
    expect(compareOnnx(net, toOnnx(net)).difference).toBeLessThan(1e-6);
  });

  it.each<[string, readonly Layer[]]>([
    ['dropout, which acts in training only', [dropout(0.5), dense(3), dropout(0.2)]],
    ['scaling and normalisation', [scaling(), dense(5, { bias: false }), layerNormalization()]],
    ['normalisation that is not affine', [layerNormalization({ affine: false }), dense(2)]],
    ['periodic columns', [periodicEmbedding({ columns: [0, 2], deviation: 1 }), dense(2)]],
    ['all columns periodic', [periodicEmbedding({ frequencies: 3, units: 2 }), dense(2)]],
  ])('writes %s', (_, layers) => {
    const net = network({ inputs: 4, layers, seed: 3 });
    const random = new Map(
      [...net.parameters()].map(([name, values]) => [
        name,
        values.map((one, i) => one + ((i * 0.618) % 1) - 0.4),
      ]),
    );
    net.setParameters(random);
    expect(compareOnnx(net, toOnnx(net)).difference).toBeLessThan(1e-5);
  });

  it('has IR version 8, opset 17, an input for each column and the outputs of its kind', () => {
    const { irVersion, opsetImport, graph } = protoOf(toOnnx(models['a classifier']!));
    expect(irVersion).toBe(8);
    expect(opsetImport).toEqual([
      { domain: '', version: 17 },
      { domain: 'ai.onnx.ml', version: 3 },
    ]);
    const shapes = (infos: GraphProto['input'] = []): unknown[] =>
      infos.map(({ name, type }) => {
        const { elemType, shape } = type!.tensorType!;
        return [name, elemType, shape!.dim!.map(({ dimValue, dimParam }) => dimValue ?? dimParam)];
      });
    expect(shapes(graph!.input)).toEqual([
      ['size', 11, ['N', 1]],
      ['far away', 11, ['N', 1]],
      ['open', 11, ['N', 1]],
      ['kind', 8, ['N', 1]],
      ['day', 11, ['N', 1]],
    ]);
    expect(shapes(graph!.output)).toEqual([
      ['label', 8, ['N']],
      ['probabilities', 1, ['N', 5]],
    ]);
    expect(shapes(protoOf(toOnnx(models['several labels']!)).graph!.output)).toEqual([
      ['labels', 9, ['N', 2]],
      ['probabilities', 1, ['N', 2]],
    ]);
    expect(shapes(protoOf(toOnnx(models['a regressor']!)).graph!.output)).toEqual([
      ['prediction', 1, ['N', 1]],
    ]);
  });

  it('writes the same bytes for the same model, and keeps texts of the caller', () => {
    const model = models['an ensemble']!;
    const metadata = { target: 'kind' };
    const bytes = toOnnx(model, { metadata });
    expect(Buffer.compare(toOnnx(model, { metadata }), bytes)).toBe(0);
    expect(protoOf(bytes).metadataProps).toContainEqual({ key: 'target', value: 'kind' });
    expect(toOnnx(toSafetensors(model, { metadata }))).toHaveLength(
      bytes.length - encode(MODEL, { metadataProps: [{ key: 'target', value: 'kind' }] }).length,
    );
  });

  it('reads no cell of a category that looks like a number as another', async () => {
    const net = network({
      inputs: 2,
      layers: [categoryEmbedding({ columns: [{ column: 0, levels: 3 }], size: 2 }), dense(1)],
    });
    const { graph } = protoOf(toOnnx(net));
    expect(graph!.node!.map(({ opType }) => opType)).toContain('Gather');
  });

  it('refuses what is no model', () => {
    expect(() => toOnnx({} as never)).toThrow(TypeError);
    expect(() => toOnnx(new Uint8Array(3))).toThrow(ModelFormatError);
    expect(() => toOnnx(models['a network']!, { nam: 'x' } as never)).toThrow(
      /unknown option 'nam'/,
    );
    expect(() => toOnnx(new Classifier() as never)).toThrow(/must come after fit/);
  });
});

describe('fromOnnx of a file of ours', () => {
  it.each(NAMES)('gives back %s with the same bytes', (name) => {
    const file = toSafetensors(models[name]!, { metadata: { target: 'y' } });
    for (const preparation of [true, false]) {
      const again = onnxToSafetensors(toOnnx(file, { preparation }));
      expect(Buffer.compare(again, file)).toBe(0);
    }
  });

  it('does not trust the texts if the graph was changed', () => {
    const net = network({ inputs: 2, layers: [dense(2)], output: 'softmax', seed: 1 });
    const proto = protoOf(toOnnx(net));
    const [weight, ...others] = proto.graph!.initializer!;
    const doubled = tensorOf(weight!.name!, {
      element: 'float',
      dims: [2, 2],
      values: Float64Array.from(net.parameters().get('layers.0.weight')!, (one) => 2 * one),
    });
    const graph = { ...proto.graph, initializer: [doubled, ...others] };
    const changed = fromOnnx(encode(MODEL, { ...proto, graph })) as Network;
    expect(changed.parameters().get('layers.0.weight')).toEqual(
      net
        .parameters()
        .get('layers.0.weight')!
        .map((one) => 2 * one),
    );
    expect(changed.spec.output).toBe('softmax');
  });
});

interface Exported {
  readonly name: string;
  readonly exporter: string;
  readonly onnx: string;
  readonly x: number[][];
  readonly y: number[][];
}

const EXPORTED = JSON.parse(
  readFileSync(new URL('../test/exported.json', import.meta.url), 'utf8'),
) as Exported[];

describe('fromOnnx of files of other exporters', () => {
  it.each(EXPORTED)('reads $name of $exporter', ({ onnx, x, y, name, exporter }) => {
    const model = fromOnnx(Buffer.from(onnx, 'base64'));
    const isClassifier = exporter.startsWith('skl2onnx') && name !== 'numbers';
    expect(model.kind).toBe(isClassifier ? 'classifier' : 'network');
    const { data } =
      model.kind === 'classifier' ? model.predictProbabilities(x) : (model as Network).predict(x);
    const wanted = y.flat();
    expect(data).toHaveLength(wanted.length);
    for (const [at, value] of wanted.entries()) expect(data[at]!).toBeCloseTo(value, 5);
    expect(compareOnnx(model, Buffer.from(onnx, 'base64')).difference).toBeLessThan(1e-5);
    const labels = name === 'two classes' ? [0, 1] : ['a', 'b', 'c'];
    expect('classes' in model ? model.classes : labels).toEqual(labels);
  });

  const graphOf = (node: GraphProto['node'], input = ['x'], output = ['y']): Uint8Array =>
    encode(MODEL, {
      irVersion: 8,
      graph: {
        node,
        initializer: [
          tensorOf('w', { element: 'float', dims: [2, 2], values: Float64Array.of(1, 2, 3, 4) }),
          tensorOf('b', { element: 'float', dims: [2], values: Float64Array.of(5, 6) }),
        ],
        input: input.map((name) => ({ name })),
        output: output.map((name) => ({ name })),
      },
    });

  it('folds factors and shifts of columns into the matrices beside them', () => {
    const net = fromOnnx(
      graphOf([
        { opType: 'Sub', input: ['x', 'b'], output: ['s'] },
        { opType: 'MatMul', input: ['s', 'w'], output: ['m'] },
        { opType: 'Mul', input: ['m', 'b'], output: ['y'] },
      ]),
    ) as Network;
    expect(net.spec.layers).toHaveLength(1);
    // x = (6, 8): x − b = (1, 2); (1, 2) [[1, 2], [3, 4]] = (7, 10); ∘ (5, 6) = (35, 60).
    expect(net.predict([[6, 8]]).data).toEqual(Float32Array.of(35, 60));
  });

  it.each([
    [
      'operators that it does not know, each by name',
      [
        { opType: 'Conv', name: 'first', input: ['x', 'w'], output: ['c'] },
        { opType: 'QuantizeLinear', name: 'q', input: ['c'], output: ['d'] },
        { opType: 'MatMul', input: ['d', 'w'], output: ['y'] },
      ],
      /got Conv 'first' and QuantizeLinear 'q'/,
    ],
    [
      'a skip connection',
      [
        { opType: 'MatMul', input: ['x', 'w'], output: ['m'] },
        { opType: 'Add', name: 'skip', input: ['m', 'x'], output: ['y'] },
      ],
      /the node Add 'skip' must have one constant input/,
    ],
    [
      'a softmax that is not at the end',
      [
        { opType: 'Softmax', input: ['x'], output: ['s'] },
        { opType: 'MatMul', input: ['s', 'w'], output: ['y'] },
      ],
      /must have softmax at its end only/,
    ],
    [
      'a graph without a matrix',
      [{ opType: 'Relu', input: ['x'], output: ['y'] }],
      /must have a product/,
    ],
    [
      'a circle of products',
      [
        { opType: 'Mul', name: 'a', input: ['x', 'r'], output: ['y'] },
        { opType: 'Mul', name: 'b', input: ['y', 'x'], output: ['r'] },
      ],
      /the node Mul 'a' must be a product with constants/,
    ],
    [
      'a circle',
      [
        { opType: 'Relu', input: ['r'], output: ['y'] },
        { opType: 'Relu', input: ['y'], output: ['r'] },
      ],
      /must lead from its input 'x' to its output 'y' in one line/,
    ],
  ])('refuses %s', (_, node, message) => {
    expect(() => fromOnnx(graphOf(node))).toThrow(ModelFormatError);
    expect(() => fromOnnx(graphOf(node))).toThrow(message);
  });

  it('refuses several inputs, and numbers in another file, which it does not open', () => {
    const node = [{ opType: 'MatMul', input: ['x', 'w'], output: ['y'] }];
    expect(() => fromOnnx(graphOf(node, ['x', 'z']))).toThrow(
      /must have one input.*got 'x' and 'z'/,
    );
    const external = encode(MODEL, {
      graph: {
        node,
        initializer: [
          {
            name: 'w',
            dims: [2, 2],
            dataType: 1,
            dataLocation: 1,
            externalData: [{ key: 'location', value: '/etc/passwd' }],
          },
        ],
        input: [{ name: 'x' }],
        output: [{ name: 'y' }],
      },
    });
    expect(() => fromOnnx(external)).toThrow(/no other file is opened/);
  });
});

describe('a damaged file', () => {
  /** Whether a file is read, or refused as it should be. Any other error is thrown on. */
  const isReadOrRefused = (bytes: Uint8Array): boolean => {
    try {
      fromOnnx(bytes);
    } catch (error) {
      return error instanceof ModelFormatError;
    }
    return true;
  };

  it('is a ModelFormatError wherever it is cut off', () => {
    const bytes = Buffer.from(EXPORTED[0]!.onnx, 'base64');
    for (let end = 0; end < bytes.length; end++) {
      expect(isReadOrRefused(bytes.subarray(0, end))).toBe(true);
    }
    expect(() => fromOnnx(new Uint8Array())).toThrow(/must have a graph/);
  });

  it('is a ModelFormatError, or another model, whatever byte is changed', () => {
    const bytes = Buffer.from(EXPORTED[1]!.onnx, 'base64');
    for (let at = 0; at < bytes.length; at++) {
      const damaged = Uint8Array.from(bytes);
      damaged[at]! ^= 1 << (at % 8);
      expect(isReadOrRefused(damaged)).toBe(true);
    }
  });

  it('is told by its type', () => {
    expect(() => fromOnnx('x' as never)).toThrow(TypeError);
    expect(() => fromOnnx(toSafetensors(models['a network']!))).toThrow(ModelFormatError);
  });
});
