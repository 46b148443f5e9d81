/**
 * The ladders of softmax, the losses and their adjoints. Their rungs are in rungs-rows.c.
 */
import { below, doubles, EXP, signed, wide } from './numbers.mjs';

/** @returns {import('./numbers.mjs').Ladder[]} */
export function rowLadders() {
  return [
    ...[
      { rows: 512, classes: 10 },
      { rows: 128, classes: 1000 },
    ].flatMap(softmaxes),
    ...squaredErrors(512, 10),
  ];
}

/** Softmax, its cross-entropy with labels, and the adjoint of this loss. */
function softmaxes({ rows, classes }) {
  const count = rows * classes;
  const shared = { size: `${rows} × ${classes}`, rows };
  const loss = { kind: 'softmax-cross-entropy', labelSmoothing: 0, delta: 1 };
  const logits = { shape: ['N', classes], values: wide };
  const target = { shape: ['N'], type: 'int32', values: below(classes) };
  const softmax = doubles(EXP + 1) + 2;
  return [
    {
      ...shared,
      kernel: 'output softmax',
      tensors: { out: { shape: ['N', classes] }, logits },
      ops: (tensors) => [{ kind: 'output', ...tensors, function: 'softmax' }],
      plain: 'plainSoftmax',
      between: { 'vectors along the classes': 'vectorSoftmax' },
      operations: softmax * count,
    },
    {
      ...shared,
      kernel: 'loss softmax-cross-entropy',
      tensors: {
        logits,
        probabilities: { shape: ['N', classes] },
        rowLosses: { shape: ['N'], type: 'float64' },
        target,
      },
      ops: (tensors) => [{ kind: 'loss', ...tensors, loss }],
      plain: 'plainCrossEntropy',
      between: { 'vectors along the classes': 'vectorCrossEntropy' },
      operations: (softmax + doubles(1)) * count,
    },
    {
      ...shared,
      kernel: 'lossAdjoint softmax-cross-entropy',
      tensors: {
        out: { shape: ['N', classes] },
        logits: { ...logits, moved: 0 },
        probabilities: { shape: ['N', classes], values: (u) => u },
        target,
      },
      ops: (tensors) => [{ kind: 'lossAdjoint', ...tensors, loss }],
      plain: 'plainCrossEntropyAdjoint',
      between: { 'all rows as one': 'flatCrossEntropyAdjoint' },
      operations: 2 * count,
    },
  ];
}

function squaredErrors(rows, columns) {
  const shared = { size: `${rows} × ${columns}`, rows };
  const loss = { kind: 'mse', labelSmoothing: 0, delta: 1 };
  const inputs = {
    logits: { shape: ['N', columns], values: signed },
    target: { shape: ['N', columns], values: signed },
  };
  return [
    {
      ...shared,
      kernel: 'loss mse',
      tensors: { ...inputs, rowLosses: { shape: ['N'], type: 'float64' } },
      ops: (tensors) => [{ kind: 'loss', ...tensors, loss }],
      plain: 'plainSquaredError',
      between: { 'vectors of the lanes': 'vectorSquaredError' },
      operations: doubles(3) * rows * columns,
    },
    {
      ...shared,
      kernel: 'lossAdjoint mse',
      tensors: { ...inputs, out: { shape: ['N', columns] } },
      ops: (tensors) => [{ kind: 'lossAdjoint', ...tensors, loss }],
      plain: 'plainSquaredErrorAdjoint',
      between: { 'all rows as one': 'flatSquaredErrorAdjoint' },
      operations: 3 * rows * columns,
    },
  ];
}
