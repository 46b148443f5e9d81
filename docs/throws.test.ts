/**
 * Every error that the docstring of a public function names is triggered, and has the class that the docstring names. If
 * a documented function or error is missing here, the first test fails.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import * as io from '@vinculum/io';
import * as vinculum from 'vinculum';
import { faultOf, printFault } from 'vinculum/internal';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Gives a value any type, so that a test can pass wrong arguments. */
const wrong = (value: unknown): never => value as never;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const { dense, network, trainer } = vinculum;
const makeNet = (): vinculum.Network =>
  network({ inputs: 2, layers: [dense(3, { activation: 'relu' }), dense(2)] });
const X = [
  [0, 1],
  [1, 0],
];
const Y = [0, 1];
const LOSS = { loss: 'softmax-cross-entropy' } as const;
const UNFITTED = wrong(new vinculum.Classifier());
const TABLE = vinculum.tableFromRows([{ age: 3 }, { age: 4 }]);
const JUDGED = { targets: [0, 1], probabilities: [1, 0, 0, 1], classes: ['cat', 'dog'] };
const MARKED = { targets: [0, 1], probabilities: [0.2, 0.8], labels: ['red', 'round'] };
const TEXT: vinculum.TextColumn = { name: 'pet', kind: 'text', values: ['cat', null] };
const unknownOption = wrong({ surely: 1 });
const ABORTED = { signal: { aborted: true } };
const DIVERGING = { solver: 'sgd', learningRateInit: 1e30 } as const;

type Triggers = Readonly<Record<string, () => unknown>>;

/** The errors of an optimiser or schedule: for an unknown option, and for a value out of its range. */
const made = (make: (options: never) => unknown, outside: object): Triggers => ({
  TypeError: () => make(unknownOption),
  RangeError: () => make(wrong(outside)),
});

const busy = (again: (net: vinculum.Network) => unknown) => async (): Promise<void> => {
  const net = makeNet();
  const first = trainer(net, LOSS);
  try {
    await again(net);
  } finally {
    first.close();
  }
};

