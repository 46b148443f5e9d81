import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ModelFormatError, VinculumError } from '../words/errors.ts';
import { Classifier, type FittedClassifier } from '../estimators/classifier.ts';
import { Regressor, type FittedRegressor } from '../estimators/regressor.ts';
import { network, type Network } from '../model/network.ts';
import { dense } from '../network/layers/dense.ts';
import { dropout } from '../network/layers/dropout.ts';
import { digestOf } from './digest.ts';
import { fromSafetensors, toSafetensors } from './model-file.ts';
import { readSafetensors } from './read-safetensors.ts';
import { writeSafetensors } from './write-safetensors.ts';

const ROWS = [
  { length: 39.1, island: 'Dream', male: true },
  { length: 50.5, island: 'Biscoe', male: false },
  { length: null, island: 'Dream', male: true },
  { length: 46.2, island: 'Torgersen', male: null },
];

function smallNetwork(dtype: 'float32' | 'float64' = 'float32'): Network {
  return network({
    inputs: 3,
    layers: [
      dense(4, { activation: { kind: 'leaky-relu', slope: 0.2 } }),
      dropout(0.5),
      dense(2, { bias: false }),
    ],
    output: 'softmax',
    seed: 7,
    dtype,
  });
}

async function classifier(): Promise<FittedClassifier<string>> {
  return new Classifier({ hiddenLayerSizes: [5], maxIter: 3, dropout: 0.1 }).fit(ROWS, [
    'a',
    'b',
    'a',
    'c\u0000ä😀',
  ]);
}

async function regressor(): Promise<FittedRegressor<number>> {
  return new Regressor({ hiddenLayerSizes: [5], maxIter: 3 }).fit(ROWS, [1e20, 2, -3, 4.5]);
}

/** The file with one metadata text changed or removed. It has no checksum, because that would be refused first. */
function withMetadata(bytes: Uint8Array, name: string, text: string | undefined): Uint8Array {
  const { tensors, metadata } = readSafetensors(bytes);
  const changed = new Map(metadata);
  changed.delete('crc32c');
  if (text === undefined) changed.delete(name);
  else changed.set(name, text);
  return writeSafetensors(tensors, changed);
}

describe('a network in a file', () => {
  test.each(['float32', 'float64'] as const)('comes back bit for bit: %s', (dtype) => {
    const net = smallNetwork(dtype);
    const bytes = toSafetensors(net);
    const back = fromSafetensors(bytes);
    expect(back.kind).toBe('network');
    expect((back as Network).spec).toEqual(net.spec);
    expect((back as Network).parameters()).toEqual(net.parameters());
    expect(toSafetensors(back)).toEqual(bytes);
    const x = [[0.5, -1, 2]];
    expect((back as Network).predict(x)).toEqual(net.predict(x));
  });

  test('has the tensors of a torch state_dict', () => {
    const { tensors } = readSafetensors(toSafetensors(smallNetwork()));
    const shapes = [...tensors].map(([name, { dtype, shape }]) => [name, dtype, shape]);
    expect(shapes).toEqual([
      ['layers.0.bias', 'F32', [4]],
      ['layers.0.weight', 'F32', [4, 3]],
      ['layers.1.weight', 'F32', [2, 4]],
    ]);
  });

  test('keeps texts of the caller, which the reader ignores', () => {
    const bytes = toSafetensors(smallNetwork(), { metadata: { target: 'species' } });
    expect(readSafetensors(bytes).metadata.get('target')).toBe('species');
    expect(fromSafetensors(bytes).kind).toBe('network');
    for (const name of ['format', 'network', 'classes']) {
      expect(() => toSafetensors(smallNetwork(), { metadata: { [name]: 'x' } })).toThrow(
        RangeError,
      );
    }
  });
});

