/**
 * XOR, the smallest problem that one layer cannot learn: train a network on its four points, then look inside
 * one step and see every quantity with its equation.
 */
import { adam, dense, fit, network, traceStep } from 'vinculum';

const x = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const y = [0, 1, 1, 0];

const net = network({ inputs: 2, layers: [dense(8, { activation: 'tanh' }), dense(2)], seed: 1 });
const history = await fit(
  net,
  { x, y },
  { loss: 'softmax-cross-entropy', optimizer: adam({ learningRate: 0.05 }), epochs: 150 },
);

const last = history.epochs.at(-1);
console.log(`loss ${last?.loss.toFixed(4)} nats after ${last?.epoch} epochs`);

const { data } = net.predict(x);
x.forEach((point, row) => {
  console.log(`${point.join(' xor ')} = 1 with probability ${data[2 * row + 1]?.toFixed(3)}`);
});

// One data point as the notes write it: eq. (1)–(5) forward, eq. (11)–(18) backward.
const quantities = traceStep(net, [[0, 1]], [1], { loss: 'softmax-cross-entropy' });
for (const { equation, name, symbol, value } of quantities) {
  if (equation > 18 || value.length > 2 || name === 'b2') continue;
  const numbers = Array.from(value, (number) => number.toFixed(4)).join(', ');
  console.log(`(${equation}) ${symbol} = ${numbers}`);
}