const TRIGGERS: Readonly<Record<string, Triggers>> = {
  adagrad: made(vinculum.adagrad, { learningRate: 0 }),
  adam: made(vinculum.adam, { beta1: 1 }),
  adamw: made(vinculum.adamw, { weightDecay: -1 }),
  nadam: made(vinculum.nadam, { momentumDecay: -1 }),
  radam: made(vinculum.radam, { beta2: 1 }),
  rmsprop: made(vinculum.rmsprop, { decayRate: 2 }),
  sgd: made(vinculum.sgd, { nesterov: true }),
  constant: { TypeError: () => vinculum.constant(unknownOption) },
  cosine: made(vinculum.cosine, { minimum: -1 }),
  cosineRestarts: made(vinculum.cosineRestarts, { every: 0 }),
  polynomial: made(vinculum.polynomial, { power: 0 }),
  exponential: made(vinculum.exponential, { factor: 0 }),
  adaptive: made(vinculum.adaptive, { patience: 0 }),
  inverseScaling: made(vinculum.inverseScaling, { power: -1 }),
  oneCycle: made(vinculum.oneCycle, { warmupFraction: 2 }),
  reduceOnPlateau: made(vinculum.reduceOnPlateau, { patience: -1 }),
  step: made(vinculum.step, { every: 0 }),
  warmup: made(vinculum.warmup, { epochs: 0 }),
  dense: {
    TypeError: () => dense(2, unknownOption),
    RangeError: () => dense(0),
  },
  dropout: { RangeError: () => vinculum.dropout(1.5) },
  periodicEmbedding: {
    TypeError: () => vinculum.periodicEmbedding(unknownOption),
    RangeError: () => vinculum.periodicEmbedding({ columns: [2, 1] }),
  },
  categoryEmbedding: {
    TypeError: () => vinculum.categoryEmbedding(unknownOption),
    RangeError: () => vinculum.categoryEmbedding({ columns: [{ column: 2, levels: 0 }] }),
  },
  layerNormalization: {
    TypeError: () => vinculum.layerNormalization({ affine: 1 as never }),
    RangeError: () => vinculum.layerNormalization({ epsilon: 0 }),
  },
  network: {
    TypeError: () => network(wrong({ inputs: '2', layers: [dense(1)] })),
    RangeError: () => network({ inputs: 0, layers: [dense(1)] }),
  },
  fit: {
    TypeError: () => vinculum.fit(makeNet(), { x: X, y: Y }, wrong({ ...LOSS, epocs: 3 })),
    RangeError: () => vinculum.fit(makeNet(), { x: X, y: Y }, { ...LOSS, epochs: -1 }),
    DataError: () => vinculum.fit(makeNet(), { x: X, y: [0, 2] }, LOSS),
    NonFiniteError: () =>
      vinculum.fit(makeNet(), { x: [[3e38, 3e38]], y: [0] }, { ...LOSS, epochs: 1 }),
    VinculumError: busy((net) => vinculum.fit(net, { x: X, y: Y }, LOSS)),
  },
  trainer: {
    TypeError: () => trainer(wrong({}), LOSS),
    RangeError: () => trainer(makeNet(), { ...LOSS, batchSize: 0 }),
    VinculumError: busy((net) => trainer(net, LOSS)),
  },
  evaluate: {
    TypeError: () => vinculum.evaluate(wrong(1), { x: X, y: Y }, LOSS),
    RangeError: () => vinculum.evaluate(makeNet(), { x: X, y: [0] }, LOSS),
    DataError: () => vinculum.evaluate(makeNet(), { x: [[NaN, 1]], y: [0] }, LOSS),
  },
  evaluateClasses: {
    TypeError: () => vinculum.evaluateClasses(wrong({ surely: 1 })),
    RangeError: () => vinculum.evaluateClasses({ ...JUDGED, probabilities: [1, 0, 1] }),
    DataError: () => vinculum.evaluateClasses({ ...JUDGED, targets: [0, 2] }),
  },
  evaluateNumbers: {
    TypeError: () => vinculum.evaluateNumbers(wrong({ surely: 1 })),
    RangeError: () => vinculum.evaluateNumbers({ targets: [1, 2], predictions: [1] }),
    DataError: () => vinculum.evaluateNumbers({ targets: [1], predictions: [NaN] }),
  },
  evaluateLabels: {
    TypeError: () => vinculum.evaluateLabels(wrong({ surely: 1 })),
    RangeError: () => vinculum.evaluateLabels({ ...MARKED, probabilities: [1] }),
    DataError: () => vinculum.evaluateLabels({ ...MARKED, targets: [0, 2] }),
  },
  linearClassBaseline: {
    TypeError: () => vinculum.linearClassBaseline(wrong({ surely: 1 }), X),
    RangeError: () => vinculum.linearClassBaseline({ rows: X, targets: Y, classes: 1 }, X),
    DataError: () => vinculum.linearClassBaseline({ rows: X, targets: [0, 2], classes: 2 }, X),
  },
  linearNumberBaseline: {
    TypeError: () => vinculum.linearNumberBaseline(wrong({ surely: 1 }), X),
    RangeError: () => vinculum.linearNumberBaseline({ rows: X, targets: [1] }, X),
    DataError: () => vinculum.linearNumberBaseline({ rows: X, targets: [1, NaN] }, X),
  },
  integratedGradients: {
    TypeError: () => vinculum.integratedGradients(wrong('model'), X),
    RangeError: () => vinculum.integratedGradients(makeNet(), X),
    DataError: () => vinculum.integratedGradients(makeNet(), [[NaN, 1]]),
  },
  permutationImportance: {
    TypeError: () => vinculum.permutationImportance(wrong('model'), X, Y),
    RangeError: () => vinculum.permutationImportance(makeNet(), X, [0]),
    DataError: () => vinculum.permutationImportance(makeNet(), [[NaN, 1]], [[0, 1]]),
  },
  partialDependence: {
    TypeError: () => vinculum.partialDependence(wrong('model'), X, '0'),
    RangeError: () => vinculum.partialDependence(makeNet(), X, '0', { grid: 1 }),
    DataError: () => vinculum.partialDependence(makeNet(), X, '2'),
  },
  predictor: {
    TypeError: () => vinculum.predictor(wrong(undefined)),
    RangeError: () => vinculum.predictor(makeNet(), { maxRows: 0 }),
  },
  forward: {
    TypeError: () => vinculum.forward(makeNet(), wrong('rows')),
    RangeError: () => vinculum.forward(makeNet(), [[1, 2, 3]]),
    DataError: () => vinculum.forward(makeNet(), [[1, NaN]]),
  },
  backward: {
    TypeError: () => vinculum.backward(makeNet(), X, Y, unknownOption),
    RangeError: () => vinculum.backward(makeNet(), X, [0], LOSS),
    DataError: () => vinculum.backward(makeNet(), X, [0, -1], LOSS),
  },
  traceStep: {
    TypeError: () => vinculum.traceStep(makeNet(), X, Y, unknownOption),
    RangeError: () => vinculum.traceStep(makeNet(), X, [0], LOSS),
    DataError: () => vinculum.traceStep(makeNet(), X, [0, 9], LOSS),
  },
  checkGradients: {
    TypeError: () => vinculum.checkGradients(makeNet(), X, Y, unknownOption),
    RangeError: () => vinculum.checkGradients(makeNet(), X, [0], LOSS),
    DataError: () => vinculum.checkGradients(makeNet(), X, [0, 7], LOSS),
  },
  registerBackend: {
    TypeError: () => vinculum.registerBackend(wrong({ name: 'mine' })),
    RangeError: () =>
      vinculum.registerBackend({ ...vinculum.registeredBackends()[0]!, name: 'auto' }),
  },
  philox4x32: {
    TypeError: () => vinculum.philox4x32(wrong([0, 0, 0, 0]), new Uint32Array(2)),
    RangeError: () => vinculum.philox4x32(new Uint32Array(4), new Uint32Array(2), 17),
  },
  findClasses: {
    TypeError: () => vinculum.findClasses(wrong(3)),
    DataError: () => vinculum.findClasses(wrong(['cat', null])),
  },
  encodeLabels: {
    TypeError: () => vinculum.encodeLabels(['cat'], wrong(3)),
    DataError: () => vinculum.encodeLabels(['cat', 'dog'], wrong(['cow'])),
  },
  labelsOfColumn: { DataError: () => io.labelsOfColumn(TEXT) },
  scratchStorage: {
    DataError() {
      vi.stubEnv('TMPDIR', '/nowhere');
      try {
        io.scratchStorage();
      } finally {
        vi.unstubAllEnvs();
      }
    },
  },
  readMatrix: {
    TypeError: () => vinculum.readMatrix(wrong('rows'), {}),
    RangeError: () => vinculum.readMatrix(X, { columns: 3 }),
    DataError: () => vinculum.readMatrix([[1, 2], [3]], {}),
  },
  fitPreparation: {
    TypeError: () => vinculum.fitPreparation(wrong([])),
    RangeError: () => vinculum.fitPreparation(TABLE, { maxCategories: -1 }),
    DataError: () => vinculum.fitPreparation({ rowCount: 0, columns: [] }),
  },
  prepare: {
    TypeError: () => vinculum.prepare(wrong({}), wrong([])),
    DataError: () =>
      vinculum.prepare(vinculum.fitPreparation(TABLE), vinculum.tableFromRows([{ size: 3 }])),
  },
  trainTestSplit: {
    TypeError: () => vinculum.trainTestSplit(10, unknownOption),
    RangeError: () => vinculum.trainTestSplit(10, { testFraction: 2 }),
    DataError: () => vinculum.trainTestSplit(1),
  },
  kFold: {
    TypeError: () => vinculum.kFold(10, unknownOption),
    RangeError: () => vinculum.kFold(3),
  },
  crossValidate: {
    TypeError: () => vinculum.crossValidate(UNFITTED, X, Y, unknownOption),
    RangeError: () => vinculum.crossValidate(new vinculum.Classifier(), X, Y),
    DataError: () => vinculum.crossValidate(new vinculum.Classifier(), [[NaN], [1]], [0, 0]),
    NonFiniteError: () =>
      vinculum.crossValidate(new vinculum.Regressor(DIVERGING), X, Y, { folds: 2 }),
    VinculumError: () =>
      vinculum.crossValidate(new vinculum.Classifier(ABORTED), X, Y, { folds: 2 }),
  },
  tune: {
    TypeError: () => vinculum.tune(vinculum.Classifier, X, Y, unknownOption),
    RangeError: () => vinculum.tune(vinculum.Classifier, X, Y, { trials: 0 }),
    DataError: () => vinculum.tune(vinculum.Classifier, [[NaN], [1]], [0, 0]),
    VinculumError: () =>
      vinculum.tune(vinculum.Classifier, X, Y, { options: ABORTED, folds: 2, trials: 1 }),
  },
  validationSplit: {
    RangeError: () => vinculum.validationSplit(10, 2, 0),
    DataError: () => vinculum.validationSplit(1, 0.5, 0),
  },
  tableFromRows: {
    TypeError: () => vinculum.tableFromRows(wrong([{ age: 3 }, [3]])),
    DataError: () => vinculum.tableFromRows([[1, 2], [3]]),
  },
  selectRows: {
    TypeError: () => vinculum.selectRows(TABLE, wrong(undefined)),
    RangeError: () => vinculum.selectRows(TABLE, [2]),
  },
  selectMatrixRows: {
    TypeError: () => vinculum.selectMatrixRows(wrong(X), [0]),
    RangeError: () => vinculum.selectMatrixRows(vinculum.readMatrix(X), [2]),
  },
  cellAt: { TypeError: () => vinculum.cellAt(TEXT, wrong('first')) },
  fitTargetScaler: {
    TypeError: () => vinculum.fitTargetScaler(wrong(undefined), 1),
    RangeError: () => vinculum.fitTargetScaler([1, 2, 3], 2),
  },
  scaleTargets: { TypeError: () => vinculum.scaleTargets(wrong({}), [1]) },
  unscaleTargets: { TypeError: () => vinculum.unscaleTargets(wrong({}), [1]) },
  scaling: {
    TypeError: () => vinculum.scaling(unknownOption),
    RangeError: () => vinculum.scaling({ rateFactor: -1 }),
  },
  classColumn: { TypeError: () => vinculum.classColumn(wrong({})) },
  describeTable: {
    TypeError: () => vinculum.describeTable(wrong({})),
    DataError: () => vinculum.describeTable(TABLE, { target: 'aeg' }),
  },
  columnOfTable: {
    TypeError: () => vinculum.columnOfTable(wrong({}), 'age'),
    DataError: () => vinculum.columnOfTable(TABLE, 'aeg'),
  },
  dropColumns: { DataError: () => io.dropColumns(TABLE, ['size']) },
  selectColumns: { DataError: () => io.selectColumns(TABLE, ['size']) },
  toSafetensors: {
    TypeError: () => vinculum.toSafetensors(wrong({})),
    RangeError: () => vinculum.toSafetensors(makeNet(), { metadata: { kind: 'mine' } }),
    VinculumError: () => vinculum.toSafetensors(UNFITTED),
  },
  fromSafetensors: {
    TypeError: () => vinculum.fromSafetensors(wrong('text')),
    ModelFormatError: () => vinculum.fromSafetensors(new Uint8Array(20)),
  },
  readSafetensors: {
    TypeError: () => vinculum.readSafetensors(wrong('text')),
    ModelFormatError: () => vinculum.readSafetensors(new Uint8Array(7)),
  },
  writeSafetensors: {
    TypeError: () =>
      vinculum.writeSafetensors(
        new Map([['w', { dtype: 'F64', shape: [1], data: new Float32Array(1) }]]),
        new Map(),
      ),
    RangeError: () =>
      vinculum.writeSafetensors(
        new Map([['w', { dtype: 'F32', shape: [2], data: new Float32Array(1) }]]),
        new Map(),
      ),
  },
  readTable: {
    TypeError: () => io.readTable(bytes('a\n1\n'), unknownOption),
    RangeError: () => io.readTable(bytes('a\n1\n'), { delimiter: 'ab' }),
    DataError: () => io.readTable(bytes('a,b\n1\n')),
  },
  readTableBatches: {
    TypeError: () => io.readTableBatches(bytes('a\n1\n'), unknownOption).next(),
    RangeError: () =>
      io.readTableBatches(bytes('a\n1\n'), { kinds: { a: 'number' }, decimal: wrong(':') }).next(),
    DataError: () => io.readTableBatches(bytes('a\n1\n'), { kinds: { b: 'number' } }).next(),
  },
  findFashionMnist: { DataError: () => io.findFashionMnist('no/such/folder') },
  readFashionMnist: { DataError: () => io.readFashionMnist('no/such/folder') },
  readIdx: {
    TypeError: () => io.readIdx(wrong('text')),
    DataError: () => io.readIdx(new Uint8Array(5)),
  },
  saveModel: {
    TypeError: () => io.saveModel('never-written', wrong({})),
    ReplacementError: () => io.saveModel('no/such/folder/model.safetensors', makeNet()),
  },
  loadModel: {
    DataError: () => io.loadModel('no/such/file'),
    ModelFormatError: () => io.loadModel(join(ROOT, 'package.json')),
  },
  readModelFile: {
    ModelFormatError: () => io.readModelFile(join(ROOT, 'package.json')),
    Error: () => io.readModelFile('no/such/file'),
  },
  replaceFile: { ReplacementError: () => io.replaceFile('no/such/folder/file') },
  writeFileAtomically: {
    ReplacementError: () => io.writeFileAtomically('no/such/folder/file', new Uint8Array(1)),
  },
};

