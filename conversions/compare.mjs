/**
 * Compares exported models with onnxruntime: random networks of every kind of layer, and random estimators on tables of every kind
 * of column, ensembles among them. Outputs must agree within 1e-5 and labels entirely. `npm run conversions` installs the
 * runtime and calls this script.
 *
 *     node conversions/compare.mjs [MODELS]
 */
import { createRequire } from 'node:module';
import {
  categoryEmbedding,
  Classifier,
  dense,
  dropout,
  layerNormalization,
  network,
  periodicEmbedding,
  Regressor,
  scaling,
} from 'vinculum';
import { ACTIVATION_KINDS } from 'vinculum/internal';
import { toOnnx } from '@vinculum/onnx';

const { InferenceSession, Tensor } = createRequire(import.meta.url)('onnxruntime-node');

const MODELS = Number(process.argv[2] ?? 100);
const ROWS = 90;
/** The largest |runtime − model| / max(|model|, LEAST). */
const BOUND = 1e-5;
/** Of an output near 0 the absolute error counts, and may be 1e-6: the sum behind it has terms of about 1. */
const LEAST = 0.1;
const DAY = 86_400_000;

/** @param {number} seed */
function randomOf(seed) {
  let state = seed * 2_654_435_761 + 12_345;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * @template One
 * @param {() => number} random
 * @param {readonly One[]} choices
 */
function oneOf(random, choices) {
  return choices[Math.floor(random() * choices.length)];
}

/** @param {() => number} random */
function randomNetwork(random) {
  const inputs = 2 + Math.floor(random() * 6);
  const layers = [
    ...(random() < 0.3
      ? [categoryEmbedding({ columns: [{ column: 1, levels: 4 }], size: 3 })]
      : []),
    ...(random() < 0.3 ? [periodicEmbedding({ columns: [0], frequencies: 5, units: 2 })] : []),
    ...(random() < 0.3 ? [scaling()] : []),
    ...(random() < 0.3 ? [dropout(0.2)] : []),
  ];
  // A category embedding must see the numbers of its column unchanged.
  if (layers[0]?.kind === 'category-embedding' && layers.length > 1) layers.splice(1);
  for (let depth = 1 + Math.floor(random() * 3); depth > 0; depth--) {
    layers.push(
      dense(1 + Math.floor(random() * 40), { activation: oneOf(random, ACTIVATION_KINDS) }),
    );
    if (random() < 0.3) layers.push(layerNormalization());
  }
  layers.push(dense(1 + Math.floor(random() * 5)));
  const output = oneOf(random, /** @type {const} */ (['identity', 'softmax', 'sigmoid', 'exp']));
  return network({ inputs, layers, output, seed: Math.floor(random() * 1e6) });
}

/** @typedef {{ name: string, cells: (number | string | boolean | null)[], kind: 'number' | 'text' | 'boolean' | 'date' }} Column */

/** @param {() => number} random @returns {Column[]} */
function randomColumns(random) {
  const kinds = /** @type {const} */ (['number', 'text', 'boolean', 'date', 'number']);
  return Array.from({ length: 1 + Math.floor(random() * 6) }, (_, place) => {
    const kind = place === 0 ? 'number' : oneOf(random, kinds);
    const gaps = random() < 0.5 ? 0.1 : 0;
    const [mean, scale] = [
      (random() - 0.5) * 10 ** Math.floor(random() * 7),
      10 ** (random() * 4 - 2),
    ];
    const words = Array.from(
      { length: 2 + Math.floor(random() * 12) },
      (_one, word) => `word ${word}, “ä”`,
    );
    const cell = () => {
      if (random() < gaps) return null;
      if (kind === 'number') return mean + scale * (random() + random() + random() - 1.5);
      if (kind === 'text') return oneOf(random, words);
      if (kind === 'boolean') return random() < 0.4;
      return new Date(
        Math.floor((random() - 0.4) * 40_000) * DAY + Math.floor(random() * 1440) * 60_000,
      )
        .toISOString()
        .slice(0, 16)
        .replace('T', ' ');
    };
    return { name: `column ${place}`, kind, cells: Array.from({ length: ROWS }, cell) };
  });
}

/** @param {readonly Column[]} columns */
function rowsOf(columns) {
  return Array.from({ length: ROWS }, (_, row) =>
    Object.fromEntries(columns.map(({ name, cells }) => [name, cells[row] ?? null])),
  );
}

/** @param {Column} column */
function tensorOf({ kind, cells }) {
  if (kind === 'text')
    return new Tensor(
      'string',
      cells.map((cell) => cell ?? ''),
      [ROWS, 1],
    );
  const numbers = cells.map((cell) => {
    if (cell === null) return NaN;
    return kind === 'date' ? Date.parse(`${String(cell).replace(' ', 'T')}:00Z`) : Number(cell);
  });
  return new Tensor('float64', Float64Array.from(numbers), [ROWS, 1]);
}

/** @param {() => number} random */
function optionsOf(random) {
  return {
    preset: oneOf(random, /** @type {const} */ (['fast', 'balanced'])),
    hiddenLayerSizes: [4 + Math.floor(random() * 30)],
    members: oneOf(random, [1, 2, 3]),
    embedding: oneOf(random, /** @type {const} */ (['none', 'periodic'])),
    embedAbove: oneOf(random, /** @type {const} */ (['never', 3])),
    activation: oneOf(random, /** @type {const} */ (['relu', 'tanh', 'logistic'])),
    maxIter: 2,
    randomState: Math.floor(random() * 1e6),
  };
}

/**
 * The largest relative difference of two lists.
 *
 * @param {ArrayLike<number>} got
 * @param {ArrayLike<number>} wanted
 */
function differenceOf(got, wanted) {
  let worst = got.length === wanted.length ? 0 : Infinity;
  for (let at = 0; at < wanted.length; at++) {
    const [one, other] = [got[at] ?? NaN, wanted[at] ?? NaN];
    const error = Math.abs(one - other) / Math.max(Math.abs(other), LEAST);
    worst = Math.max(worst, Number.isNaN(error) && one !== other ? Infinity : error || 0);
  }
  return worst;
}

/** @param {Uint8Array} bytes @param {Record<string, unknown>} feeds */
async function runtimeOutputs(bytes, feeds) {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 });
  return session.run(feeds);
}

