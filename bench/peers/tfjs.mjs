/**
 * TensorFlow.js on its wasm or cpu backend, by the faster of its two usual loops: `trainOnBatch`, and `minimize` on tensors
 * that are on the device already. The time of an epoch is the time of a step multiplied by the number of steps.
 */
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { makeLabels, makeRows, refuseHuge, stepsOf } from '../work.mjs';

tf.enableProdMode();

/** @param {string} backend */
export function describe(backend) {
  return `TensorFlow.js ${tf.version_core}, ${backend}`;
}

const loss = (truth, logits) => tf.losses.softmaxCrossEntropy(truth, logits);

/** @param {import('../work.mjs').Work} work @param {string} backend */
export async function prepare(work, backend) {
  const { kind, widths, batch } = work;
  if (backend === 'cpu') refuseHuge(work);
  await tf.setBackend(backend);
  await tf.ready();
  const [inputs, ...units] = widths;
  const model = layers.sequential();
  for (const [index, width] of units.entries()) {
    const first = index === 0 ? { inputShape: [inputs] } : {};
    const activation = index < units.length - 1 ? 'relu' : 'linear';
    model.add(layers.layers.dense({ units: width, activation, ...first }));
  }
  const x = tf.tensor2d(makeRows(batch, inputs), [batch, inputs]);
  if (kind === 'predict') {
    return repeatOf(() => {
      const y = tf.tidy(() => tf.softmax(model.predict(x)));
      y.dataSync();
      y.dispose();
    });
  }
  const optimizer = tf.train.adam(1e-3);
  model.compile({ optimizer, loss });
  const labels = tf.tensor1d(makeLabels(batch, units.at(-1)), 'int32');
  const y = tf.cast(tf.oneHot(labels, units.at(-1)), 'float32');
  const loops = [
    () => {
      tf.tidy(() => optimizer.minimize(() => loss(y, model.apply(x, { training: true })), false));
    },
    () => model.trainOnBatch(x, y),
  ];
  const trials = [];
  for (const once of loops) {
    const repeat = repeatOf(once);
    const first = await repeat(1);
    trials.push(await repeat(first > 0.5 ? 1 : 3));
  }
  const best = repeatOf(loops[trials[0] <= trials[1] ? 0 : 1]);
  const steps = stepsOf(work);
  if (steps === 1) return best;
  // One step is measured and counts for each step of an epoch, because an epoch would take minutes.
  return async (times) => (await best(Math.max(3, times))) * steps;
}

function repeatOf(once) {
  return async (times) => {
    const begun = performance.now();
    for (let turn = 0; turn < times; turn++) await once();
    return (performance.now() - begun) / 1000 / times;
  };
}