describe('an estimator in a file', () => {
  test('a classifier comes back with its classes and preparation', async () => {
    const model = await classifier();
    const bytes = toSafetensors(model);
    const back = fromSafetensors(bytes) as FittedClassifier;
    expect(back.kind).toBe('classifier');
    expect(back.classes).toEqual(model.classes);
    expect(back.predict(ROWS)).toEqual(model.predict(ROWS));
    expect(back.predictProbabilities(ROWS)).toEqual(model.predictProbabilities(ROWS));
    expect(toSafetensors(back)).toEqual(bytes);
  });

  test('a regressor comes back with its units', async () => {
    const model = await regressor();
    const bytes = toSafetensors(model);
    const back = fromSafetensors(bytes) as FittedRegressor;
    expect(back.kind).toBe('regressor');
    expect(back.targetScaler).toEqual(model.targetScaler);
    expect(back.predict(ROWS)).toEqual(model.predict(ROWS));
    expect(toSafetensors(back)).toEqual(bytes);
  });

  test('must have been fitted', () => {
    const unfitted = new Classifier() as FittedClassifier;
    expect(() => toSafetensors(unfitted)).toThrow(VinculumError);
    for (const wrong of [undefined, null, 5, 'x', {}, [], { kind: 'network' }]) {
      expect(() => toSafetensors(wrong as unknown as Network)).toThrow(TypeError);
    }
  });
});

