/**
 * A curve fitted to noisy points: a warm-up and a cosine for the learning rate, early stopping on points held out, and
 * the best parameters back.
 */
import { adam, cosine, dense, fit, network, philox4x32, warmup } from 'vinculum';

/** The same noise on every machine: the mean of four uniform numbers from one block of Philox, in (−1, 1). */
function noise(index: number): number {
  const words = philox4x32(Uint32Array.of(index, 0, 0, 0), Uint32Array.of(7, 0));
  return words.reduce((sum, word) => sum + word / 2 ** 31 - 1, 0) / 4;
}

const rows = 400;
const x = Array.from({ length: rows }, (_, index) => [(2 * index) / (rows - 1) - 1]);
const y = x.map(([at = 0], index) => Math.sin(4 * at) + 0.3 * at + 0.1 * noise(index));

const layers = [dense(32, { activation: 'silu' }), dense(32, { activation: 'silu' }), dense(1)];
const net = network({ inputs: 1, layers, seed: 3 });

const history = await fit(
  net,
  { x, y },
  {
    loss: 'mse',
    optimizer: adam({ learningRate: 0.01 }),
    schedule: warmup({ epochs: 5, followedBy: cosine() }),
    batchSize: 32,
    epochs: 120,
    validation: 0.2,
    metrics: ['r2'],
    earlyStopping: { patience: 20 },
  },
);

const best = history.epochs[history.bestEpoch - 1];
console.log(`stopped by ${history.stoppedBy}; best epoch ${history.bestEpoch}`);
console.log(`validation loss ${best?.validation?.loss.toExponential(2)}`);
console.log(`validation R² ${best?.validation?.metrics['r2']?.toFixed(4)}`);

for (const at of [-0.75, 0, 0.75]) {
  const truth = Math.sin(4 * at) + 0.3 * at;
  const [value = NaN] = net.predict([[at]]).data;
  console.log(`f(${at}) = ${value.toFixed(3)} (truth ${truth.toFixed(3)})`);
}
