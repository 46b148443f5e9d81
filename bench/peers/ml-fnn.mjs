/** ml-fnn: iterations of `train` over the rows of a batch, which it takes as one matrix. */
import { readFileSync } from 'node:fs';
import { makeRows, refuseHuge } from '../work.mjs';
import mlFnn from 'ml-fnn';

const FeedForwardNetworks = mlFnn.default ?? mlFnn;

export function describe() {
  const { version } = JSON.parse(
    readFileSync(new URL('../node_modules/ml-fnn/package.json', import.meta.url), 'utf8'),
  );
  return `ml-fnn ${version}`;
}

/** @param {import('../work.mjs').Work} work */
export async function prepare(work) {
  const { kind, widths, batch } = work;
  if (kind !== 'train') throw new Error('not measured');
  refuseHuge(work);
  const [inputs, ...units] = widths;
  const values = makeRows(batch, inputs);
  const x = Array.from({ length: batch }, (_, row) =>
    Array.from(values.subarray(row * inputs, (row + 1) * inputs)),
  );
  const y = x.map((_, row) => row % units.at(-1));
  return async (times) => {
    const net = new FeedForwardNetworks({
      hiddenLayers: units.slice(0, -1),
      iterations: times,
      learningRate: 1e-3,
      regularization: 0,
      activation: 'relu',
    });
    const begun = performance.now();
    net.train(x, y);
    return (performance.now() - begun) / 1000 / times;
  };
}
