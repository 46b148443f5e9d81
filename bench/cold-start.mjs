/**
 * The time from `import()` to the first prediction of 784-256-10 in a fresh process, for the backends and for
 * onnxruntime-node, whose session reads the network from memory.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './report.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const RUNS = 9;

const OURS = (backend) => `
  const begun = performance.now();
  const { dense, network, predictor } = await import('../packages/core/dist/index.node.js');
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

/** Medians by name. */
export async function coldStarts() {
  const programs = { 'native 1': OURS('native'), 'wasm 1': OURS('wasm'), 'onnxruntime-node': ONNX };
  const times = Object.keys(programs).map((name) => [name, []]);
  for (let run = 0; run < RUNS; run++) {
    for (const [name, all] of times) {
      try {
        all.push(
          Number(
            execFileSync(process.execPath, ['--input-type=module', '-e', programs[name]], {
              cwd: HERE,
              encoding: 'utf8',
              stdio: ['ignore', 'pipe', 'ignore'],
            }),
          ),
        );
      } catch {
        // Not here: the table has no line for it.
      }
    }
  }
  return new Map(
    times.filter(([, all]) => all.length > 0).map(([name, all]) => [name, median(all)]),
  );
}
