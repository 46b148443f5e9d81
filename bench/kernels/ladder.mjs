/**
 * The ladder of every kernel: plain loops, then one idea after the other, then the kernel that ships. All rungs compute with
 * the same numbers. Each is compared bit for bit with the first rung, and timed. Its time is compared with two lower bounds:
 * its operations at the multiply-then-add peak, and its bytes at the bandwidth of a stream over as many bytes, which
 * therefore stay in the same cache. Both bounds are measured in the same run, on one thread. Run it after the build:
 *
 *     node bench/kernels/ladder.mjs [part of a kernel's name] [wasm | native] [fused]
 *
 * With `fused` it climbs the ladders of fused numerics: those of the matrix products, because nothing else differs. All of their rungs fuse, so
 * the bits are compared as well, and the peak is that of fused multiply-adds. It prints a table for each build of the kernels, and exits
 * with 1 if a rung has other bits than the first.
 */
import { cpus } from 'node:os';
import { encodeOps } from '../../packages/core/dist/backends/kernels/table.js';
import { SCALAR_COUNT, SCALARS } from '../../packages/core/dist/program/scalars.js';
import { openNative, openWasm } from './builds.mjs';
import { elementLadders } from './ladders/elements.mjs';
import { productLadders } from './ladders/products.mjs';
import { rowLadders } from './ladders/rows.mjs';
import { updateLadders } from './ladders/update.mjs';

/** The rungs of a ladder take turns for so many rounds, so that a slow moment of the machine affects all of them. */
const ROUNDS = 3;
/**
 * Times in seconds. So many calls are timed together that they take BATCH. All calls of a rung in a round take BUDGET. A call
 * that takes longer than SLOW is not repeated.
 */
const BATCH = 0.002;
const BUDGET = 0.025;
const SLOW = 0.05;

const ALIGNMENT = 64;
const CHAIN_TURNS = 400_000;

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint32: Uint32Array,
  uint8: Uint8Array,
};

/** The scalars of a step in which only clipping by norm changes the gradient. */
const NUMBERS = {
  step: 3,
  seedLow: 2_463_534_242,
  seedHigh: 7,
  inverseWeightSum: 1 / 3,
  clipScale: 0.75,
  clipValue: Infinity,
  stepSize: 1e-3,
  denominatorScale: 1.5,
  epsilon: 1e-8,
  beta1: 0.9,
  oneMinusBeta1: 0.1,
  beta2: 0.999,
  oneMinusBeta2: 0.001,
};

const LADDERS = [...productLadders(), ...elementLadders(), ...rowLadders(), ...updateLadders()];

const BUILDS = { wasm: openWasm, native: openNative };

/** The rung that measures the peak of a numerics, and what the peak is called. */
const CHAINS = {
  portable: { rung: 'multiplyThenAdd', peakName: 'multiply-then-add' },
  fused: { rung: 'fusedChains', peakName: 'fused multiply-add' },
};

await main(process.argv.slice(2));

/** @param {string[]} words */
async function main(words) {
  const only = words.find((word) => word in BUILDS);
  const numerics = words.includes('fused') ? 'fused' : 'portable';
  const part = words.find((word) => !(word in BUILDS) && word !== numerics) ?? '';
  const ladders = LADDERS.filter(({ fuses }) => numerics === 'portable' || fuses);
  const chosen = ladders.filter(({ kernel }) => kernel.includes(part));
  if (chosen.length === 0) {
    const kernels = [...new Set(ladders.map(({ kernel }) => kernel))];
    console.error(`ladder: the first argument must be part of a kernel's name; got '${part}'.`);
    console.error(`hint: ${kernels.join(', ')}`);
    process.exit(2);
  }
  console.log(`Machine: ${cpus()[0]?.model}; one thread; the shortest time of each rung.`);
  for (const [name, open] of Object.entries(BUILDS)) {
    if (only !== undefined && only !== name) continue;
    const build = await open(numerics === 'fused');
    if (build === undefined) console.log(`\n${name}: there is no C compiler.`);
    else if (numerics === 'fused' && !build.fused)
      console.log(`\n${name}: there is no fused build.`);
    else climbAll(name, build, { numerics, chosen });
  }
}