/** @param {number} seed */
async function compareNetwork(seed) {
  const random = randomOf(seed);
  const net = randomNetwork(random);
  const { inputs, layers } = net.spec;
  const isCategory = layers[0]?.kind === 'category-embedding';
  const data = Float32Array.from({ length: ROWS * inputs }, (_, at) =>
    isCategory && at % inputs === 1 ? Math.floor(random() * 4) : 4 * random() - 2,
  );
  const outputs = await runtimeOutputs(toOnnx(net), {
    x: new Tensor('float32', data, [ROWS, inputs]),
  });
  return differenceOf(outputs.output.data, net.predict({ data, shape: [ROWS, inputs] }).data);
}

/** @param {number} seed */
async function compareEstimator(seed) {
  const random = randomOf(seed);
  const columns = randomColumns(random);
  const rows = rowsOf(columns);
  const isClassifier = random() < 0.6;
  const labels = rows.map((_, row) => `class ${(row + Math.floor(1.5 * random())) % 3}`);
  const numbers = rows.map((row) => Number(row['column 0']) * 3 + 10 * random());
  const options = optionsOf(random);
  const model = isClassifier
    ? await new Classifier(options).fit(rows, labels)
    : await new Regressor(options).fit(rows, numbers);
  const used = new Set(
    model.preparation.columns.filter(({ kind }) => kind !== 'ignored').map(({ name }) => name),
  );
  const feeds = Object.fromEntries(
    columns.filter(({ name }) => used.has(name)).map((column) => [column.name, tensorOf(column)]),
  );
  const outputs = await runtimeOutputs(toOnnx(model), feeds);
  if (model.kind === 'regressor') {
    return differenceOf(outputs.prediction.data, model.predict(rows));
  }
  const own = model.predictProbabilities(rows).data;
  const difference = differenceOf(outputs.probabilities.data, own);
  const sameLabels = model.predict(rows).every((label, row) => label === outputs.label.data[row]);
  return sameLabels ? difference : Infinity;
}

let worst = 0;
let failed = 0;
for (let seed = 0; seed < MODELS; seed++) {
  const difference = seed % 2 === 0 ? await compareNetwork(seed) : await compareEstimator(seed);
  worst = Math.max(worst, difference);
  if (difference <= BOUND) continue;
  failed++;
  process.stdout.write(`model ${seed}: largest difference ${difference.toExponential(1)}\n`);
}
process.stdout.write(
  `${MODELS - failed} of ${MODELS} models agree with onnxruntime within ${BOUND}; largest difference ${worst.toExponential(1)}\n`,
);
process.exitCode = failed === 0 ? 0 : 1;