describe('a damaged file', () => {
  test.each([
    ['format', undefined, /format must be 'vinculum'; got undefined\. It is no model/],
    ['format', 'pt', /format must be 'vinculum'; got 'pt'/],
    ['formatVersion', '2', /formatVersion must be '1'; got '2'/],
    ['formatVersion', undefined, /formatVersion must be '1'/],
    ['kind', 'forest', /kind must be 'network' or 'classifier' or 'regressor'; got 'forest'/],
    ['kind', 'classifier', /estimatorVersion/],
    ['network', undefined, /must have 'network'/],
    ['network', '{', /metadata 'network' must be JSON/],
    ['network', '[]', /the file's network must be valid/],
    ['network', '{"inputs":3,"layers":[],"seed":0,"dtype":"float32"}', /at least one dense layer/],
    ['network', '{"inputs":3,"layers":[{"kind":"dense","units":4}],"__proto__":1}', /'__proto__'/],
    ['network', '{"inputs":3,"layers":[{"kind":"conv"}]}', /the file's network must be valid/],
    ['network', '{"inputs":1e9,"layers":[{"kind":"dense","units":4}]}', /valid/],
    [
      'network',
      '{"inputs":9000,"layers":[{"kind":"dense","units":9000}]}',
      /tensor 'layers\.0\.weight' must be F32 of shape \[9000, 9000\]/,
    ],
    [
      'network',
      '{"inputs":3,"layers":[{"kind":"dense","units":4}]}',
      /unknown parameter 'layers\.1\.weight'/,
    ],
  ])('%s = %s is refused', (name, text, message) => {
    const bytes = withMetadata(toSafetensors(smallNetwork()), name, text);
    expect(() => fromSafetensors(bytes)).toThrow(ModelFormatError);
    expect(() => fromSafetensors(bytes)).toThrow(message);
  });

  test('with a wrong estimator is refused by an error about the file', async () => {
    const whole = toSafetensors(await classifier());
    for (const [name, text, message] of [
      ['estimatorVersion', '2', /version must be 1; got 2/],
      ['options', '{"maxIter":-1}', /maxIter must be an integer, at least 1/],
      ['preparation', 'null', /preparation must be an object/],
      ['classes', '["b","a"]', /ascending/],
      ['classes', '["a"]', /as many classes as outputs/],
    ] as const) {
      const bytes = withMetadata(whole, name, text);
      expect(() => fromSafetensors(bytes)).toThrow(ModelFormatError);
      expect(() => fromSafetensors(bytes)).toThrow(/the file's estimator must be valid/);
      expect(() => fromSafetensors(bytes)).toThrow(message);
    }
  });

  test('with parameters that are not finite is refused', () => {
    const { tensors, metadata } = readSafetensors(toSafetensors(smallNetwork()));
    const bias = tensors.get('layers.0.bias')!;
    const broken = new Map(tensors).set('layers.0.bias', {
      ...bias,
      data: Float32Array.of(0, NaN, 0, 0),
    });
    const unsigned = new Map([...metadata].filter(([name]) => name !== 'crc32c'));
    expect(() => fromSafetensors(writeSafetensors(broken, unsigned))).toThrow(
      /layers\.0\.bias\[1\] must be a finite float32/,
    );
  });

  test('that was truncated is refused by a clear error, wherever it ends', async () => {
    for (const bytes of [toSafetensors(smallNetwork()), toSafetensors(await classifier())]) {
      for (let length = 0; length < bytes.length; length++) {
        expect(() => fromSafetensors(bytes.subarray(0, length))).toThrow(ModelFormatError);
      }
    }
  });

  test('with any changed bytes gives a model or a ModelFormatError', async () => {
    for (const seed of [toSafetensors(await classifier()), toSafetensors(await regressor())]) {
      const edits = fc.array(fc.tuple(fc.nat(seed.length - 1), fc.nat(255)), {
        minLength: 1,
        maxLength: 6,
      });
      fc.assert(
        fc.property(edits, (changes) => {
          const bytes = seed.slice();
          for (const [index, value] of changes) bytes[index] = value;
          expect(['read', 'refused']).toContain(outcome(bytes));
        }),
        { numRuns: 1500 },
      );
    }
  });

  test('with any JSON in place of its texts gives a model or a ModelFormatError', async () => {
    const seed = toSafetensors(await classifier());
    const parts = ['options', 'preparation', 'classes', 'network', 'estimatorVersion'];
    fc.assert(
      fc.property(fc.constantFrom(...parts), fc.json({ maxDepth: 3 }), (part, text) => {
        expect(['read', 'refused']).toContain(outcome(withMetadata(seed, part, text)));
      }),
      { numRuns: 500 },
    );
  });
});

/** Whether bytes give a model that predicts. False if they are refused by the right error; another error is thrown. */
function outcome(bytes: Uint8Array): 'read' | 'refused' {
  try {
    const model = fromSafetensors(bytes);
    expect(['network', 'classifier', 'regressor']).toContain(model.kind);
    return 'read';
  } catch (error) {
    if (error instanceof ModelFormatError) return 'refused';
    throw error;
  }
}

describe('the checksum', () => {
  const predictions = (model: ReturnType<typeof fromSafetensors>): unknown => {
    if (model.kind === 'network') return model.predict([[0.5, -1, 2]]).data;
    return [
      model.predict(ROWS),
      model.kind === 'classifier' && model.predictProbabilities(ROWS).data,
    ];
  };
  /** The predictions of a file, or a note that an error of the right class refused it. */
  const outcomeOf = (bytes: Uint8Array): unknown => {
    try {
      return predictions(fromSafetensors(bytes));
    } catch (error) {
      return error instanceof ModelFormatError ? 'refused' : error;
    }
  };
  const models = [
    ['network', async () => smallNetwork()],
    ['classifier', classifier],
    ['regressor', regressor],
  ] as const;

  test.each(models)('detects every flipped bit of a %s that changes the model', async (_, make) => {
    const bytes = toSafetensors(await make());
    const expected = predictions(fromSafetensors(bytes));
    const accepted: unknown[] = [];
    // 5 and 8 have no common factor, so each bit of a byte has its turn; `npm run check` tries all.
    const step = process.env['VINCULUM_EXHAUSTIVE'] === '1' ? 1 : 5;
    for (let bit = 0; bit < 8 * bytes.length; bit += step) {
      const flipped = bytes.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      const result = outcomeOf(flipped);
      if (result !== 'refused') accepted.push(result);
    }
    for (const one of accepted) expect(one).toEqual(expected);
    // Only a flip in the name of the checksum is not detected. The file then has no checksum, and the model is unchanged.
    expect(accepted.length).toBeLessThan(8 * 'crc32c'.length);
  });

  test('detects two flipped bits and a changed weight, and the error names the checksum', () => {
    const bytes = toSafetensors(smallNetwork());
    bytes[bytes.length - 1]! ^= 0x81;
    expect(() => fromSafetensors(bytes)).toThrow(
      /^fromSafetensors: the file's checksum must be [\da-f]{8}, that of its bytes; got '[\da-f]{8}'\. The file is damaged\.$/,
    );
  });

  test('is in every file, and digestOf returns it', () => {
    const bytes = toSafetensors(smallNetwork());
    const { stated, computed } = digestOf(bytes);
    expect(stated).toBe(computed);
    expect(readSafetensors(bytes).metadata.get('crc32c')).toBe(computed);
    expect(computed).not.toBe('00000000');
  });

  test('may be missing, as in files of older versions, and a note says so', () => {
    const old = withMetadata(toSafetensors(smallNetwork()), 'crc32c', undefined);
    const notes: string[] = [];
    const model = fromSafetensors(old, { onNote: (note) => notes.push(note) });
    expect(model.kind).toBe('network');
    expect(notes).toEqual([expect.stringMatching(/has no checksum.*Save the model again/)]);
    expect(digestOf(old).stated).toBeUndefined();
    fromSafetensors(toSafetensors(smallNetwork()), { onNote: (note) => notes.push(note) });
    expect(notes.length).toBe(1);
  });
});