function climbAll(name, build, { numerics, chosen }) {
  const { rung, peakName } = CHAINS[numerics];
  const peak = peakOf(build, rung);
  console.log(`\n${name}: ${build.title}; ${peakName} at ${(peak / 1e9).toFixed(1)} GFLOP/s\n`);
  const heads = ['kernel', 'plain loop', 'between', 'ships', 'by operations', 'by bytes', 'share'];
  console.log(row(heads));
  console.log(row(heads.map((_, i) => (i === 0 || i === 2 ? '---' : '--:'))));
  for (const ladder of chosen) console.log(row(climb(build, inNumerics(ladder, numerics), peak)));
}

function row(cells) {
  return `| ${cells.join(' | ')} |`;
}

/** The name of the rung that does in fused numerics what another one does in portable ones. */
function fusedName(name) {
  return `fused${name[0].toUpperCase()}${name.slice(1)}`;
}

/** A ladder with the rungs of a numerics. */
function inNumerics(ladder, numerics) {
  if (numerics === 'portable') return { ...ladder, numerics };
  const between = Object.entries(ladder.between).map(([idea, name]) => [idea, fusedName(name)]);
  return {
    ...ladder,
    numerics,
    plain: fusedName(ladder.plain),
    between: Object.fromEntries(between),
  };
}

/** Runs every rung of a ladder, and returns the cells of its row. */
function climb(build, ladder, peak) {
  const ground = place(build, ladder);
  const names = [['', ladder.plain], ...Object.entries(ladder.between ?? {}), ['', 'ships']];
  const rungs = names.map(([label, name]) => check(build.rung(name), label, ground));
  const quick = rungs.filter(({ seconds }) => seconds < SLOW);
  for (let round = 0; round < ROUNDS; round++) {
    for (const rung of quick) rung.seconds = Math.min(rung.seconds, leastTime(rung.call));
  }
  const texts = rungs.map(({ label, seconds, bits }) => {
    const same = Buffer.compare(bits, rungs[0].bits) === 0;
    if (!same) process.exitCode = 1;
    return `${label} ${timeText(seconds)}${same ? '' : ' OTHER BITS'}`.trim();
  });
  const byOperations = (ladder.operations ?? 0) / peak;
  const byBytes = ground.moved / bandwidthAt(build, ground.footprint);
  const bound = Math.max(byOperations, byBytes);
  return [
    `${ladder.kernel}, ${ladder.size}`,
    texts[0],
    texts.slice(1, -1).join(', '),
    texts.at(-1),
    byOperations === 0 ? '' : timeText(byOperations),
    timeText(byBytes),
    `${((100 * bound) / rungs.at(-1).seconds).toFixed(0)} %`,
  ];
}

/** Calls a rung once on fresh numbers, and returns a copy of its results. */
function check(rung, label, ground) {
  const call = (turns) => rung(turns, ...ground.places);
  ground.reset();
  const seconds = secondsOf(call, 1);
  return { label, call, seconds, bits: ground.bits() };
}

/** Puts a ladder into the memory of a build: scalars, scratch, table, then the arena with every tensor on a cache line. */
function place(build, ladder) {
  let end = build.free;
  const aligned = (bytes) => {
    const start = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
    end = start + bytes;
    return start;
  };
  const scalars = aligned(8 * SCALAR_COUNT);
  const scratch = aligned(build.scratchBytes);
  const arena = aligned(0);
  const tensors = {};
  for (const [name, tensor] of Object.entries(ladder.tensors)) {
    tensors[name] = placeTensor(tensor, ladder.rows, tensors, (bytes) => aligned(bytes) - arena);
  }
  const words = encodeOps(ladder.ops(tensors), ladder.numerics);
  const table = aligned(words.byteLength);
  if (end > build.buffer.byteLength) throw new Error('internal: the memory is too small.');
  new Int32Array(build.buffer, table, words.length).set(words);
  const all = Object.values(tensors);
  const sumOf = (share) => all.reduce((sum, tensor) => sum + share(tensor) * tensor.bytes, 0);
  return {
    places: [table, scalars, arena, scratch],
    moved: sumOf(({ moved = 1 }) => moved),
    footprint: sumOf(({ moved = 1 }) => Math.min(1, moved)),
    reset: () => {
      fillScalars(new Float64Array(build.buffer, scalars, SCALAR_COUNT), ladder.rows);
      all.forEach((tensor, i) => fill(build.buffer, arena, tensor, i + 1));
    },
    /** The bytes that a rung may have written. */
    bits: () =>
      Buffer.concat([
        Buffer.from(build.buffer, scalars, 8 * SCALAR_COUNT),
        ...all
          .filter(({ own }) => own !== true)
          .map(({ byteOffset, bytes }) => Buffer.from(build.buffer, arena + byteOffset, bytes)),
      ]),
  };
}

