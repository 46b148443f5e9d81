/**
 * Known answers: published vectors of the random numbers, losses whose values are known in closed form, and
 * the two-layer network of the notes written out once more, plainly and apart from the library, equation by
 * equation.
 *
 * Source: Salmon et al. 2011, Random123's `kat_vectors` (Philox4x32-10); the notes, eq. (1)–(18), (26)–(29).
 */
import { adam, backward, dense, network, philox4x32, traceStep } from 'vinculum';
import { runCheck, WorstError, type CheckResult } from './check-result.ts';

/** counter, key, output. */
const PHILOX_VECTORS = [
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
] as const;

/** logits, label, loss: log(1 + Σ exp(…)), for cases in which it is easy to write down. */
const CROSS_ENTROPIES: readonly (readonly [readonly number[], number, number])[] = [
  [[0, 0], 0, Math.LN2],
  [[20, 0], 0, 2.061153620314381e-9],
  [[1000, 0], 1, 1000],
  [[0, 1000], 1, 0],
];

/** All known answers. */
export function checkKnownAnswers(): CheckResult[] {
  return [
    runCheck('random numbers: Philox4x32-10, published vectors', checkPhilox),
    runCheck('cross-entropy from logits, values in closed form', checkCrossEntropy),
    runCheck('the two-layer network of the notes, eq. (1)–(18), written out', checkNotes),
    runCheck('the first step of Adam, eq. (26)–(29), written out', checkAdam),
  ];
}

function checkPhilox(): { passed: boolean; detail: string } {
  const wrong = PHILOX_VECTORS.filter(([counter, key, output]) => {
    const words = philox4x32(Uint32Array.from(counter), Uint32Array.from(key));
    return output.some((word, index) => words[index] !== word);
  });
  return {
    passed: wrong.length === 0,
    detail: `${PHILOX_VECTORS.length - wrong.length} of ${PHILOX_VECTORS.length} exact`,
  };
}

function checkCrossEntropy(): { passed: boolean; detail: string } {
  const worst = new WorstError();
  for (const [logits, label, expected] of CROSS_ENTROPIES) {
    const net = network({
      inputs: 2,
      layers: [dense(2, { init: 'zeros', bias: false })],
      dtype: 'float64',
    });
    net.setParameters({ 'layers.0.weight': [1, 0, 0, 1] });
    const { loss } = backward(net, [logits], [label], { loss: 'softmax-cross-entropy' });
    const scale = expected === 0 ? 1 : expected;
    worst.see(`CE([${logits.join(', ')}], ${label})`, loss / scale, expected / scale);
  }
  return { passed: worst.error <= 1e-15, detail: worst.describe() };
}

/** D = 3 inputs, H = 4 hidden units, K = 2 classes; numbers without meaning. */
const NOTES = {
  x: [0.5, -1.25, 2],
  w1: [0.3, -0.2, 0.1, -0.4, 0.5, 0.25, 0.7, 0.15, -0.35, -0.6, -0.45, 0.2],
  b1: [0.05, -0.1, 0.2, 0.15],
  w2: [0.4, -0.3, 0.25, 0.6, -0.5, 0.35, 0.1, -0.2],
  b2: [0.1, -0.05],
  label: 1,
} as const;

function checkNotes(): { passed: boolean; detail: string } {
  const expected = notesByHand();
  const worst = new WorstError();
  for (const { name, symbol, value } of traceStep(notesNetwork(), [NOTES.x], [NOTES.label], {
    loss: 'softmax-cross-entropy',
  })) {
    const known = expected.get(name);
    if (known === undefined) continue;
    expected.delete(name);
    if (known.length !== value.length) worst.see(symbol, Infinity, 0);
    known.forEach((one, index) => worst.see(symbol, value[index] ?? NaN, one));
  }
  const missing = [...expected.keys()];
  return {
    passed: worst.error <= 1e-15 && missing.length === 0,
    detail: missing.length === 0 ? worst.describe() : `missing ${missing.join(', ')}`,
  };
}

function notesNetwork(): ReturnType<typeof network> {
  const net = network({
    inputs: 3,
    layers: [dense(4, { activation: 'relu' }), dense(2)],
    dtype: 'float64',
  });
  net.setParameters({
    'layers.0.weight': NOTES.w1,
    'layers.0.bias': NOTES.b1,
    'layers.1.weight': NOTES.w2,
    'layers.1.bias': NOTES.b2,
  });
  return net;
}

/** Eq. (1)–(5), (12)–(18) for one data point, computed as on paper. */
function notesByHand(): Map<string, readonly number[]> {
  const { x, w1, b1, w2, b2, label } = NOTES;
  const [inputs, hidden] = [x.length, b1.length];
  const m = b1.map(
    (b, i) => x.reduce((sum, value, j) => sum + (w1[i * inputs + j] ?? 0) * value, 0) + b,
  );
  const h = m.map((value) => (value > 0 ? value : 0));
  const z = b2.map(
    (b, i) => h.reduce((sum, value, j) => sum + (w2[i * hidden + j] ?? 0) * value, 0) + b,
  );
  const top = Math.max(...z);
  const total = z.reduce((sum, value) => sum + Math.exp(value - top), 0);
  const y = z.map((value) => Math.exp(value - top) / total);
  const zBar = y.map((value, k) => value - (k === label ? 1 : 0));
  const hBar = h.map((_, j) =>
    zBar.reduce((sum, bar, k) => sum + (w2[k * hidden + j] ?? 0) * bar, 0),
  );
  const mBar = hBar.map((bar, i) => ((m[i] ?? 0) > 0 ? bar : 0));
  return new Map<string, readonly number[]>([
    ['m1', m],
    ['h1', h],
    ['z', z],
    ['y', y],
    ['L', [-Math.log(y[label] ?? NaN)]],
    ['LBar', [1]],
    ['zBar', zBar],
    ['h1Bar', hBar],
    ['W2Bar', outer(zBar, h)],
    ['b2Bar', zBar],
    ['m1Bar', mBar],
    ['W1Bar', outer(mBar, x)],
    ['b1Bar', mBar],
  ]);
}

/** The outer product u vᵀ, row by row. */
function outer(left: readonly number[], right: readonly number[]): number[] {
  return left.flatMap((one) => right.map((other) => one * other));
}

function checkAdam(): { passed: boolean; detail: string } {
  const optimizer = adam({ learningRate: 0.01 });
  const quantities = traceStep(notesNetwork(), [NOTES.x], [NOTES.label], {
    loss: 'softmax-cross-entropy',
    optimizer,
  });
  const valueOf = (name: string): Float64Array =>
    quantities.find((quantity) => quantity.name === name)?.value ?? new Float64Array(0);
  const worst = new WorstError();
  for (const name of ['W1', 'b1', 'W2', 'b2']) {
    const next = valueOf(`${name}Next`);
    const gradient = valueOf(`${name}Bar`);
    valueOf(name).forEach((weight, index) => {
      const g = gradient[index] ?? NaN;
      // At t = 1 the corrected moments are g and g².
      const expected = weight - (0.01 * g) / (Math.abs(g) + optimizer.epsilon);
      worst.see(`${name}[${index}]`, next[index] ?? NaN, expected);
    });
  }
  return { passed: worst.error <= 1e-15, detail: worst.describe() };
}
