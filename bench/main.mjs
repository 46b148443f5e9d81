/**
 * `npm run bench` measures vinculum and its peers on the same work in one run. The rounds of all sides are interleaved, so that
 * a change of the machine's speed affects all of them, and medians are compared. Each side is a separate process that waits
 * while another one works.
 *
 *     npm run bench -- [--only PART,…] [--sides PART,…] [--peers PART,…] [--without PART,…] [--rounds N] [--seconds S] [--quick]
 *                      [--write] [--growth]
 *
 * `--sides` chooses sides, `--without` leaves sides out, and `--only` chooses work, all by parts of their names. `--peers` chooses
 * peers and measures all sides of vinculum beside them. `--quick` means 3 rounds of 0.1 seconds. The exit code is 1 if a target of
 * target-lists.mjs is missed. `--write` writes the result into the section of docs/benchmarks.md that belongs to this kind of CPU, and leaves
 * the others as they are.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { registeredBackends } from '../packages/core/dist/node/index.js';
import { Ceilings } from './ceilings/ceilings.mjs';
import { coldStarts } from './cold-start.mjs';
import { measureGrowth } from './growth.mjs';
import { describeCpu, kindOf, readCpu } from './cpu.mjs';
import { withSection } from './document.mjs';
import { median } from './median.mjs';
import { tableOf, targetsTable } from './report.mjs';
import { Side, SIDES } from './sides.mjs';
import { isOurs, judge } from './targets.mjs';
import { fashionMnistSource, WORKS } from './work.mjs';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    sides: { type: 'string', default: '' },
    peers: { type: 'string', default: '' },
    without: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    growth: { type: 'boolean', default: false },
  },
});

const ROUNDS = Number(options.rounds ?? (options.quick ? 3 : 7));
const SECONDS = Number(options.seconds ?? (options.quick ? 0.1 : 0.4));
/** Seconds of one repetition from which on a side is slow. */
const SLOW = 1;

/** The line of the document before which the section of a further kind of CPU is put. */
const FURTHER_KINDS = '<!-- further kinds of CPU -->';

const DOCUMENT = new URL('../docs/benchmarks.md', import.meta.url);

if (options.growth) {
  replaceSection('growth', await measureGrowth());
} else {
  process.exitCode = (await compare()) ? 0 : 1;
}

/** Whether a name contains one of the given parts. Without parts, every name is chosen. */
function isWanted(name, parts) {
  return parts === '' || parts.split(',').some((part) => name.includes(part));
}

function isWantedSide({ name }) {
  const amongPeers = isOurs(name) || isWanted(name, options.peers);
  const isLeftOut = options.without !== undefined && isWanted(name, options.without);
  return isWanted(name, options.sides) && amongPeers && !isLeftOut;
}

async function compare() {
  const works = WORKS.filter(({ name }) => isWanted(name, options.only));
  const sides = await openSides();
  const set = instructionSet();
  const [cpu, kind] = [readCpu(), kindOf(readCpu(), set)];
  const ceilings = new Ceilings(set, [1, 2]);
  await ceilings.open();
  const results = new Map();
  const sections = [];
  for (const work of works) {
    const { medians, faults } =
      work.kind === 'cold' ? await coldStarts() : await rounds(work, sides);
    await ceilings.again();
    results.set(work.name, medians);
    sections.push(tableOf(work, medians, faults, ceilings));
    console.log(sections.at(-1));
  }
  for (const side of sides) side.close();
  await ceilings.close();
  const judged = judge(works, results, ceilings, kind.targets);
  const head = [`### ${kind.title}`, '', heading(cpu, sides, ceilings)].join('\n');
  const judgement = ['#### Targets', '', targetsTable(judged), ''].join('\n');
  console.log(`${judgement}\n${head}`);
  const text = [head, ...sections, judgement].join('\n');
  if (options.write) replaceSection(`comparison on ${kind.name}`, text, FURTHER_KINDS);
  const missed = judged.filter(({ verdict }) => verdict === 'missed');
  for (const { target, what, wanted, reached } of missed) {
    const found = `${reached.toPrecision(3)}, but it must be at least ${Number(wanted?.toPrecision(3))}`;
    console.error(`missed: ${target.work}: ${target.side} ${what}: ${found}`);
  }
  return missed.length === 0;
}

