/**
 * How a benchmark run is judged: each kind of target, the rule about the share of the peak, sides that were not measured, the kinds of CPU, and
 * the section of the document that a run writes.
 */
import { expect, test } from 'vitest';
import { cpuOf, kindOf } from '../bench/cpu.mjs';
import { withSection } from '../bench/document.mjs';
import { anywhere, intelAvx512, zen5 } from '../bench/target-lists.mjs';
import {
  isOurs,
  judge,
  peakOf,
  type Ceilings,
  type Target,
  type Verdict,
} from '../bench/targets.mjs';
import { operationsOf, WORKS } from '../bench/work.mjs';

const WIDE = '784-1024-1024-10, b512';
const ceilings: Ceilings = {
  set: 'avx512',
  native: {
    'avx512:1': { peak: 200, fused: 350, bandwidth: 20 },
    'avx512:2': { peak: 400, fused: 700, bandwidth: 30 },
  },
  wasm: { 1: 60, 2: 120 },
  wasmFused: { 1: 90, 2: 180 },
};

/** The seconds of a wide step that reaches a share of the native peak on two threads. */
function at(share: number): number {
  const work = WORKS.find(({ name }) => name === WIDE);
  if (work === undefined) throw new Error('internal: no such work');
  return operationsOf(work) / (share * 400e9);
}

function verdicts(
  work: string,
  medians: Record<string, number>,
  targets: readonly Target[] = zen5(),
): Verdict[] {
  return judge(WORKS, new Map([[work, new Map(Object.entries(medians))]]), ceilings, targets);
}

function against(peer: string, all: readonly Verdict[]): Verdict['verdict'] | undefined {
  return all.find(({ what }) => what === `× ${peer}`)?.verdict;
}

test('every target names a work that exists', () => {
  const names = new Set(WORKS.map(({ name }) => name));
  const all = [...anywhere(), ...zen5(), ...intelAvx512()];
  expect(all.filter(({ work }) => !names.has(work))).toEqual([]);
});

test('a ratio compares our fastest side with the peer, and a ratio below the target is missed', () => {
  const slow = verdicts(WIDE, { 'native 2': at(0.5), 'jax scanned': at(0.5), 'jax stepped': 1 });
  expect(against('jax scanned', slow)).toBe('missed');
  const fast = verdicts(WIDE, { 'native 2': at(0.9), 'jax scanned': at(0.5) });
  expect(against('jax scanned', fast)).toBe('ok');
});

test('the share of the peak is enough if the ratio asks for more than that and every peer is slower', () => {
  const medians = { 'native 2': at(0.8), 'jax scanned': at(0.79) };
  expect(against('jax scanned', verdicts(WIDE, medians))).toBe('ok by share');
  const overtaken = verdicts(WIDE, { ...medians, torch: at(0.85) });
  expect(against('jax scanned', overtaken)).toBe('missed');
});

test('the share of the peak does not excuse a missed ratio that asks for less than that', () => {
  const all = verdicts(WIDE, { 'native 2': at(0.7), 'jax scanned': at(0.69) });
  expect(against('jax scanned', all)).toBe('missed');
});

test('a second thread is judged by its gain and a cold start by its seconds', () => {
  const threads = verdicts(WIDE, { 'wasm 1': 1, 'wasm 2': 0.6 });
  const gains = threads.filter(({ what }) => what.includes('on two'));
  expect(gains.map(({ verdict }) => verdict)).toEqual(['not measured', 'missed']);
  expect(verdicts('cold start', { 'wasm 1': 0.05 })[0]?.verdict).toBe('ok');
  expect(verdicts('cold start', { 'wasm 1': 0.07 })[0]?.verdict).toBe('missed');
});

test('a target without a measured peer or side of ours is reported as not measured, not as passed', () => {
  const all = verdicts(WIDE, { 'wasm 1': at(0.1) });
  expect(against('torch', all)).toBe('not measured');
});

test('the two numerics are judged apart: a fast fused side does not help the portable one', () => {
  const medians = { 'native 2': at(0.5), 'native fused 2': at(0.95), 'jax scanned': at(0.8) };
  const all = verdicts(WIDE, medians, intelAvx512());
  const verdictOf = (side: string, what: string) =>
    all.find(({ target, what: found }) => target.side === side && found === what)?.verdict;
  expect(verdictOf('native', 'share of peak')).toBe('missed');
  expect(verdictOf('native fused', '× jax scanned')).toBe('ok');
  expect(verdictOf('native fused', '× one thread, on two')).toBeUndefined();
  const level = verdicts(WIDE, { 'native 2': at(0.8), 'native fused 1': at(0.7) });
  expect(level.find(({ target }) => target.side === 'native fused')?.verdict).toBe('missed');
});

test('a side is compared with the peak of its numerics on its number of threads', () => {
  expect(peakOf('native 1', ceilings)).toBe(200);
  expect(peakOf('native fused 1', ceilings)).toBe(350);
  expect(peakOf('native fused auto', ceilings)).toBe(700);
  expect(peakOf('wasm fused 2', ceilings)).toBe(180);
  expect(['native auto', 'wasm fused 1', 'tfjs wasm'].map(isOurs)).toEqual([true, true, false]);
});

test('a CPU is recognised by its maker, family and features, and an unknown one gets a kind of its own', () => {
  const text = (vendor: string, family: number, flags: string): string =>
    `processor\t: 0\nvendor_id\t: ${vendor}\ncpu family\t: ${family}\nmodel\t\t: 2\nmodel name\t: X\nflags\t\t: ${flags}\n`;
  const kindOfText = (info: string, set: string): string => kindOf(cpuOf(info, 'X', 2), set).name;
  expect(kindOfText(text('AuthenticAMD', 26, 'fma avx512f'), 'avx512')).toBe('zen5-avx512');
  expect(kindOfText(text('GenuineIntel', 6, 'fma avx512f'), 'avx512')).toBe('intel-avx512');
  expect(kindOfText(text('AuthenticAMD', 25, 'fma avx512f'), 'avx512')).toBe('amd-avx512');
  expect(kindOfText(text('GenuineIntel', 6, 'fma avx2'), 'avx2')).toBe('intel-avx2');
  expect(kindOf(cpuOf('', 'Apple M2', 8), 'neon')).toMatchObject({
    name: 'apple-neon',
    targets: anywhere(),
  });
});

test('a run replaces the section of its own kind only, and a new kind gets a section', () => {
  const section = (name: string, text: string): string =>
    `<!-- ${name}: written by npm run bench -->\n\n${text}\n\n<!-- end of ${name} -->`;
  const old = `# Title\n\n${section('a', 'old a')}\n\nplace\nrest\n`;
  const added = withSection(old, { name: 'b', text: 'new b', place: 'place' });
  expect(added).toBe(
    `# Title\n\n${section('a', 'old a')}\n\n${section('b', 'new b')}\n\nplace\nrest\n`,
  );
  const replaced = withSection(added, { name: 'a', text: 'newer', place: 'place' });
  expect(replaced).toBe(added.replace('old a', 'newer'));
  expect(() => withSection(old, { name: 'c', text: '' })).toThrow('no place');
});
