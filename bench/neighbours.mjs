/**
 * Measures how busy neighbours slow a training run. It compares a run with `threads` unset with runs that have a fixed number of
 * threads, alone on the machine and beside processes that never wait, each of which is pinned to a core. A thread that shares its core
 * with such a process loses the core again and again, which is the worst case for threads. The script prints the microseconds of each
 * step, and how many times as long the unset run took as the better fixed one.
 *
 * `node bench/neighbours.mjs [seconds for each run] [rounds] [backend]`; Linux only, because it pins with taskset.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { argv, execPath } from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { adam, dense, network, trainer } from '../packages/core/dist/node/index.js';
import { median } from './median.mjs';
import { makeLabels, makeRows, WORKS } from './work.mjs';

const SECONDS = Number(argv[2] ?? 2);
const ROUNDS = Number(argv[3] ?? 3);
const BACKEND = argv[4] ?? 'auto';
const CORES = availableParallelism();
const SETTINGS = [1, CORES, undefined];

/** The longest life of a neighbour in milliseconds. It ends by itself even if this process was killed. */
const LONGEST_LIFE = 600_000;

/** Starts a process that keeps one core busy; `end` stops it. */
function startNeighbour(core) {
  const program = `const end = Date.now() + ${LONGEST_LIFE}; while (Date.now() < end);`;
  const child = spawn('taskset', ['-c', String(core), execPath, '-e', program], {
    stdio: 'ignore',
  });
  return { end: () => child.kill('SIGKILL') };
}

/** The microseconds of a step in a run of some seconds. */
async function measure({ widths, batch, rows }, threads) {
  const [inputs = 0, ...outputs] = widths;
  const layers = outputs.map((units, layer) =>
    dense(units, layer < outputs.length - 1 ? { activation: 'relu' } : {}),
  );
  const net = network({ inputs, layers });
  const x = { data: makeRows(rows, inputs), shape: [rows, inputs] };
  const y = makeLabels(rows, outputs.at(-1));
  const options = {
    loss: 'softmax-cross-entropy',
    optimizer: adam(),
    backend: BACKEND,
    batchSize: batch,
  };
  const run = trainer(net, { ...options, ...(threads !== undefined && { threads }) });
  const batches = Array.from({ length: rows / batch }, (_, i) => ({
    x: {
      data: x.data.subarray(i * batch * inputs, (i + 1) * batch * inputs),
      shape: [batch, inputs],
    },
    y: y.subarray(i * batch, (i + 1) * batch),
  }));
  run.step(batches[0]);
  // The workers of WebAssembly start meanwhile.
  await wait(100);
  const start = performance.now();
  let steps = 0;
  while (performance.now() - start < SECONDS * 1000) run.step(batches[steps++ % batches.length]);
  const time = ((performance.now() - start) * 1000) / steps;
  run.close();
  return time;
}

console.log(`backend ${BACKEND}; ${SECONDS} s a run, medians of ${ROUNDS}; µs a step`);
for (const neighbours of [0, 1, 2]) {
  const busy = Array.from({ length: neighbours }, (_, core) => startNeighbour(core % CORES));
  await wait(200);
  console.log(`\n${neighbours} busy neighbours`);
  for (const work of WORKS.filter(({ kind }) => kind === 'train')) {
    const times = SETTINGS.map(() => []);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [index, threads] of SETTINGS.entries())
        times[index].push(await measure(work, threads));
    }
    const [one, all, unset] = times.map(median);
    const ratio = unset / Math.min(one, all);
    console.log(
      `${work.name.padEnd(24)} 1 thread ${one.toFixed(1).padStart(9)}   ${CORES} threads ${all.toFixed(1).padStart(9)}   unset ${unset.toFixed(1).padStart(9)}   ${ratio.toFixed(2)} × the better`,
    );
  }
  for (const one of busy) one.end();
}
