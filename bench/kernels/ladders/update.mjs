/**
 * The ladders of the update. Their rungs are in rungs-update.c.
 */
import { panelColumns, signed } from './numbers.mjs';

/** @returns {import('./numbers.mjs').Ladder[]} */
export function updateLadders() {
  return [adam(784, 256, 10), adam(784, 1024, 1024, 10), sgd(203_530)];
}

/** Adam on the parameters of a network with these widths, and then the packing of its weights. */
function adam(...widths) {
  const layers = widths.slice(1).map((fanOut, layer) => ({ fanOut, fanIn: widths[layer] }));
  const starts = layers.map((_, layer) => weightsOf(layers.slice(0, layer)));
  const weightCount = weightsOf(layers);
  const size = layers.reduce((sum, { fanOut }) => sum + fanOut, weightCount);
  const perLayer = (name, tensorOf) =>
    Object.fromEntries(layers.map((layer, i) => [`${name}${i}`, tensorOf(layer, starts[i])]));
  return {
    kernel: 'update adam and packWeights',
    size: widths.join('-'),
    rows: 0,
    tensors: {
      ...regions(size),
      secondMoments: { shape: [size], values: (u) => u, moved: 2 },
      ...perLayer('weight', ({ fanOut, fanIn }, start) => ({
        shape: [fanOut, fanIn],
        within: ['parameters', start],
        moved: 0,
      })),
      ...perLayer('packed', ({ fanOut, fanIn }) => ({ shape: [panelColumns(fanOut) * fanIn] })),
    },
    ops: (all) => [
      { kind: 'update', rule: 'adam', ...all, nesterov: false, weightCount },
      ...layers.map((_, i) => ({
        kind: 'packWeights',
        out: all[`packed${i}`],
        weight: all[`weight${i}`],
      })),
    ],
    plain: 'plainUpdate',
    between: { vectors: 'vectorUpdate', 'packed afterwards': 'separateUpdate' },
    operations: 14 * size,
  };
}

function weightsOf(layers) {
  return layers.reduce((sum, { fanOut, fanIn }) => sum + fanOut * fanIn, 0);
}

function sgd(size) {
  return {
    kernel: 'update sgd',
    size: `${size} numbers`,
    rows: 0,
    tensors: regions(size),
    ops: (tensors) => [
      { kind: 'update', rule: 'sgd', ...tensors, nesterov: false, weightCount: size },
    ],
    plain: 'plainUpdate',
    between: { vectors: 'vectorUpdate' },
    operations: 5 * size,
  };
}

/** The regions that both rules read and write. */
const regions = (size) => ({
  parameters: { shape: [size], values: signed, moved: 2 },
  adjoints: { shape: [size], values: signed },
  firstMoments: { shape: [size], values: signed, moved: 2 },
});
