/**
 * The work that everybody does, the ratios that must hold, and the numbers it is done with. All sides see the same rows.
 */

/**
 * @typedef {object} Work
 * @property {string} name
 * @property {'train' | 'epoch' | 'predict' | 'cold'} kind
 * @property {number[]} widths - of the layers, inputs first
 * @property {number} batch - rows of a step, or of a prediction
 * @property {number} rows - of the data set that steps walk through
 */

/** One training step (forward, backward, Adam), ReLU, softmax cross-entropy; an epoch; predictions; a cold start. */
export const WORKS = /** @type {Work[]} */ ([
  { name: '2-16-16-2, b32', kind: 'train', widths: [2, 16, 16, 2], batch: 32, rows: 32 * 256 },
  { name: '30-64-64-2, b32', kind: 'train', widths: [30, 64, 64, 2], batch: 32, rows: 32 * 128 },
  { name: '784-256-10, b128', kind: 'train', widths: [784, 256, 10], batch: 128, rows: 128 * 40 },
  {
    name: '784-1024-1024-10, b512',
    kind: 'train',
    widths: [784, 1024, 1024, 10],
    batch: 512,
    rows: 512 * 8,
  },
  {
    name: 'Fashion-MNIST epoch, 784-100-10, b200',
    kind: 'epoch',
    widths: [784, 100, 10],
    batch: 200,
    rows: 60_000,
  },
  { name: 'predict 1 row, 784-256-10', kind: 'predict', widths: [784, 256, 10], batch: 1, rows: 1 },
  {
    name: 'predict 10,000 rows, 784-256-10',
    kind: 'predict',
    widths: [784, 256, 10],
    batch: 10_000,
    rows: 10_000,
  },
  { name: 'cold start', kind: 'cold', widths: [784, 256, 10], batch: 1, rows: 1 },
]);

/**
 * Floating point operations of the matrix products of one training step: 4 for a weight and row in the first layer, whose
 * input has no adjoint, 6 elsewhere.
 *
 * @param {Work} work
 */
export function operationsOf({ widths, batch }) {
  let sum = 0;
  for (let layer = 1; layer < widths.length; layer++) {
    sum += (layer === 1 ? 4 : 6) * (widths[layer - 1] ?? 0) * (widths[layer] ?? 0);
  }
  return sum * batch;
}

/** For peers that would take minutes. @param {Work} work */
export function refuseHuge(work) {
  if (operationsOf(work) > 1e9) throw new Error('not measured: a step would take minutes');
}

/** Steps of an epoch, or 1. @param {Work} work */
export function stepsOf({ kind, rows, batch }) {
  return kind === 'epoch' ? Math.ceil(rows / batch) : 1;
}

/**
 * Values in [−1, 1) from a 32-bit linear congruential generator (Numerical Recipes' constants), the same in every language.
 *
 * @param {number} count
 * @param {number} columns
 */
export function makeRows(count, columns) {
  let state = 1;
  return Float32Array.from({ length: count * columns }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Labels 0, 1, …, over and over. @param {number} count @param {number} classes */
export function makeLabels(count, classes) {
  return Int32Array.from({ length: count }, (_, row) => row % classes);
}

/**
 * What must hold: a side's time against a peer's (`times`: so many times as fast), or its share of the machine's peak.
 * `of` names sides by the start of their names; the best of them counts.
 *
 * @typedef {{ work: string, side: string, of?: string[], times?: number, share?: number }} Target
 */
export const TARGETS = /** @type {Target[]} */ ([
  { work: '784-1024-1024-10, b512', side: 'native', share: 0.78 },
  { work: '784-1024-1024-10, b512', side: 'native', of: ['jax', 'tensorflow'], times: 1.05 },
  { work: '784-1024-1024-10, b512', side: 'native', of: ['torch'], times: 1.9 },
  { work: '784-1024-1024-10, b512', side: 'wasm 1', share: 0.78 },
  { work: '784-1024-1024-10, b512', side: 'wasm 1', of: ['tfjs wasm'], times: 26 },
  { work: '784-256-10, b128', side: 'native', share: 0.65 },
  { work: '784-256-10, b128', side: 'native', of: ['jax', 'tensorflow'], times: 1.3 },
  { work: '784-256-10, b128', side: 'native', of: ['torch'], times: 2.2 },
  { work: '784-256-10, b128', side: 'wasm 1', of: ['tfjs wasm'], times: 10.5 },
  { work: '30-64-64-2, b32', side: 'native', of: ['jax scanned'], times: 1.6 },
  { work: '30-64-64-2, b32', side: 'native', of: ['jax stepped'], times: 4 },
  { work: '30-64-64-2, b32', side: 'native', of: ['torch', 'scikit-learn'], times: 14 },
  { work: '30-64-64-2, b32', side: 'wasm', of: ['tfjs wasm'], times: 30 },
  { work: '2-16-16-2, b32', side: 'native', of: ['jax scanned'], times: 3 },
  { work: '2-16-16-2, b32', side: 'native', of: ['jax stepped'], times: 14 },
  { work: '2-16-16-2, b32', side: 'native', of: ['torch', 'scikit-learn', 'brain.js'], times: 45 },
  { work: '2-16-16-2, b32', side: 'wasm', of: ['tfjs wasm'], times: 140 },
  { work: 'Fashion-MNIST epoch, 784-100-10, b200', side: 'native', of: ['scikit-learn'], times: 3 },
  {
    work: 'Fashion-MNIST epoch, 784-100-10, b200',
    side: 'native',
    of: ['jax scanned'],
    times: 1.3,
  },
  {
    work: 'Fashion-MNIST epoch, 784-100-10, b200',
    side: 'wasm 1',
    of: ['scikit-learn'],
    times: 0.65,
  },
  { work: 'Fashion-MNIST epoch, 784-100-10, b200', side: 'wasm 2', of: ['scikit-learn'], times: 1 },
  { work: 'predict 1 row, 784-256-10', side: 'native', of: ['onnxruntime-node'], times: 1.5 },
  { work: 'predict 1 row, 784-256-10', side: 'wasm', of: ['onnxruntime-node'], times: 0.9 },
]);
