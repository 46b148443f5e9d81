/**
 * The CPU of this machine, and the kind to which it belongs. docs/benchmarks.md has one table for each kind, because what limits a step differs
 * between them: on Zen 5 a multiplication and an addition have ports of their own, while on Intel's cores a fused multiply-add takes the
 * time of either.
 */
import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { anywhere, intelAvx512, zen5 } from './target-lists.mjs';

const CPUINFO = '/proc/cpuinfo';

/**
 * @typedef {object} Cpu
 * @property {string} name - the model for people; a virtual machine often hides the exact one
 * @property {string} vendor - such as 'GenuineIntel'; empty where the system does not say it
 * @property {number | undefined} family
 * @property {number | undefined} model - within the family
 * @property {ReadonlySet<string>} flags - the features, by Linux's names
 * @property {number} processors
 *
 * @typedef {object} Kind
 * @property {string} name - in the marks of docs/benchmarks.md
 * @property {string} title
 * @property {readonly import('./targets.mjs').Target[]} targets
 */

/** @type {readonly (Kind & { has: (cpu: Cpu) => boolean })[]} */
const KINDS = [
  {
    name: 'zen5-avx512',
    title: 'AMD Zen 5, AVX-512',
    has: ({ vendor, family, flags }) =>
      vendor === 'AuthenticAMD' && family === 26 && flags.has('avx512f'),
    targets: zen5(),
  },
  {
    name: 'intel-avx512',
    title: 'Intel, AVX-512',
    has: ({ vendor, flags }) => vendor === 'GenuineIntel' && flags.has('avx512f'),
    targets: intelAvx512(),
  },
];

/** Makers by what their CPUs call themselves. */
const MAKERS = [
  { name: 'AMD', pattern: /^AuthenticAMD/ },
  { name: 'Intel', pattern: /^GenuineIntel/ },
  { name: 'Apple', pattern: /\bApple\b/ },
];

/**
 * The kind of a CPU. One that is not in the table gets a kind of its own by its architecture and instruction set, with only the
 * targets that every kind has.
 *
 * @param {Cpu} cpu
 * @param {string} set - the instruction set that the native backend uses; empty without one
 * @returns {Kind}
 */
export function kindOf(cpu, set) {
  const maker = MAKERS.find(({ pattern }) => pattern.test(`${cpu.vendor} ${cpu.name}`));
  const words = [maker?.name ?? process.arch, ...(set === '' ? [] : [set])];
  return (
    KINDS.find(({ has }) => has(cpu)) ?? {
      name: words.join('-').toLowerCase(),
      title: `Other CPUs: ${words.join(', ')}`,
      targets: anywhere(),
    }
  );
}

/** @returns {Cpu} of this machine */
export function readCpu() {
  const name = cpus()[0]?.model.trim() ?? 'unknown';
  return cpuOf(existsSync(CPUINFO) ? readFileSync(CPUINFO, 'utf8') : '', name, cpus().length);
}

/**
 * @param {string} text - of /proc/cpuinfo; empty where there is none
 * @param {string} name
 * @param {number} processors
 * @returns {Cpu}
 */
export function cpuOf(text, name, processors) {
  const valueOf = (/** @type {string} */ key) =>
    new RegExp(`^${key}\\s*: (.*)$`, 'm').exec(text)?.[1];
  const numberOf = (/** @type {string} */ key) =>
    valueOf(key) === undefined ? undefined : Number(valueOf(key));
  return {
    name,
    vendor: valueOf('vendor_id') ?? '',
    family: numberOf('cpu family'),
    model: numberOf('model'),
    flags: new Set((valueOf('flags') ?? '').split(' ')),
    processors,
  };
}

/** A line about a CPU, with its numbers within the maker's families if the system says them. @param {Cpu} cpu */
export function describeCpu({ name, family, model, processors }) {
  const numbers = family === undefined ? '' : ` (family ${family}, model ${model})`;
  return `${name}${numbers}, ${processors} processors`;
}
