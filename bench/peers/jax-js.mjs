/**
 * jax-js on its WebAssembly device: the whole step (loss, gradients, Adam) inside one `jit`, on arrays that exist before. The
 * library counts references: a call consumes its arguments, and `ref` keeps one.
 */
import { readFileSync } from 'node:fs';
import {
  blockUntilReady,
  defaultDevice,
  init,
  jit,
  nn,
  numpy as np,
  tree,
  valueAndGrad,
} from '@jax-js/jax';
import { makeLabels, makeRows, refuseHuge } from '../work.mjs';

const [RATE, BETA1, BETA2, EPSILON] = [1e-3, 0.9, 0.999, 1e-8];

export function describe() {
  const { version } = JSON.parse(
    readFileSync(new URL('../node_modules/@jax-js/jax/package.json', import.meta.url), 'utf8'),
  );
  return `jax-js ${version}, Node ${process.version}`;
}

function loss(parameters, x, y) {
  let h = x;
  parameters.forEach(([weight, bias], layer) => {
    const m = np.matmul(h, weight).add(bias);
    h = layer === parameters.length - 1 ? m : nn.relu(m);
  });
  return nn.logSoftmax(h).mul(y).sum().mul(-1);
}

function adam([weight, m, v], gradient, correction1, correction2) {
  const first = m.mul(BETA1).add(gradient.ref.mul(1 - BETA1));
  const second = v.mul(BETA2).add(gradient.ref.mul(gradient).mul(1 - BETA2));
  const step = first.ref.mul(correction1).div(np.sqrt(second.ref.mul(correction2)).add(EPSILON));
  return [weight.sub(step.mul(RATE)), first, second];
}

const array = (values, shape) => np.array(values, { shape });

/** @param {import('../work.mjs').Work} work */
export async function prepare(work) {
  const { kind, widths, batch } = work;
  if (kind !== 'train') throw new Error('not measured');
  refuseHuge(work);
  await init();
  defaultDevice('wasm');
  const [inputs, ...units] = widths;
  const zeros = (shape) => array(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
  let parameters = units.map((width, layer) => {
    const before = widths[layer];
    const values = makeRows(before, width).map((one) => one * Math.sqrt(6 / before));
    return [array(values, [before, width]), zeros([width])];
  });
  let first = units.map((width, layer) => [zeros([widths[layer], width]), zeros([width])]);
  let second = units.map((width, layer) => [zeros([widths[layer], width]), zeros([width])]);
  const x = array(makeRows(batch, inputs), [batch, inputs]);
  const oneHot = new Float32Array(batch * units.at(-1));
  makeLabels(batch, units.at(-1)).forEach(
    (label, row) => (oneHot[row * units.at(-1) + label] = 1 / batch),
  );
  const y = array(oneHot, [batch, units.at(-1)]);
  const step = jit((weights, m, v, rows, labels, c1, c2) => {
    const [value, gradients] = valueAndGrad(loss)(tree.ref(weights), rows, labels);
    value.dispose();
    const updated = weights.map((pair, layer) =>
      pair.map((weight, part) =>
        adam([weight, m[layer][part], v[layer][part]], gradients[layer][part], c1.ref, c2.ref),
      ),
    );
    c1.dispose();
    c2.dispose();
    return [0, 1, 2].map((state) => updated.map((pair) => pair.map((part) => part[state])));
  });
  let t = 0;
  const once = () => {
    t++;
    const corrections = [BETA1, BETA2].map((beta) => np.array(1 / (1 - beta ** t)));
    [parameters, first, second] = step(parameters, first, second, x.ref, y.ref, ...corrections);
  };
  return async (times) => {
    const begun = performance.now();
    for (let turn = 0; turn < times; turn++) once();
    await blockUntilReady(parameters[0][0].ref);
    return (performance.now() - begun) / 1000 / times;
  };
}
