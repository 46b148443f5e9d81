/**
 * The run of the comparison: which method is measured on which split, in which order, and what is written about it. A result that is
 * in the file already is not measured again.
 */
import { mkdirSync } from 'node:fs';
import { loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { appendResult, keyOf, readResults } from './results.mjs';
import { score } from './scores.mjs';
import { writeSplit } from './splits.mjs';

/**
 * @typedef {object} Job
 * @property {import('./splits.mjs').Table} table
 * @property {number} seed
 * @property {import('./methods.mjs').Method} method
 *
 * @typedef {object} Side - a method that can be measured
 * @property {string} version
 * @property {string | undefined} fault - why it cannot
 * @property {(work: import('./vinculum.mjs').Work) => Promise<import('./vinculum.mjs').Measured>} measure
 * @property {() => void} [close]
 *
 * @typedef {object} Run
 * @property {string} results - the file
 * @property {number} limit - the longest time of one fit in seconds
 * @property {number} threads
 * @property {string} cpu
 * @property {boolean} retry - measures again what failed
 * @property {(method: import('./methods.mjs').Method) => Promise<Side>} open - called when a method is needed first
 * @property {(line: string) => void} tell
 */

/**
 * Everything that is to be measured: by stage, then by table in their order, seed and method.
 *
 * @param {readonly import('./splits.mjs').Table[]} tables
 * @param {readonly number[]} seeds
 * @param {readonly import('./methods.mjs').Method[]} methods
 * @returns {Job[]}
 */
export function jobsOf(tables, seeds, methods) {
  const all = tables.flatMap((table) =>
    seeds.flatMap((seed) => methods.map((method) => ({ table, seed, method }))),
  );
  return all
    .filter(({ table, method }) => table.rows <= (method.maxRows ?? Number.POSITIVE_INFINITY))
    .toSorted((a, b) => a.method.stage - b.method.stage);
}

/**
 * Measures what the file of results does not have yet. The splits are written to a folder beside it.
 *
 * @param {readonly Job[]} jobs
 * @param {Run} run
 */
export async function runAll(jobs, run) {
  const done = readResults(run.results);
  const folder = join(dirname(run.results), 'splits');
  /** @type {Map<string, Side>} */
  const sides = new Map();
  mkdirSync(folder, { recursive: true });
  for (const job of jobs) {
    const { table, seed, method } = job;
    const earlier = done.get(keyOf({ table: table.name, method: method.name, seed }));
    if (earlier !== undefined && !(run.retry && earlier.fault !== undefined)) continue;
    const side = sides.get(method.name) ?? (await opened(method, run));
    sides.set(method.name, side);
    if (side.fault !== undefined) continue;
    const split = writeSplit(table, seed, folder);
    const found = await measured(side, { split, table, seed, limit: run.limit });
    const result = resultOf(job, side, found, run);
    appendResult(run.results, result);
    run.tell(lineOf(result));
  }
  for (const side of sides.values()) side.close?.();
}

/** @param {import('./methods.mjs').Method} method @param {Run} run @returns {Promise<Side>} */
async function opened(method, run) {
  const side = await run.open(method);
  const { version, fault } = side;
  run.tell(`${method.name}: ${fault === undefined ? version : `left out, because it is ${fault}`}`);
  return side;
}

/** The scores, or why there are none. @param {Side} side @param {import('./vinculum.mjs').Work} work */
async function measured(side, work) {
  try {
    const { answer, ...used } = await side.measure(work);
    return { ...score(answer, work.split.testTargets, work.table.task), ...used };
  } catch (error) {
    return { fault: /** @type {Error} */ (error).message };
  }
}

/**
 * @param {Job} job
 * @param {Side} side
 * @param {Partial<import('./results.mjs').Result>} found
 * @param {Run} run
 * @returns {import('./results.mjs').Result}
 */
function resultOf({ table, seed, method }, { version }, found, { cpu, threads }) {
  const about = { version, cpu, threads, date: new Date().toISOString(), load: loadavg()[0] ?? 0 };
  return { table: table.name, task: table.task, method: method.name, seed, ...found, ...about };
}

/** @param {import('./results.mjs').Result} result */
function lineOf({ table, seed, method, error, loss, fit, fault }) {
  const scores = `error ${error?.toPrecision(4)}, loss ${loss?.toPrecision(4)}, fit ${fit?.toPrecision(3)} s`;
  return `${table}, seed ${seed}, ${method}: ${fault ?? scores}`;
}
