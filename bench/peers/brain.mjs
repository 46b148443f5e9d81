/**
 * brain.js: one iteration of `train` over the rows of a batch. It learns row by row, by its own `adam` if its version has one.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { makeRows, refuseHuge } from '../work.mjs';

const require = createRequire(import.meta.url);
const brain = require('brain.js');

export function describe() {
  const { version } = JSON.parse(
    readFileSync(new URL('../node_modules/brain.js/package.json', import.meta.url), 'utf8'),
  );
  return `brain.js ${version}`;
}

/** @param {import('../work.mjs').Work} work */
export async function prepare(work) {
  const { kind, widths, batch } = work;
  if (kind !== 'train') throw new Error('not measured');
  refuseHuge(work);
  const [inputs, ...units] = widths;
  const outputs = units.at(-1);
  const net = new brain.NeuralNetwork({ hiddenLayers: units.slice(0, -1), activation: 'relu' });
  const values = makeRows(batch, inputs);
  const rows = Array.from({ length: batch }, (_, row) => ({
    input: Array.from(values.subarray(row * inputs, (row + 1) * inputs)),
    output: oneHot(row % outputs, outputs),
  }));
  const train = (iterations) =>
    net.train(rows, {
      iterations,
      errorThresh: 1e-12,
      praxis: 'adam',
      learningRate: 1e-3,
      log: false,
    });
  train(1);
  return async (times) => {
    const begun = performance.now();
    train(times);
    return (performance.now() - begun) / 1000 / times;
  };
}

function oneHot(label, classes) {
  return Array.from({ length: classes }, (_, c) => (c === label ? 1 : 0));
}
