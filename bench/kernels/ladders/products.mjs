/**
 * The ladders of the matrix products and of the packing. Their rungs are in rungs-products.c.
 */
import { panelColumns, signed } from './numbers.mjs';

/** @returns {import('./numbers.mjs').Ladder[]} */
export function productLadders() {
  return [
    ...[
      { rows: 128, fanIn: 784, fanOut: 256 },
      { rows: 512, fanIn: 1024, fanOut: 1024 },
      { rows: 128, fanIn: 256, fanOut: 10 },
    ].flatMap(products),
    ...[
      { fanIn: 784, fanOut: 256 },
      { fanIn: 1024, fanOut: 1024 },
      // Rows of this length are spread over the sets of a cache. Rows of 4 KiB would share a few sets.
      { fanIn: 1040, fanOut: 1024 },
    ].map(packing),
  ];
}

const PRODUCT_RUNGS = {
  plain: 'plainProduct',
  between: { vectors: 'vectorProduct', 'a tile of 4 × 2': 'tileProduct' },
};

/** The three products of a layer, each with its fused operation: bias and ReLU, ReLU′ of the layer below, the adjoint of the bias. */
function products({ rows, fanIn, fanOut }) {
  const weight = { shape: [fanOut, fanIn], values: signed };
  const outBar = { shape: ['N', fanOut], values: signed };
  const shared = {
    size: `${rows} × ${fanIn} × ${fanOut}`,
    rows,
    operations: 2 * rows * fanIn * fanOut,
    fuses: true,
    ...PRODUCT_RUNGS,
  };
  return [
    {
      ...shared,
      kernel: 'packWeights and dense',
      tensors: {
        out: { shape: ['N', fanOut] },
        input: { shape: ['N', fanIn], values: signed },
        weight,
        packed: { shape: [panelColumns(fanOut) * fanIn], own: true },
        bias: { shape: [fanOut], values: signed },
      },
      ops: ({ out, input, weight: from, packed, bias }) => [
        { kind: 'packWeights', out: packed, weight: from },
        { kind: 'dense', out, input, weight: from, packed, bias, activation: { kind: 'relu' } },
      ],
    },
    {
      ...shared,
      kernel: 'denseInputAdjoint',
      tensors: {
        inputBar: { shape: ['N', fanIn] },
        outBar,
        weight,
        source: { shape: ['N', fanIn], values: signed },
      },
      ops: (tensors) => [{ kind: 'denseInputAdjoint', ...tensors, activation: { kind: 'relu' } }],
    },
    {
      ...shared,
      kernel: 'denseWeightAdjoint',
      tensors: {
        weightBar: { shape: [fanOut, fanIn] },
        biasBar: { shape: [fanOut] },
        outBar,
        input: { shape: ['N', fanIn], values: signed },
      },
      ops: (tensors) => [{ kind: 'denseWeightAdjoint', ...tensors }],
    },
  ];
}

function packing({ fanIn, fanOut }) {
  return {
    kernel: 'packWeights',
    size: `${fanIn} × ${fanOut}`,
    rows: 0,
    tensors: {
      out: { shape: [panelColumns(fanOut) * fanIn] },
      weight: { shape: [fanOut, fanIn], values: signed },
    },
    ops: (tensors) => [{ kind: 'packWeights', ...tensors }],
    plain: 'plainPacking',
    between: { 'lines of a panel': 'linePacking' },
  };
}
