/**
 * The work that every side does, and its data. All sides get the same rows. The targets are in targets.mjs.
 */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/**
 * @typedef {object} Work
 * @property {string} name
 * @property {'train' | 'epoch' | 'predict' | 'cold'} kind
 * @property {number[]} widths - of the layers, inputs first
 * @property {number} batch - rows of a step, or of a prediction
 * @property {number} rows - of the data set from which the batches are taken
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
 * The floating point operations of the matrix products of one training step: for each weight and row 4 in the first layer,
 * whose input needs no adjoint, and 6 in every other layer.
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

/** Refuses a large work for a peer that would need minutes for a step. @param {Work} work */
export function refuseHuge(work) {
  if (operationsOf(work) > 1e9) throw new Error('not measured: a step would take minutes');
}

/** The number of steps of an epoch; 1 for any other work. @param {Work} work */
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

/** The folder in which Debian's package dataset-fashion-mnist installs its files. */
const FASHION_MNIST = '/usr/share/datasets/fashion-mnist';

const hasFashionMnist = () => existsSync(FASHION_MNIST);

/** The source of the rows of the epoch, as text for the report. */
export function fashionMnistSource() {
  return hasFashionMnist()
    ? 'Fashion-MNIST from Debian’s package dataset-fashion-mnist; bytes for vinculum, float32 for the others'
    : 'random numbers in the shape of Fashion-MNIST, because dataset-fashion-mnist is not installed';
}

/**
 * Rows and labels to train on: for the epoch the bytes of Fashion-MNIST if they are installed, else drawn numbers.
 *
 * @param {Work} work
 * @returns {{ data: Float32Array | Uint8Array, labels: Int32Array | Uint8Array }}
 */
export function makeData({ kind, widths, rows }) {
  if (kind === 'epoch' && hasFashionMnist()) {
    const [data, labels] = [readIdx('train-images-idx3', 16), readIdx('train-labels-idx1', 8)];
    return { data, labels };
  }
  return { data: makeRows(rows, widths[0] ?? 0), labels: makeLabels(rows, widths.at(-1) ?? 0) };
}

/** The bytes of an IDX file after its header. @param {string} name @param {number} header */
function readIdx(name, header) {
  return new Uint8Array(gunzipSync(readFileSync(`${FASHION_MNIST}/${name}-ubyte.gz`))).subarray(
    header,
  );
}
