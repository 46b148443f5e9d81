/**
 * Measures every op of a training step by itself, on every backend and instruction set of this machine, and compares its time
 * with two lower bounds: its operations at the measured peak of the numerics, and its bytes at the measured bandwidth of
 * memory. (An op whose data are in a cache may be faster than the second bound.) Run it after the build:
 *
 *     node bench/kernels/ops.mjs [784-256-10] [128] [THREADS] [portable | fused]
 */
import { SCALARS } from '../../packages/core/dist/program/scalars.js';
import { lower } from '../../packages/core/dist/lowering/lower.js';
import { byPhase } from '../../packages/core/dist/program/program.js';
import { readSpec } from '../../packages/core/dist/network/read-spec.js';
import { dense, registeredBackends } from '../../packages/core/dist/node/index.js';
import { Ceilings } from '../ceilings/ceilings.mjs';
import { peakOf } from '../targets.mjs';

const [widthsText = '784-256-10', rowsText = '128', threadsText = '2', numerics = 'portable'] =
  process.argv.slice(2);
const [inputs = 0, ...units] = widthsText.split('-').map(Number);
const rows = Number(rowsText);
const threads = Number(threadsText);
const ROUNDS = 15;

const spec = readSpec('bench', {
  inputs,
  layers: units.map((width, layer) =>
    dense(width, { activation: layer < units.length - 1 ? 'relu' : 'identity' }),
  ),
});
const program = lower({
  spec,
  purpose: 'train',
  precision: 'float32',
  numerics,
  capacity: rows,
  loss: { kind: 'softmax-cross-entropy', labelSmoothing: 0, delta: 1 },
  data: {
    windowRows: rows * 20,
    inputType: 'float32',
    scale: 1,
    targets: 'labels',
    weighted: false,
  },
  update: {
    rule: 'adam',
    moments: ['firstMoments', 'secondMoments'],
    nesterov: false,
    spareAdjoints: 0,
    keepBest: false,
  },
});

/** Each op alone, except that the gathers are measured together, and the update together with the packing. */
const pieces = [
  { name: 'gather', ops: program.phases.forward.filter(({ kind }) => kind === 'gather') },
  ...[...program.phases.forward, ...program.phases.backward, ...program.phases.check]
    .filter(({ kind }) => kind !== 'gather')
    .map((op) => ({ name: `${op.kind} ${shapeOf(op)}`, ops: [op] })),
  { name: 'update and packWeights', ops: program.phases.update },
];

function shapeOf(op) {
  return (op.weight ?? op.weightBar ?? op.out ?? op.logits ?? op.source).shape.join(' × ');
}

const sizeOf = (tensor) =>
  tensor.shape.reduce((size, extent) => size * (extent === 'N' ? rows : extent), 1);

/** The operations of an op: two for each weight and row of a product, and about sixteen for each parameter of an update. */
function operationsOf(op) {
  if (op.kind === 'dense' || op.kind === 'denseInputAdjoint') return 2 * rows * op.weight.size;
  if (op.kind === 'denseWeightAdjoint') return 2 * rows * op.weightBar.size;
  return op.kind === 'update' ? 16 * op.parameters.size : 0;
}

/** The bytes of every tensor of an op. A tensor that an update changes counts twice, because it is read and written. */
function bytesOf(op) {
  const named = Object.entries(op).filter(([, value]) => value?.shape !== undefined);
  const source = op.kind === 'gather' ? 'source' : '';
  return named.reduce((sum, [field, tensor]) => {
    const changed = op.kind === 'update' && field !== 'adjoints' ? 2 : 1;
    return field === source || (op.kind === 'dense' && field === 'weight')
      ? sum
      : sum + 4 * changed * sizeOf(tensor);
  }, 0);
}

const backends = registeredBackends()
  .map((backend) => (numerics === 'fused' ? backend.fused : backend))
  .filter((backend) => backend?.precision === 'float32' && backend.unavailable() === undefined);
const nativeSet = backends.map(setOf).find((set) => set !== '') ?? '';
const ceilings = new Ceilings(nativeSet, [threads]);
await ceilings.open();
const native = ceilings.native[`${nativeSet}:${threads}`];
for (const backend of backends) {
  const words = [backend.name, ...(numerics === 'fused' ? [numerics] : []), threads];
  const peak = peakOf(words.join(' '), ceilings) ?? Number.NaN;
  const bandwidth = native?.bandwidth ?? Number.NaN;
  console.log(
    `\n${backend.describe()}; ${numerics} numerics; here on ${threads} threads; ${widthsText}, ${rows} rows`,
  );
  console.log(
    `${'op'.padEnd(36)}${'time'.padStart(10)}${'operations'.padStart(12)}${'bytes'.padStart(10)}  of the bound`,
  );
  let total = 0;
  for (const { name, ops } of pieces) {
    const microseconds = await timeOf(backend, ops);
    const byOperations = ops.reduce((sum, op) => sum + operationsOf(op), 0) / peak / 1e3;
    const byBytes = ops.reduce((sum, op) => sum + bytesOf(op), 0) / bandwidth / 1e3;
    total += microseconds;
    const columns = [microseconds, byOperations, byBytes].map((value, index) =>
      value.toFixed(2).padStart([10, 12, 10][index]),
    );
    console.log(
      `${name.padEnd(36)}${columns.join('')}  ${((100 * Math.max(byOperations, byBytes)) / microseconds).toFixed(0)} %`,
    );
  }
  console.log(`${'sum, microseconds'.padEnd(36)}${total.toFixed(2).padStart(10)}`);
}

await ceilings.close();

/** The instruction set of the native backend; empty for another. */
function setOf(backend) {
  return /C kernels for (\w+)/.exec(backend.describe())?.[1] ?? '';
}

/** The time of a run in microseconds, as the median of some rounds. */
async function timeOf(backend, ops) {
  const executable = backend.compile(
    { ...program, phases: { ...byPhase(() => []), forward: ops, update: program.phases.update } },
    { threads },
  );
  await executable.ready;
  for (const name of ['parameters', 'window.x', 'x']) {
    executable.view(name).forEach((_, i, all) => (all[i] = ((i * 7919) % 257) / 128 - 1));
  }
  executable.view('rows').forEach((_, i, all) => (all[i] = (i * 104_729) % (rows * 20)));
  executable.scalars[SCALARS.rows] = rows;
  executable.scalars[SCALARS.clipScale] = 1;
  executable.scalars[SCALARS.clipValue] = Infinity;
  let turns = 1;
  for (let spent = 0; spent < 5; turns *= 2) spent = timed(executable, turns);
  const times = Array.from({ length: ROUNDS }, () => (timed(executable, turns) / turns) * 1e3);
  executable.close();
  return times.toSorted((left, right) => left - right)[ROUNDS >> 1];
}

function timed(executable, turns) {
  const begun = performance.now();
  for (let turn = 0; turn < turns; turn++) executable.run('forward');
  return performance.now() - begun;
}