/** [function, error] of every `@throws` in the docstring of a public function. */
function documented(): [name: string, error: string][] {
  const open = new Set([...Object.keys(vinculum), ...Object.keys(io)]);
  const files = execFileSync('git', ['ls-files', 'packages/core/src', 'packages/io/src'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const pattern =
    /\/\*\*((?:(?!\*\/)[\s\S])*?)\*\/\s*export (?:async )?(?:function\*?|const|class) (\w+)/g;
  return files
    .split('\n')
    .filter((path) => /(?<!\.test|\.d)\.ts$/.test(path))
    .flatMap((path) => [...readFileSync(join(ROOT, path), 'utf8').matchAll(pattern)])
    .filter(([, , name = '']) => open.has(name))
    .flatMap(([, docstring = '', name = '']) =>
      Array.from(docstring.matchAll(/@throws \{(\w+)\}/g), (match): [string, string] => [
        name,
        match[1]!,
      ]),
    );
}

test('every documented error of a public function is triggered below', () => {
  const missing = documented().filter(([name, error]) => TRIGGERS[name]?.[error] === undefined);
  expect(missing).toEqual([]);
  expect(documented().length).toBeGreaterThan(60);
});

test.each(
  Object.entries(TRIGGERS).flatMap(([name, errors]) =>
    Object.entries(errors).map(([error, trigger]) => ({ name, error, trigger })),
  ),
)('$name throws a $error', async ({ error, trigger }) => {
  let thrown: unknown;
  try {
    await trigger();
  } catch (caught) {
    thrown = caught;
  }
  expect(thrown).toBeInstanceOf(Error);
  expect((thrown as Error).name, String(thrown)).toBe(error);
  expect((thrown as Error).message).not.toMatch(/^internal:/);
  // The message must be made from the parts of the fault, because programs read the parts and people read the message.
  const fault = faultOf(thrown);
  expect(fault, String(thrown)).toBeDefined();
  expect((thrown as Error).message).toBe(printFault(fault!));
});
