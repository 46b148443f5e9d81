/** How a benchmark run is judged: each kind of target, the rule about the share of the peak, and sides that were not measured. */
import { expect, test } from 'vitest';
import { judge, TARGETS, type Ceilings, type Verdict } from '../bench/targets.mjs';
import { operationsOf, WORKS } from '../bench/work.mjs';

const WIDE = '784-1024-1024-10, b512';
const ceilings: Ceilings = {
  set: 'avx512',
  native: { 'avx512:1': { peak: 200, bandwidth: 20 }, 'avx512:2': { peak: 400, bandwidth: 30 } },
  wasm: { 1: 60, 2: 120 },
};

/** The seconds of a wide step that reaches a share of the native peak on two threads. */
function at(share: number): number {
  const work = WORKS.find(({ name }) => name === WIDE);
  if (work === undefined) throw new Error('internal: no such work');
  return operationsOf(work) / (share * 400e9);
}

function verdicts(work: string, medians: Record<string, number>): Verdict[] {
  return judge(WORKS, new Map([[work, new Map(Object.entries(medians))]]), ceilings);
}

function against(peer: string, all: readonly Verdict[]): Verdict['verdict'] | undefined {
  return all.find(({ what }) => what === `× ${peer}`)?.verdict;
}

test('every target names a work that exists', () => {
  const names = new Set(WORKS.map(({ name }) => name));
  expect(TARGETS.filter(({ work }) => !names.has(work))).toEqual([]);
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