/** Starts the chosen sides. A side that cannot be measured keeps its reason. */
async function openSides() {
  const sides = [];
  for (const definition of SIDES.filter(isWantedSide)) {
    const side = new Side(definition);
    await side.open();
    tell(`${side.name}: ${side.fault ?? side.version}`);
    sides.push(side);
  }
  return sides;
}

/**
 * The medians of interleaved rounds, without the first round of a side, which is its warm-up. A side of which one repetition takes longer
 * than SLOW seconds is measured once, because its noise is small beside its distance to the others.
 */
async function rounds(work, sides) {
  const times = new Map();
  const faults = new Map();
  for (let round = 0; round <= ROUNDS; round++) {
    for (const side of sides) {
      if (faults.has(side.name) || (times.get(side.name)?.[0] ?? 0) > SLOW) continue;
      const answer = await side.measure(work, round === 0 ? 0.5 * SECONDS : SECONDS);
      if (answer.seconds === undefined) faults.set(side.name, answer.fault ?? 'no answer');
      else if (round > 0) times.set(side.name, [...(times.get(side.name) ?? []), answer.seconds]);
    }
    tell(`${work.name}: round ${round} of ${ROUNDS}`);
  }
  return { medians: new Map([...times].map(([name, all]) => [name, median(all)])), faults };
}

/** The command line of this run, so that a reader can repeat it. */
function command() {
  return ['npm run bench --', ...process.argv.slice(2)].join(' ');
}

function instructionSet() {
  const native = registeredBackends().find(({ name }) => name === 'native');
  if (native === undefined || native.unavailable() !== undefined) return '';
  return /for (\w+)/.exec(native.describe())?.[1] ?? '';
}

/** A number with so many digits after the point; empty if it was not measured. */
function digits(value, count) {
  return value?.toFixed(count) ?? '';
}

function heading(cpu, sides, { set, native, wasm, wasmFused, fault }) {
  const machine = `${describeCpu(cpu)}; instruction set ${set || 'none'}; Node ${process.version}`;
  const peaks = Object.entries(native).map(
    ([key, { peak, fused, bandwidth }]) =>
      `| ${key.replace(':', ', threads: ')} | ${digits(peak, 0)} | ${digits(fused, 0)} | ${digits(bandwidth, 1)} |`,
  );
  const versions = sides.map((side) => side.version || `${side.name} (${side.fault})`);
  return [
    `Machine: ${machine}. Medians of ${ROUNDS} interleaved rounds; a side that takes longer than ${SLOW} s is measured once. Command: \`${command()}\`.`,
    '',
    `Load average at the end: ${loadavg()[0]?.toFixed(1)}. The benchmark itself makes 1 to 2; more comes from other work on the machine.`,
    '',
    `Rows of the epoch: ${fashionMnistSource()}.`,
    '',
    `Versions: ${[...new Set(versions)].join('; ')}.`,
    '',
    '| ceiling | multiply-then-add, GFLOP/s | fused multiply-add, GFLOP/s | triad, GB/s |',
    '| --- | ---: | ---: | ---: |',
    ...peaks,
    ...Object.entries(wasm).map(
      ([threads, peak]) =>
        `| WebAssembly SIMD, threads: ${threads} | ${digits(peak, 1)} | ${digits(wasmFused[threads], 1)} | |`,
    ),
    ...(fault === undefined ? [] : ['', `The native ceilings could not be measured: ${fault}.`]),
    '',
  ].join('\n');
}

/**
 * Writes a section of docs/benchmarks.md.
 *
 * @param {string} name
 * @param {string} text
 * @param {string} [place] - the line before which the section is put if the document does not have it yet
 */
function replaceSection(name, text, place) {
  writeFileSync(DOCUMENT, withSection(readFileSync(DOCUMENT, 'utf8'), { name, text, place }));
}

function tell(text) {
  process.stderr.write(`${text}\n`);
}
