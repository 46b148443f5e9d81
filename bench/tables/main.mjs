/**
 * `npm run bench:tables -- FOLDER` compares vinculum and its peers on a folder of tables. INDEX.tsv in the folder names them (name, target,
 * task, rows). Every method learns from the same 80 % of the rows of a table and is judged on the others.
 *
 *     npm run bench:tables -- FOLDER [--seeds 0..2] [--methods NAME,…] [--tables NAME,…] [--without NAME,…] [--max-rows N]
 *                             [--limit S] [--threads N] [--results FILE] [--beside FILE]… [--variant 'NAME: FLAGS']… [--vinculum REPOSITORY] [--python FILE]
 *                             [--retry] [--report] [--write]
 *
 * The results are lines of JSON in `--results`. What is there is not run again, but `--retry` runs again what failed. `--beside` adds the
 * results of another file to the report. `--variant` is a method with flags of `vinculum train`, for an experiment; without
 * `--methods` it is run alone. `--vinculum` takes the command from another built repository. `--report` runs nothing and prints the
 * report of what is there. `--write` writes the report to docs/accuracy.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeCpu, readCpu } from '../cpu.mjs';
import { withSection } from '../document.mjs';
import { METHODS, variant } from './methods.mjs';
import { Peer } from './peers.mjs';
import { reportOf } from './report.mjs';
import { keyOf, readResults } from './results.mjs';
import { jobsOf, runAll } from './run.mjs';
import { readIndex } from './splits.mjs';
import { Vinculum } from './vinculum.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DOCUMENT = join(ROOT, 'docs/accuracy.md');

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '0' },
    methods: { type: 'string', default: '' },
    without: { type: 'string', default: '' },
    tables: { type: 'string', default: '' },
    'max-rows': { type: 'string', default: 'Infinity' },
    limit: { type: 'string', default: '600' },
    threads: { type: 'string', default: '2' },
    results: { type: 'string', default: join(ROOT, 'runs/bench-tables/results.jsonl') },
    beside: { type: 'string', multiple: true, default: [] },
    variant: { type: 'string', multiple: true, default: [] },
    vinculum: { type: 'string', default: ROOT },
    python: { type: 'string', default: join(ROOT, 'bench/.venv-tables/bin/python') },
    retry: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});

const [folder] = positionals;
if (folder === undefined) {
  throw new Error(
    'bench:tables: a folder with INDEX.tsv must be given; npm run bench:tables -- FOLDER',
  );
}
const variants = options.variant.map(variant);
const cpu = describeCpu(readCpu());
const threads = Number(options.threads);
const mostRows = Number(options['max-rows']);
const tables = readIndex(folder).filter(
  ({ name, rows }) => isChosen(name, options.tables) && rows <= mostRows,
);
if (!options.report) {
  const { results, retry } = options;
  const limit = Number(options.limit);
  const jobs = jobsOf(tables, seeds(), chosenMethods());
  await runAll(jobs, { results, limit, threads, cpu, retry, open, tell });
}
report();

/** Whether a name is in a list with commas. Without a list, every name is. @param {string} name @param {string} list */
function isChosen(name, list) {
  return list === '' || list.split(',').includes(name);
}

/** The methods of this run. */
function chosenMethods() {
  if (variants.length > 0 && options.methods === '') return variants;
  const wanted = METHODS.filter(({ name }) => isChosen(name, options.methods));
  const kept = wanted.filter(({ name }) => !options.without.split(',').includes(name));
  return [...kept, ...variants];
}

/** @returns {number[]} such as [0, 1, 2] for '0..2' */
function seeds() {
  const [first = 0, last = first] = options.seeds.split('..').map(Number);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** @param {import('./methods.mjs').Method} method @returns {Promise<import('./run.mjs').Side>} */
async function open({ name, flags }) {
  if (flags !== undefined) return new Vinculum(options.vinculum, flags, threads);
  const peer = new Peer(name, options.python, threads);
  await peer.open();
  return peer;
}

/** Prints the report over the chosen tables; of an experiment, over those that its variants have. */
function report() {
  const files = [...options.beside, options.results];
  const all = new Map(files.flatMap((file) => [...readResults(file)]));
  const isIn = (/** @type {string} */ table) =>
    tables.some(({ name }) => name === table) &&
    variants.every(({ name }) =>
      seeds().some((seed) => all.has(keyOf({ table, method: name, seed }))),
    );
  const wanted = new Set(seeds());
  const results = [...all.values()].filter(({ table, seed }) => isIn(table) && wanted.has(seed));
  const text = `${heading(results)}\n\n${reportOf(results, [...METHODS, ...variants])}\n`;
  console.log(text);
  if (!options.write) return;
  const document = readFileSync(DOCUMENT, 'utf8');
  writeFileSync(
    DOCUMENT,
    withSection(document, { name: 'tables', text, command: 'npm run bench:tables' }),
  );
}

/** What was measured, when, where and with which versions. @param {readonly import('./results.mjs').Result[]} results */
function heading(results) {
  const different = (/** @type {'version' | 'cpu' | 'threads'} */ key) =>
    [...new Set(results.map((result) => result[key]))].join('; ');
  const dates = results.map(({ date }) => date.slice(0, 10)).toSorted();
  const loads = results.map(({ load }) => load);
  return [
    `Machine: ${different('cpu')}; threads: ${different('threads')}. Measured from ${dates[0]} to ${dates.at(-1)}, seeds ${options.seeds}.`,
    `Load average while it was measured: from ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}. The comparison itself makes as much as it has threads; more comes from other work on the machine, and the times are then too long.`,
    `Versions: ${different('version')}. Command: \`npm run bench:tables -- FOLDER --seeds ${options.seeds} --threads ${different('threads')} --write\`.`,
    ...left(results),
  ].join('\n\n');
}

/** Which methods are slow, and which methods and tables have no results. @param {readonly import('./results.mjs').Result[]} results */
function left(results) {
  const absent = METHODS.filter(({ name }) => results.every(({ method }) => method !== name));
  const slow = METHODS.filter((method) => method.maxRows !== undefined && !absent.includes(method));
  const limits = slow.map(({ title, maxRows }) => `${title} up to ${maxRows} rows`);
  const titles = absent.map(({ title }) => title);
  const all = readIndex(folder ?? '').map(({ name }) => name);
  const without = all.filter((name) => results.every(({ table }) => table !== name));
  return [
    ...(limits.length === 0
      ? []
      : [
          `Because they are slow, some methods are run on small tables at most: ${limits.join(', ')}.`,
        ]),
    ...(without.length === 0
      ? []
      : [`Tables of the folder without results here: ${without.join(', ')}.`]),
    ...(titles.length === 0 ? [] : [`Not measured: ${titles.join(', ')}.`]),
  ];
}

/** @param {string} text */
function tell(text) {
  process.stderr.write(`${text}\n`);
}
