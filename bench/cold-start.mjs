/**
 * Measures the time from `import()` to the first prediction of 784-256-10 in a new process, by the shortest program that each
 * library allows: a network with its own initial weights, and for onnxruntime-node a session that reads the network from
 * memory. A peer runs eagerly if it can, because compiling for a single prediction would make it slower.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median } from './median.mjs';
import { environment, PYTHON } from './sides.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const RUNS = 9;

const ours = (backend) => `
  const begun = performance.now();
  const { dense, network, predictor } = await import('../packages/core/dist/node/index.js');
  const net = network({ inputs: 784, layers: [dense(256, { activation: 'relu' }), dense(10)], output: 'softmax' });
  predictor(net, { backend: '${backend}' }).predict([new Float32Array(784)]);
  console.log((performance.now() - begun) / 1000);`;

const ONNX = `
  import { onnxOf } from './peers/onnx-file.mjs';
  const bytes = onnxOf([784, 256, 10]);
  const begun = performance.now();
  const ort = await import('onnxruntime-node');
  const session = await ort.InferenceSession.create(bytes);
  await session.run({ x: new ort.Tensor('float32', new Float32Array(784), [1, 784]) });
  console.log((performance.now() - begun) / 1000);`;

const TFJS = `
  const begun = performance.now();
  const tf = await import('@tensorflow/tfjs-core');
  await import('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend('wasm');
  await tf.ready();
  const layer = (x, fanIn, fanOut) => tf.matMul(x, tf.randomNormal([fanIn, fanOut]));
  const hidden = tf.relu(layer(tf.zeros([1, 784]), 784, 256));
  tf.softmax(layer(hidden, 256, 10)).dataSync();
  console.log((performance.now() - begun) / 1000);`;

const node = (program) => ({
  program: process.execPath,
  words: ['--input-type=module', '-e', program],
});
const python = (peer) => ({ program: PYTHON, words: ['python/cold_start.py', peer] });

/** The sides by name. That of an empty program is the whole life of its process, since it has nothing to time by itself. */
const PROGRAMS = {
  'an empty node': { program: process.execPath, words: ['-e', '0'] },
  'native 1': node(ours('native')),
  'wasm 1': node(ours('wasm')),
  'onnxruntime-node': node(ONNX),
  'tfjs wasm': node(TFJS),
  torch: python('torch'),
  jax: python('jax'),
  tensorflow: python('tensorflow'),
};

/** The medians of the sides, and why a side could not be measured. The first run of each side only loads its files into memory. */
export async function coldStarts() {
  const times = new Map();
  const faults = new Map();
  for (let run = 0; run <= RUNS; run++) {
    for (const [name, { program, words }] of Object.entries(PROGRAMS)) {
      if (faults.has(name)) continue;
      try {
        const seconds = await secondsOf(program, words);
        if (run > 0) times.set(name, [...(times.get(name) ?? []), seconds]);
      } catch (error) {
        faults.set(name, existsSync(program) ? lastLine(error) : 'not installed');
      }
    }
  }
  return { medians: new Map([...times].map(([name, all]) => [name, median(all)])), faults };
}

async function secondsOf(program, words) {
  const begun = performance.now();
  const { stdout } = await promisify(execFile)(program, words, { cwd: HERE, env: environment() });
  const life = (performance.now() - begun) / 1000;
  return stdout === '' ? life : Number(stdout.trim().split('\n').at(-1));
}

function lastLine(error) {
  return (error.stderr ?? String(error)).trim().split('\n').at(-1) ?? '';
}
