/**
 * The targets of the benchmark by kind of CPU. cpu.mjs says which list a machine gets, and targets.mjs compares a run with it.
 *
 * `side` names a side of vinculum, of which the best number of threads counts: `native` in portable numerics, `native fused` in fused ones.
 */

/** @typedef {import('./targets.mjs').Target} Target */

const WIDE = '784-1024-1024-10, b512';
const MIDDLE = '784-256-10, b128';
const SMALL = '30-64-64-2, b32';
const TINY = '2-16-16-2, b32';
const EPOCH = 'Fashion-MNIST epoch, 784-100-10, b200';
const ONE_ROW = 'predict 1 row, 784-256-10';
const MANY_ROWS = 'predict 10,000 rows, 784-256-10';
const COLD = 'cold start';

/**
 * Fused numerics are "no slower" from this ratio on. Two runs of the same code differ by as much, and where fused numerics gain
 * nothing, half of all runs would miss a ratio of 1.
 */
const LEVEL = 0.97;

/** A run that chooses its number of threads may take so many times as long as the better fixed number. */
const CHOICE = 1.15;

/**
 * The targets of every kind: what a second thread gains, and ratios to peers that do not depend on how a CPU multiplies.
 *
 * @returns {Target[]}
 */
export function anywhere() {
  return [
    { work: WIDE, side: 'native', gain: 1.7 },
    { work: WIDE, side: 'wasm', gain: 1.7 },
    { work: WIDE, side: 'wasm 1', of: ['tfjs wasm'], times: 26 },
    { work: MIDDLE, side: 'native', gain: 1.7 },
    { work: MIDDLE, side: 'wasm', gain: 1.7 },
    { work: MIDDLE, side: 'wasm 1', of: ['tfjs wasm'], times: 10.5 },
    { work: SMALL, side: 'wasm', of: ['tfjs wasm'], times: 30 },
    { work: TINY, side: 'native', of: ['brain.js'], times: 45 },
    { work: TINY, side: 'wasm', of: ['tfjs wasm'], times: 140 },
    { work: ONE_ROW, side: 'native', of: ['onnxruntime-node'], times: 1.5 },
    { work: ONE_ROW, side: 'wasm', of: ['onnxruntime-node'], times: 0.9 },
    { work: MANY_ROWS, side: 'native', gain: 1.7 },
    { work: MANY_ROWS, side: 'native fused', gain: 1.7 },
    ...[WIDE, MIDDLE, SMALL, TINY, EPOCH].map((work) => ({
      work,
      side: 'native auto',
      of: ['native 1', 'native 2'],
      times: 1 / CHOICE,
    })),
  ];
}

/**
 * Multiplications and additions have ports of their own, so portable numerics must be ahead of every peer, and fused ones no slower.
 *
 * @returns {Target[]}
 */
export function zen5() {
  return [
    ...anywhere(),
    { work: WIDE, side: 'native', share: 0.78 },
    { work: WIDE, side: 'native', of: ['jax', 'tensorflow'], times: 1.05 },
    { work: WIDE, side: 'native', of: ['torch'], times: 1.9 },
    { work: WIDE, side: 'wasm 1', share: 0.78 },
    { work: MIDDLE, side: 'native', share: 0.65 },
    { work: MIDDLE, side: 'native', of: ['jax', 'tensorflow'], times: 1.3 },
    { work: MIDDLE, side: 'native', of: ['torch'], times: 2.2 },
    { work: SMALL, side: 'native', of: ['jax scanned'], times: 1.6 },
    { work: SMALL, side: 'native', of: ['jax stepped'], times: 4 },
    { work: SMALL, side: 'native', of: ['torch'], times: 14 },
    { work: SMALL, side: 'native', of: ['scikit-learn'], times: 14 },
    { work: TINY, side: 'native', of: ['jax scanned'], times: 3 },
    { work: TINY, side: 'native', of: ['jax stepped'], times: 14 },
    { work: TINY, side: 'native', of: ['torch'], times: 45 },
    { work: TINY, side: 'native', of: ['scikit-learn'], times: 45 },
    { work: EPOCH, side: 'native', of: ['scikit-learn'], times: 3 },
    { work: EPOCH, side: 'native', of: ['jax scanned'], times: 1.3 },
    { work: EPOCH, side: 'wasm 1', of: ['scikit-learn'], times: 0.65 },
    { work: EPOCH, side: 'wasm 2', of: ['scikit-learn'], times: 1 },
    { work: MANY_ROWS, side: 'native', of: ['onnxruntime-node'], times: 1.2 },
    { work: MANY_ROWS, side: 'native', of: ['jax'], times: 1.2 },
    { work: COLD, side: 'wasm', seconds: 0.06 },
    ...[WIDE, MIDDLE, SMALL, TINY, EPOCH, ONE_ROW, MANY_ROWS].map((work) => ({
      work,
      side: 'native fused',
      of: ['native'],
      times: LEVEL,
    })),
  ];
}

/**
 * A fused multiply-add takes the time of a multiplication, and the peers fuse. So fused numerics must be ahead of every peer, and
 * portable ones must reach their share of a peak that is half as high.
 *
 * @returns {Target[]}
 */
export function intelAvx512() {
  const best = ['jax', 'tensorflow', 'torch'];
  return [
    ...anywhere(),
    { work: WIDE, side: 'native fused', of: best, times: 1.15 },
    { work: WIDE, side: 'native', share: 0.75 },
    { work: MIDDLE, side: 'native fused', of: best, times: 1.3 },
    { work: MIDDLE, side: 'native', share: 0.6 },
    { work: EPOCH, side: 'native fused', of: best, times: 1.2 },
    { work: MANY_ROWS, side: 'native fused', of: ['onnxruntime-node'], times: 1.2 },
    { work: MANY_ROWS, side: 'native fused', of: ['jax'], times: 1.2 },
    // A start of an empty Node is 1.09 times as long as ours may be, which is 0.6 of the ratio before the core was bundled (1.53).
    { work: COLD, side: 'wasm', of: ['an empty node'], times: 1.09 },
  ];
}
