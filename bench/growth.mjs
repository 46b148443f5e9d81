/**
 * Measures how the time of a step grows with width, batch, depth, threads and rows of the data set, and how memory grows with
 * rows. It writes curves as SVG into docs/figures and returns a table of the points. It measures only vinculum, in one process.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { adam, dense, fit, network, registeredBackends } from '../packages/core/dist/node/index.js';
import { plot } from './plot.mjs';
import { median } from './median.mjs';
import { time } from './report.mjs';
import { makeLabels, makeRows } from './work.mjs';

const FIGURES = new URL('../docs/figures/', import.meta.url);
const ROUNDS = 5;
/** About how long one measurement takes, in seconds. */
const SLICE = 0.15;

const BASE = { width: 256, batch: 128, depth: 1, threads: 2, rows: 128 * 20, inputs: 256 };

const SWEEPS = [
  { name: 'width', axis: 'units of the hidden layer', values: [16, 32, 64, 128, 256, 512, 1024] },
  { name: 'batch', axis: 'rows of a batch', values: [1, 4, 16, 64, 128, 256, 512] },
  { name: 'depth', axis: 'hidden layers', values: [1, 2, 4, 8, 16] },
  { name: 'threads', axis: 'threads', values: [1, 2, 3, 4] },
  { name: 'rows', axis: 'rows of the data set', values: [1_000, 4_000, 16_000, 64_000, 256_000] },
];

/** @returns {Promise<string>} Markdown for docs/benchmarks.md */
export async function measureGrowth() {
  mkdirSync(FIGURES, { recursive: true });
  const backends = registeredBackends()
    .filter((one) => one.precision === 'float32' && one.unavailable() === undefined)
    .map(({ name }) => name);
  const measured = await measureSweeps(backends);
  const parts = SWEEPS.map((sweep) => {
    const series = measured.get(sweep.name);
    const title = `Time of a step against ${sweep.axis}`;
    writeFileSync(
      new URL(`growth-${sweep.name}.svg`, FIGURES),
      plot({ title, x: sweep.axis, y: 'microseconds', series }),
    );
    return section(title, sweep, series);
  });
  parts.push(await memoryAgainstRows());
  const base = Object.entries(BASE).map(([name, value]) => `${name} ${value}`);
  return [
    `Unless stated otherwise: ${base.join(', ')}; ReLU, 10 classes, Adam. The shortest time of ${ROUNDS} rounds. Command: \`npm run bench -- --growth\`.`,
    '',
    ...parts,
  ].join('\n');
}

/**
 * The shortest time of every point, because other work on the machine only adds time. Each round goes over all sweeps,
 * because for some seconds the machine may have only one free processor instead of two.
 */
async function measureSweeps(backends) {
  const series = new Map(
    SWEEPS.map(({ name, values }) => [
      name,
      backends.map((backend) => ({
        name: backend,
        points: values.map((value) => [value, Infinity]),
      })),
    ]),
  );
  for (let round = 0; round < ROUNDS; round++) {
    for (const [axis, lines] of series) {
      for (const { name: backend, points } of lines) {
        for (const point of points) {
          const seconds = await stepTime(backend, { ...BASE, [axis]: point[0] });
          point[1] = Math.min(point[1], seconds * 1e6);
        }
      }
    }
  }
  return series;
}

/** Seconds of one step. */
async function stepTime(backend, { width, batch, depth, threads, rows, inputs }) {
  const count = Math.max(batch, Math.floor(rows / batch) * batch);
  const hidden = Array.from({ length: depth }, () => dense(width, { activation: 'relu' }));
  const net = network({ inputs, layers: [...hidden, dense(10)] });
  const data = {
    x: { data: rowsOf(count, inputs), shape: [count, inputs] },
    y: makeLabels(count, 10),
  };
  const options = {
    loss: 'softmax-cross-entropy',
    optimizer: adam(),
    batchSize: batch,
    backend,
    threads,
    metrics: [],
  };
  const steps = count / batch;
  const first = await fit(net, data, { ...options, epochs: 1 });
  const epochs = Math.max(1, Math.min(200, Math.round(SLICE / first.epochs[0].seconds)));
  const history = await fit(net, data, { ...options, epochs });
  return median(history.epochs.map(({ seconds }) => seconds)) / steps;
}

/** Rows that are drawn once and used for every point, because drawing them takes longer than a step. */
let drawn = new Float32Array(0);
function rowsOf(count, columns) {
  if (drawn.length < count * columns) drawn = makeRows(count, columns);
  return drawn.subarray(0, count * columns);
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

/**
 * The memory that a run adds to that of its data, for data sets that fit the data window and for larger ones. It is measured
 * on the native backend, because its memory is an ordinary buffer.
 */
async function memoryAgainstRows() {
  const inputs = 784;
  const points = [];
  for (const rows of [10_000, 100_000, 400_000, 1_600_000]) {
    const bytes = new Uint8Array(rows * inputs);
    const net = network({ inputs, layers: [dense(32, { activation: 'relu' }), dense(10)] });
    collect();
    const before = process.memoryUsage().arrayBuffers;
    let most = before;
    await fit(
      net,
      { x: { data: bytes, shape: [rows, inputs] }, y: makeLabels(rows, 10) },
      {
        loss: 'softmax-cross-entropy',
        backend: 'native',
        batchSize: 2000,
        epochs: 1,
        metrics: [],
        onProgress: () => (most = Math.max(most, process.memoryUsage().arrayBuffers)),
      },
    );
    points.push([rows, Math.max(most - before, 0) / 2 ** 20]);
  }
  const title = 'Memory that a run adds against rows of 784 bytes';
  const series = [{ name: 'added, MiB', points }];
  writeFileSync(
    new URL('growth-memory.svg', FIGURES),
    plot({ title, x: 'rows of the data set', y: 'MiB', series }),
  );
  const lines = points.map(
    ([rows, mib]) => `| ${rows.toLocaleString('en')} | ${mib.toFixed(0)} MiB |`,
  );
  return [
    `![${title}](figures/growth-memory.svg)`,
    '',
    'A set of up to 1 GiB is copied into the arena once; a larger one passes through it batch by batch.',
    '',
    '| rows | added |',
    '| ---: | ---: |',
    ...lines,
    '',
  ].join('\n');
}

function section(title, { name, axis, values }, series) {
  const lines = values.map(
    (value, index) =>
      `| ${value} | ${series.map(({ points }) => time(points[index][1] / 1e6)).join(' | ')} |`,
  );
  return [
    `![${title}](figures/growth-${name}.svg)`,
    '',
    `| ${axis} | ${series.map((one) => one.name).join(' | ')} |`,
    `| ---: | ${series.map(() => '---:').join(' | ')} |`,
    ...lines,
    '',
  ].join('\n');
}
