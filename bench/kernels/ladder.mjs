/**
 * The ladder of each matrix kernel: plain loops, vectors, a register tile, then what ships, all on the same
 * numbers, each checked bit for bit against the first and timed beside this machine's multiply-then-add peak
 * under WebAssembly. Run after the build: `node bench/kernels/ladder.mjs`. One thread.
 *
 * The rungs between get the transposed weights for free where they need them; what ships pays for its packing.
 */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { encodeOps } from '../../packages/core/dist/backends/kernels/table.js';
import { compileKernels, readSources } from '../../packages/kernels/compile/toolchain.mjs';

/** Rows of a batch, fanIn, fanOut. */
const SIZES = [
  [128, 784, 256],
  [512, 1024, 1024],
];

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 15);
const PEAK_TURNS = 400_000;

const ladder = readFileSync(new URL('ladder.c', import.meta.url), 'utf8');
const { bytes, staticBytes, scratchBytes } = await compileKernels({
  ...readSources(),
  'ladder.c': ladder,
});
const memory = new WebAssembly.Memory({ initial: 1024, maximum: 1024 });
const { exports } = (await WebAssembly.instantiate(bytes, { env: { memory } })).instance;

const peak = peakOf();
console.log(`${cpus()[0].model}; Node ${process.version}; peak ${peak.toFixed(1)} GFLOP/s`);
console.log(
  `Least of ${ROUNDS} rounds, since other work only adds time; the share is of the peak.\n`,
);
for (const size of SIZES) {
  for (const form of formsOf(...size)) climb(size, form);
}

/** The best of 8, 10 and 12 chains, in GFLOP/s; the first rounds let the engine optimise. */
function peakOf() {
  const rates = [8, 10, 12].map((chains) => {
    const once = () => exports[`peak${chains}`](PEAK_TURNS, 0.5);
    return (chains * 8 * PEAK_TURNS) / leastTime(once) / 1e9;
  });
  return Math.max(...rates);
}

/**
 * The three products of a dense layer as the rungs see them, and the op that ships.
 *
 * @param {number} rows
 * @param {number} fanIn
 * @param {number} fanOut
 */
function formsOf(rows, fanIn, fanOut) {
  const x = { shape: ['N', fanIn], size: rows * fanIn };
  const weight = { shape: [fanOut, fanIn], size: fanOut * fanIn };
  const transposed = { shape: [fanIn, fanOut], size: fanOut * fanIn };
  const outBar = { shape: ['N', fanOut], size: rows * fanOut };
  const packed = { shape: [fanOut * fanIn], size: fanOut * fanIn };
  return [
    {
      name: 'denseForward',
      out: { shape: ['N', fanOut], size: rows * fanOut },
      tensors: { left: x, right: transposed, weight, packed },
      strides: [fanIn, 1, fanOut],
      extents: [rows, fanOut, fanIn],
      ops: ({ out, left, ...own }) => [
        { kind: 'packWeights', out: own.packed, weight: own.weight },
        { kind: 'dense', out, input: left, ...own, activation: { kind: 'identity' } },
      ],
    },
    {
      name: 'denseInputAdjoint',
      out: { shape: ['N', fanIn], size: rows * fanIn },
      tensors: { left: outBar, right: weight },
      strides: [fanOut, 1, fanIn],
      extents: [rows, fanIn, fanOut],
      ops: ({ out, left, right }) => [
        { kind: 'denseInputAdjoint', inputBar: out, outBar: left, weight: right },
      ],
    },
    {
      name: 'denseWeightAdjoint',
      out: { shape: [fanOut, fanIn], size: fanOut * fanIn },
      tensors: { left: outBar, right: x },
      strides: [1, fanOut, fanIn],
      extents: [fanOut, fanIn, rows],
      ops: ({ out, left, right }) => [
        { kind: 'denseWeightAdjoint', weightBar: out, outBar: left, input: right },
      ],
    },
  ];
}

/** Places a form in memory, runs every rung, checks it against the first and prints its line. */
function climb([rows, fanIn, fanOut], form) {
  const { places, arena, scalars, scratch, table } = place(form);
  const address = (name) => arena + places[name].byteOffset;
  const view = (name) => new Float32Array(memory.buffer, address(name), places[name].size);
  fill(view('left'), 1);
  fill(view('right'), 2);
  if (places.weight) transpose(view('weight'), view('right'), fanIn, fanOut);
  new Float64Array(memory.buffer, scalars, 1)[0] = rows;
  const [leftRow, leftStep, rightStep] = form.strides;
  const factors = [address('out'), address('left'), leftRow, leftStep, address('right'), rightStep];
  const rungs = {
    'plain loops': () => exports.naive(...factors, 1, ...form.extents),
    'vectors of outputs': () => exports.vectors(...factors, ...form.extents),
    '4 × 8 tile': () => exports.tile(...factors, ...form.extents),
    'what ships': () => exports.run(table, scalars, arena, scratch),
  };
  const operations = 2 * rows * fanIn * fanOut;
  console.log(`${form.name}, ${rows} × ${fanIn} × ${fanOut}`);
  let expected;
  for (const [name, once] of Object.entries(rungs)) {
    view('out').fill(Number.NaN);
    const seconds = name === 'plain loops' ? timeOf(once) : leastTime(once);
    expected ??= view('out').slice();
    const same = view('out').every((value, i) => Object.is(value, expected[i]));
    const rate = operations / seconds / 1e9;
    const share = `${((100 * rate) / peak).toFixed(0)} %`;
    console.log(
      `  ${name.padEnd(20)}${(seconds * 1e3).toFixed(3).padStart(10)} ms${rate.toFixed(1).padStart(7)} GFLOP/s${share.padStart(6)}  ${same ? 'same bits' : 'OTHER BITS'}`,
    );
    if (!same) process.exitCode = 1;
  }
}

/** Addresses: scalars, scratch, table, then the arena with every tensor on a cache line. */
function place({ out, tensors, ops }) {
  let end = 0;
  const aligned = (size) => {
    const start = Math.ceil(end / 64) * 64;
    end = start + size;
    return start;
  };
  const places = {};
  for (const [name, tensor] of Object.entries({ out, ...tensors })) {
    places[name] = { ...tensor, type: 'float32', byteOffset: aligned(4 * tensor.size) };
  }
  const arenaBytes = end;
  end = staticBytes;
  const scalars = aligned(8 * 32);
  const scratch = aligned(scratchBytes);
  const words = encodeOps(ops(places));
  const table = aligned(words.byteLength);
  const arena = aligned(arenaBytes);
  if (end > memory.buffer.byteLength) throw new Error('internal: the memory is too small.');
  new Int32Array(memory.buffer, table, words.length).set(words);
  return { places, arena, scalars, scratch, table };
}

/** Numbers in [−1, 1), the same in every run. */
function fill(values, seed) {
  let state = seed;
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = state / 2 ** 31 - 1;
  }
}

/** weight[o][i] = transposed[i][o]. */
function transpose(weight, transposed, fanIn, fanOut) {
  for (let o = 0; o < fanOut; o++) {
    for (let i = 0; i < fanIn; i++) weight[o * fanIn + i] = transposed[i * fanOut + o];
  }
}

/** Seconds of one call. */
function timeOf(once) {
  const start = performance.now();
  once();
  return (performance.now() - start) / 1000;
}

/** The least seconds of a call, after enough calls for the engine to have optimised. */
function leastTime(once) {
  for (const start = performance.now(); performance.now() - start < 300;) once();
  return Math.min(...Array.from({ length: ROUNDS }, () => timeOf(once)));
}
