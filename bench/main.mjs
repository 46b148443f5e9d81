/**
 * `npm run bench`: vinculum and its peers on the same work in one run. Rounds are interleaved, so that a drift of the
 * machine's speed meets all alike; medians are compared. Each side is a process of its own that waits while others work.
 *
 *     npm run bench -- [--only PART,…] [--sides PART,…] [--rounds N] [--seconds S] [--write] [--growth]
 *
 * Ends with exit code 1 where a target of work.mjs is missed. `--write` puts the result into docs/benchmarks.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { registeredBackends } from '../packages/core/dist/index.node.js';
import { measureNative, wasmPeak } from './ceilings/ceilings.mjs';
import { coldStarts } from './cold-start.mjs';
import { measureGrowth } from './growth.mjs';
import { judge, median, tableOf, targetsTable } from './report.mjs';
import { Side, SIDES } from './sides.mjs';
import { WORKS } from './work.mjs';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    sides: { type: 'string', default: '' },
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '0.4' },
    write: { type: 'boolean', default: false },
    growth: { type: 'boolean', default: false },
  },
});

const DOCUMENT = new URL('../docs/benchmarks.md', import.meta.url);

if (options.growth) {
  replaceSection('growth', await measureGrowth());
} else {
  process.exitCode = (await compare()) ? 0 : 1;
}

/** Whether a name holds one of the wanted parts; all where none is given. */
function isWanted(name, parts) {
  return parts === '' || parts.split(',').some((part) => name.includes(part));
}

async function compare() {
  const works = WORKS.filter(({ name }) => isWanted(name, options.only));
  const sides = [];
  for (const definition of SIDES.filter(({ name }) => isWanted(name, options.sides))) {
    const side = new Side(definition);
    await side.open();
    tell(`${side.name}: ${side.fault ?? side.version}`);
    sides.push(side);
  }
  const set = instructionSet();
  const peakOfWasm = await wasmPeak();
  const { native } = measureNative(
    set === '' ? [] : [...new Set([set, 'avx2', 'baseline'])],
    [1, 2],
  );
  const ceilings = { native, set, wasm: peakOfWasm() };
  const results = new Map();
  const sections = [];
  for (const work of works) {
    const { medians, faults } =
      work.kind === 'cold'
        ? { medians: await coldStarts(), faults: new Map() }
        : await rounds(work, sides);
    ceilings.wasm = Math.max(ceilings.wasm, peakOfWasm());
    results.set(work.name, medians);
    sections.push(tableOf(work, medians, faults, ceilings));
    console.log(sections.at(-1));
  }
  for (const side of sides) side.close();
  const judged = judge(works, results, ceilings);
  const text = [
    heading(sides, ceilings),
    ...sections,
    '### Targets',
    '',
    targetsTable(judged),
    '',
  ].join('\n');
  console.log(`${text.split('### Targets')[1]}\n${heading(sides, ceilings)}`);
  if (options.write) replaceSection('comparison', text);
  const missed = judged.filter(({ reached, wanted }) => reached !== undefined && reached < wanted);
  for (const { target, what } of missed)
    console.error(`missed: ${target.work}: ${target.side} ${what}`);
  return missed.length === 0;
}

/** The medians of interleaved rounds; the first round of a side warms it. */
async function rounds(work, sides) {
  const times = new Map();
  const faults = new Map();
  for (let round = 0; round <= Number(options.rounds); round++) {
    for (const side of sides) {
      if (faults.has(side.name)) continue;
      const seconds = round === 0 ? 0.5 * Number(options.seconds) : Number(options.seconds);
      const answer = await side.measure(work, seconds);
      if (answer.seconds === undefined) faults.set(side.name, answer.fault ?? 'no answer');
      else if (round > 0) times.set(side.name, [...(times.get(side.name) ?? []), answer.seconds]);
    }
    tell(`${work.name}: round ${round} of ${options.rounds}`);
  }
  return { medians: new Map([...times].map(([name, all]) => [name, median(all)])), faults };
}

function instructionSet() {
  const native = registeredBackends().find(({ name }) => name === 'native');
  if (native === undefined || native.unavailable() !== undefined) return '';
  return /for (\w+)/.exec(native.describe())?.[1] ?? '';
}

function heading(sides, { native, wasm }) {
  const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} processors; Node ${process.version}`;
  const peaks = Object.entries(native).map(
    ([key, { peak, bandwidth }]) =>
      `| ${key.replace(':', ', threads: ')} | ${peak.toFixed(0)} | ${bandwidth.toFixed(1)} |`,
  );
  return [
    `Machine: ${machine}. Medians of ${options.rounds} interleaved rounds. Command: \`npm run bench -- --write\`.`,
    '',
    `Versions: ${sides.map((side) => side.version || `${side.name} (${side.fault})`).join('; ')}.`,
    '',
    '| ceiling | multiply-then-add, GFLOP/s | triad, GB/s |',
    '| --- | ---: | ---: |',
    ...peaks,
    `| WebAssembly SIMD128, threads: 1 | ${wasm.toFixed(1)} | |`,
    '',
  ].join('\n');
}

/** Puts text between the marks of a section of docs/benchmarks.md. */
function replaceSection(name, text) {
  const begin = `<!-- ${name}: written by npm run bench -->`;
  const end = `<!-- end of ${name} -->`;
  const old = readFileSync(DOCUMENT, 'utf8');
  const [before = '', rest = ''] = old.split(begin);
  const [, after = ''] = rest.split(end);
  if (after === '') throw new Error(`docs/benchmarks.md has no section '${name}'`);
  writeFileSync(DOCUMENT, `${before}${begin}\n\n${text.trim()}\n\n${end}${after}`);
}

function tell(text) {
  process.stderr.write(`${text}\n`);
}
