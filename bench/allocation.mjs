/**
 * Measures the memory that a training step does not free. It takes 50 samples of heap and external memory after a garbage
 * collection, 2,000 steps apart, and prints the slope of their least squares line in bytes per step. The target is less
 * than 1. Run it as `node --expose-gc bench/allocation.mjs`.
 */
import {
  adam,
  dense,
  network,
  registeredBackends,
  trainer,
} from '../packages/core/dist/node/index.js';
import { makeLabels, makeRows } from './work.mjs';

const SAMPLES = 50;
const STEPS = 2000;

/** The slope of the least squares line through values at 0, 1, 2, … */
function slope(values) {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let above = 0;
  let below = 0;
  values.forEach((value, index) => {
    above += (index - middle) * (value - mean);
    below += (index - middle) ** 2;
  });
  return above / below;
}

for (const { name, precision } of registeredBackends()) {
  if (precision !== 'float32') continue;
  for (const threads of [1, 2]) {
    const net = network({ inputs: 16, layers: [dense(32, { activation: 'relu' }), dense(4)] });
    const run = trainer(net, {
      loss: 'softmax-cross-entropy',
      optimizer: adam(),
      batchSize: 32,
      backend: name,
      threads,
    });
    const batch = { x: { data: makeRows(32, 16), shape: [32, 16] }, y: makeLabels(32, 4) };
    await new Promise((resolve) => setTimeout(resolve, 300));
    const sizes = [];
    for (let sample = 0; sample < SAMPLES + 5; sample++) {
      for (let step = 0; step < STEPS; step++) run.step(batch);
      globalThis.gc();
      const { heapUsed, external } = process.memoryUsage();
      if (sample >= 5) sizes.push(heapUsed + external);
    }
    run.close();
    console.log(`${name}, threads ${threads}: ${(slope(sizes) / STEPS).toFixed(3)} bytes a step`);
  }
}
