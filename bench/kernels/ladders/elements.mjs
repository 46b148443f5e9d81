/**
 * The ladders of the elementwise kernels. Their rungs are in rungs-elements.c.
 */
import { below, doubles, ERFC, EXP, SIGMOID, signed, TANH, wide } from './numbers.mjs';

const GELU = ERFC + 3;
const GELU_SLOPE = ERFC + EXP + 7;
const TANH_SLOPE = 3;

/** @returns {import('./numbers.mjs').Ladder[]} */
export function elementLadders() {
  return [
    ...gathers(128, 784),
    ...activations(256, 256),
    sigmoid(256, 256),
    dropout(256, 256),
    sumOfSquares(203_530),
    scale(203_530),
  ];
}

/** The ladders of gathering rows from a data window that is as long as twenty batches. */
function gathers(rows, columns) {
  const window = 20 * rows;
  const gather = (type, values, rungs) => ({
    kernel: `gather ${type}`,
    size: `${rows} × ${columns}`,
    rows,
    tensors: {
      out: { shape: ['N', columns] },
      source: { shape: [window, columns], type, values, moved: rows / window },
      rows: { shape: ['N'], type: 'uint32', values: below(window) },
    },
    ops: (tensors) => [{ kind: 'gather', ...tensors, scale: 1 / 255 }],
    plain: 'plainGather',
    ...rungs,
  });
  return [
    gather('float32', signed, {}),
    gather('uint8', below(256), {
      between: { 'products looked up': 'lookupGather' },
      operations: rows * columns,
    }),
  ];
}

function activations(rows, columns) {
  const count = rows * columns;
  const costs = {
    relu: [0, 1],
    gelu: [doubles(GELU), doubles(GELU_SLOPE) + 1],
    tanh: [doubles(TANH), doubles(TANH_SLOPE) + 1],
  };
  return Object.entries(costs).flatMap(([kind, [forward, backward]]) => {
    const shared = { size: `${rows} × ${columns}`, rows };
    const out = { shape: ['N', columns] };
    const activation = { kind };
    return [
      {
        ...shared,
        kernel: `activation ${kind}`,
        tensors: { out, input: { shape: ['N', columns], values: wide } },
        ops: (tensors) => [{ kind: 'activation', ...tensors, activation }],
        plain: 'plainActivation',
        operations: forward * count,
      },
      {
        ...shared,
        kernel: `activationAdjoint ${kind}`,
        tensors: {
          out,
          input: { shape: ['N', columns], values: signed },
          source: { shape: ['N', columns], values: kind === 'tanh' ? signed : wide },
        },
        ops: (tensors) => [{ kind: 'activationAdjoint', ...tensors, activation }],
        plain: 'plainActivationAdjoint',
        operations: backward * count,
      },
    ];
  });
}

function sigmoid(rows, columns) {
  return {
    kernel: 'output sigmoid',
    size: `${rows} × ${columns}`,
    rows,
    tensors: { out: { shape: ['N', columns] }, logits: { shape: ['N', columns], values: wide } },
    ops: (tensors) => [{ kind: 'output', ...tensors, function: 'sigmoid' }],
    plain: 'plainSigmoid',
    operations: doubles(SIGMOID) * rows * columns,
  };
}

function dropout(rows, columns) {
  return {
    kernel: 'dropout',
    size: `${rows} × ${columns}`,
    rows,
    tensors: { out: { shape: ['N', columns] }, input: { shape: ['N', columns], values: signed } },
    ops: (tensors) => [{ kind: 'dropout', ...tensors, rate: 0.2, layer: 0 }],
    plain: 'plainDropout',
    between: { 'a block for four units': 'blockDropout' },
    operations: rows * columns,
  };
}

function sumOfSquares(size) {
  return {
    kernel: 'sumOfSquares',
    size: `${size} numbers`,
    rows: 0,
    tensors: {
      source: { shape: [size], values: signed },
      blocks: { shape: [2 * Math.ceil(size / 4096)], type: 'float64' },
    },
    ops: (tensors) => [{ kind: 'sumOfSquares', ...tensors }],
    plain: 'plainSquares',
    between: { 'vectors, block after block': 'vectorSquares' },
    operations: doubles(2) * size,
  };
}

function scale(size) {
  return {
    kernel: 'scale',
    size: `${size} numbers`,
    rows: 0,
    tensors: { out: { shape: [size] }, input: { shape: [size], values: signed } },
    ops: (tensors) => [{ kind: 'scale', ...tensors, factor: 'clipScale' }],
    plain: 'plainScale',
    operations: size,
  };
}
