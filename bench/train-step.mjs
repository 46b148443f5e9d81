/**
 * The time of one training step (forward, backward, Adam) of vinculum's wasm backend, one thread, against
 * TensorFlow.js' wasm and cpu backends on the same work, in one run: rounds are interleaved and medians are
 * compared, since the speed of a shared machine drifts. Run by `npm run bench`, which installs the peers here.
 *
 * vinculum is timed through `fit`, shuffling and batching included; TensorFlow.js by the faster of its two
 * usual loops (`trainOnBatch`, and `optimizer.minimize` over tensors that are on the device already).
 */
import { cpus } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { adam, dense, fit, network } from '../packages/core/dist/index.js';

/** Widths, rows of a batch, and the ratio to TensorFlow.js wasm that must hold (issue: 4 for the first). */
const WORK = [
  { widths: [784, 256, 10], batch: 128, steps: 12, atLeast: 4 },
  { widths: [2, 16, 16, 2], batch: 32, steps: 400 },
  { widths: [30, 64, 64, 2], batch: 32, steps: 200 },
];

tf.enableProdMode();

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7);

/** Values in [−1, 1) from a small generator: both sides get the same rows. */
function rows(count, columns) {
  let state = 1;
  return Float32Array.from({ length: count * columns }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

function median(values) {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)];
}

function vinculum({ widths, batch, steps }) {
  const [inputs, ...units] = widths;
  const hidden = units.slice(0, -1).map((width) => dense(width, { activation: 'relu' }));
  const net = network({ inputs, layers: [...hidden, dense(units.at(-1))] });
  const data = rows(batch * steps, inputs);
  const y = Int32Array.from({ length: batch * steps }, (_, row) => row % units.at(-1));
  const options = {
    loss: 'softmax-cross-entropy',
    optimizer: adam(),
    batchSize: batch,
    epochs: 3,
    backend: 'wasm',
    metrics: [],
  };
  return async () => {
    const x = { data, shape: [batch * steps, inputs] };
    const history = await fit(net, { x, y }, options);
    return median(history.epochs.map(({ seconds }) => seconds)) / steps;
  };
}

function loss(truth, logits) {
  return tf.losses.softmaxCrossEntropy(truth, logits);
}

function tensorflow(backend, { widths, batch, steps }) {
  const [inputs, ...units] = widths;
  let ready;
  const prepare = async () => {
    const model = layers.sequential();
    units.forEach((width, index) => {
      const first = index === 0 ? { inputShape: [inputs] } : {};
      const activation = index < units.length - 1 ? 'relu' : 'linear';
      model.add(layers.layers.dense({ units: width, activation, ...first }));
    });
    const optimizer = tf.train.adam(1e-3);
    model.compile({ optimizer, loss });
    const x = tf.tensor2d(rows(batch, inputs), [batch, inputs]);
    const labels = Int32Array.from({ length: batch }, (_, row) => row % units.at(-1));
    const y = tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), units.at(-1)), 'float32');
    const loops = {
      minimize: () => {
        tf.tidy(() => optimizer.minimize(() => loss(y, model.apply(x, { training: true })), false));
      },
      trainOnBatch: () => model.trainOnBatch(x, y),
    };
    const few = Math.max(3, Math.floor(steps / 8));
    const trial = {};
    for (const [name, once] of Object.entries(loops)) {
      await once();
      const begun = performance.now();
      for (let step = 0; step < few; step++) await once();
      trial[name] = performance.now() - begun;
    }
    return trial.minimize <= trial.trainOnBatch ? loops.minimize : loops.trainOnBatch;
  };
  return async () => {
    await tf.setBackend(backend);
    await tf.ready();
    ready ??= await prepare();
    const count = Math.max(3, Math.floor(steps / 4));
    const begun = performance.now();
    for (let step = 0; step < count; step++) await ready();
    return (performance.now() - begun) / 1000 / count;
  };
}

function text(seconds) {
  return seconds < 1e-3 ? `${(seconds * 1e6).toFixed(1)} µs` : `${(seconds * 1e3).toFixed(2)} ms`;
}

console.log(
  `${cpus()[0].model}, ${cpus().length} cores; Node ${process.version}; tfjs ${tf.version_core}`,
);
console.log(`Median of ${ROUNDS} interleaved rounds; one training step, Adam, one thread.\n`);
console.log('| work | vinculum wasm | tfjs wasm | tfjs cpu | × tfjs wasm | × tfjs cpu |');
console.log('|---|---|---|---|---|---|');
let missed = false;
for (const work of WORK) {
  const sides = [vinculum(work), tensorflow('wasm', work), tensorflow('cpu', work)];
  const times = sides.map(() => []);
  for (const side of sides) await side();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, side] of sides.entries()) times[index].push(await side());
  }
  const [ours, wasm, cpu] = times.map(median);
  const name = `${work.widths.join('-')}, b${work.batch}`;
  const ratio = wasm / ours;
  console.log(
    `| ${name} | ${text(ours)} | ${text(wasm)} | ${text(cpu)} | ${ratio.toFixed(1)} | ${(cpu / ours).toFixed(1)} |`,
  );
  if (work.atLeast !== undefined && ratio < work.atLeast) {
    console.error(`${name}: ${ratio.toFixed(2)} × TensorFlow.js wasm, below ${work.atLeast} ×.`);
    missed = true;
  }
}
process.exitCode = missed ? 1 : 0;