/** A tensor in the form that the op table needs. */
function placeTensor(tensor, rows, placed, reserve) {
  const { shape, type = 'float32', within } = tensor;
  const size = shape.reduce((product, extent) => product * (extent === 'N' ? rows : extent), 1);
  const bytes = size * ARRAYS[type].BYTES_PER_ELEMENT;
  const byteOffset =
    within === undefined ? reserve(bytes) : placed[within[0]].byteOffset + 4 * within[1];
  return { ...tensor, type, size, bytes, byteOffset };
}

/** The numbers of a tensor, the same in every run; NaN for a tensor that an op writes. */
function fill(buffer, arena, tensor, seed) {
  const { type, size, byteOffset, values, within } = tensor;
  if (within !== undefined) return;
  const elements = new ARRAYS[type](buffer, arena + byteOffset, size);
  let state = seed;
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    elements[i] = values === undefined ? Number.NaN : values(state / 2 ** 32, i);
  }
}

function fillScalars(scalars, rows) {
  scalars.fill(0);
  for (const [name, value] of Object.entries({ ...NUMBERS, rows })) scalars[SCALARS[name]] = value;
}

/** The peak in operations per second: the best of 8, 10 and 12 chains, which a rung runs. */
function peakOf(build, rung) {
  const rates = [8, 10, 12, 8, 10, 12].map((chains) => {
    const call = callWith(build, rung, [chains, CHAIN_TURNS]);
    return (2 * build.lanes * chains * CHAIN_TURNS) / leastTime(call);
  });
  return Math.max(...rates);
}

/** The bandwidth in bytes per second of a stream whose two arrays together have so many bytes. */
function bandwidthAt(build, bytes) {
  const block = 4 * build.lanes;
  const count = block * Math.max(1, Math.floor(bytes / 8 / block));
  const call = callWith(build, 'stream', [count, 1]);
  return (12 * count) / leastTime(call);
}

/** Calls a rung of rungs-bounds.c. Its "op" is two words, and its arena, which follows them, is filled with ones. */
function callWith(build, name, words) {
  const op = Math.ceil(build.free / ALIGNMENT) * ALIGNMENT;
  const scalars = op + ALIGNMENT;
  const arena = scalars + 8 * SCALAR_COUNT;
  new Int32Array(build.buffer, op, words.length).set(words);
  new Float32Array(build.buffer, arena).fill(1);
  const rung = build.rung(name);
  return (turns) => rung(turns, op, scalars, arena, arena);
}

function secondsOf(call, turns) {
  const start = performance.now();
  call(turns);
  return (performance.now() - start) / 1000;
}

/** The seconds of the fastest turn, because other work on the machine only adds time. */
function leastTime(call) {
  const start = performance.now();
  let turns = 1;
  let batch = secondsOf(call, turns);
  for (; batch < BATCH; batch = secondsOf(call, turns)) turns *= 2;
  let least = batch / turns;
  while (performance.now() - start < 1000 * BUDGET) {
    least = Math.min(least, secondsOf(call, turns) / turns);
  }
  return least;
}

/** A time with three digits and its unit. */
function timeText(seconds) {
  const [value, unit] =
    seconds < 1e-3 ? [1e6 * seconds, 'µs'] : seconds < 1 ? [1e3 * seconds, 'ms'] : [seconds, 's'];
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${unit}`;
}
