/**
 * vinculum on one backend, in one numerics, on a number of threads or on as many as it chooses itself. The training time is the seconds of an epoch that `fit` reports, so it
 * includes the work of forming batches. The rows are not shuffled, as for every peer.
 */
import {
  adam,
  dense,
  fit,
  network,
  predictor,
  registeredBackends,
} from '../../packages/core/dist/node/index.js';
import { makeData, makeRows } from '../work.mjs';

/**
 * @param {string} backend
 * @param {import('../../packages/core/dist/index.js').Numerics} numerics
 */
export function describe(backend, numerics) {
  const registered = registeredBackends().find(({ name }) => name === backend);
  const found = numerics === 'fused' ? registered?.fused : registered;
  const fault = found === undefined ? 'it does not exist here' : found.unavailable();
  if (fault !== undefined) throw new Error(`backend '${backend}', ${numerics}: ${fault}`);
  return `${found.describe()}, ${numerics}, Node ${process.version}`;
}

/**
 * @param {import('../work.mjs').Work} work
 * @param {string} backend
 * @param {import('../../packages/core/dist/index.js').Numerics} numerics
 * @param {string} threads - a number, or 'auto' to leave the option unset
 */
export async function prepare(work, backend, numerics, threads) {
  const how = { backend, numerics, ...(threads !== 'auto' && { threads: Number(threads) }) };
  const { kind, widths, batch, rows } = work;
  const [inputs = 0, ...units] = widths;
  const outputs = units.at(-1) ?? 0;
  const hidden = units.slice(0, -1).map((width) => dense(width, { activation: 'relu' }));
  const net = network({ inputs, layers: [...hidden, dense(outputs)], output: 'softmax' });
  if (kind === 'predict' && batch === 1) {
    const data = makeRows(rows, inputs);
    const fast = predictor(net, { maxRows: 1, backend, numerics });
    const out = new Float32Array(outputs);
    return async (times) => timed(times, () => fast.predictInto(out, data));
  }
  if (kind === 'predict') {
    const data = makeRows(rows, inputs);
    const fast = predictor(net, { maxRows: 128, ...how });
    const out = new Float32Array(rows * outputs);
    return async (times) => timed(times, () => fast.predictInto(out, data));
  }
  const { data, labels: y } = makeData(work);
  const x = { data, shape: [rows, inputs], ...(data instanceof Uint8Array && { scale: 1 / 255 }) };
  const steps = Math.ceil(rows / batch);
  return async (times) => {
    // The first epoch is not counted, because the run touches its memory there for the first time. The peers do this in
    // their warm-up.
    const epochs = 1 + (kind === 'epoch' ? times : Math.max(1, Math.round(times / steps)));
    const history = await fit(
      net,
      { x, y },
      {
        loss: 'softmax-cross-entropy',
        optimizer: adam(),
        batchSize: batch,
        epochs,
        ...how,
        shuffle: false,
        metrics: [],
      },
    );
    const counted = history.epochs.slice(1);
    const seconds = counted.reduce((sum, epoch) => sum + epoch.seconds, 0) / counted.length;
    return kind === 'epoch' ? seconds : seconds / steps;
  };
}

function timed(times, once) {
  const begun = performance.now();
  for (let turn = 0; turn < times; turn++) once();
  return (performance.now() - begun) / 1000 / times;
}
