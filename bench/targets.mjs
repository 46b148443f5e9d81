/**
 * The targets of the benchmark, and the comparison of a run with them. There are four kinds: a share of the machine's peak, a
 * ratio to the best of some peers, the gain of a second thread, and a limit in seconds.
 *
 * If a ratio would need more than the share of the peak that is the target for the same work and side, it is enough to reach
 * that share and to be faster than every peer, because no code can be faster than the machine.
 */
import { operationsOf } from './work.mjs';

/**
 * `side` and `of` name sides by the start of their names; the best of them counts.
 *
 * @typedef {{ work: string, side: string, share: number }} ShareTarget
 * @typedef {{ work: string, side: string, of: string[], times: number }} RatioTarget
 * @typedef {{ work: string, side: string, gain: number }} GainTarget - how many times as fast 2 threads must be as 1
 * @typedef {{ work: string, side: string, seconds: number }} LimitTarget
 * @typedef {ShareTarget | RatioTarget | GainTarget | LimitTarget} Target
 *
 * @typedef {Map<string, number>} Medians - seconds by the name of a side
 * @typedef {object} Ceilings
 * @property {string} set - the instruction set that the native backend uses; empty without one
 * @property {Record<string, { peak: number, bandwidth: number }>} native - by `set:threads`
 * @property {Record<string, number>} wasm - peak by number of threads
 *
 * @typedef {object} Verdict
 * @property {Target} target
 * @property {string} what - with what the side is compared
 * @property {number | undefined} wanted
 * @property {number | undefined} reached - undefined if a side was not measured
 * @property {'ok' | 'ok by share' | 'missed' | 'not measured'} verdict
 */

const WIDE = '784-1024-1024-10, b512';
const MIDDLE = '784-256-10, b128';
const SMALL = '30-64-64-2, b32';
const TINY = '2-16-16-2, b32';
const EPOCH = 'Fashion-MNIST epoch, 784-100-10, b200';
const ONE_ROW = 'predict 1 row, 784-256-10';

export const TARGETS = /** @type {Target[]} */ ([
  { work: WIDE, side: 'native', share: 0.78 },
  { work: WIDE, side: 'native', of: ['jax', 'tensorflow'], times: 1.05 },
  { work: WIDE, side: 'native', of: ['torch'], times: 1.9 },
  { work: WIDE, side: 'native', gain: 1.7 },
  { work: WIDE, side: 'wasm', gain: 1.7 },
  { work: WIDE, side: 'wasm 1', share: 0.78 },
  { work: WIDE, side: 'wasm 1', of: ['tfjs wasm'], times: 26 },
  { work: MIDDLE, side: 'native', share: 0.65 },
  { work: MIDDLE, side: 'native', of: ['jax', 'tensorflow'], times: 1.3 },
  { work: MIDDLE, side: 'native', of: ['torch'], times: 2.2 },
  { work: MIDDLE, side: 'native', gain: 1.7 },
  { work: MIDDLE, side: 'wasm', gain: 1.7 },
  { work: MIDDLE, side: 'wasm 1', of: ['tfjs wasm'], times: 10.5 },
  { work: SMALL, side: 'native', of: ['jax scanned'], times: 1.6 },
  { work: SMALL, side: 'native', of: ['jax stepped'], times: 4 },
  { work: SMALL, side: 'native', of: ['torch'], times: 14 },
  { work: SMALL, side: 'native', of: ['scikit-learn'], times: 14 },
  { work: SMALL, side: 'wasm', of: ['tfjs wasm'], times: 30 },
  { work: TINY, side: 'native', of: ['jax scanned'], times: 3 },
  { work: TINY, side: 'native', of: ['jax stepped'], times: 14 },
  { work: TINY, side: 'native', of: ['torch'], times: 45 },
  { work: TINY, side: 'native', of: ['scikit-learn'], times: 45 },
  { work: TINY, side: 'native', of: ['brain.js'], times: 45 },
  { work: TINY, side: 'wasm', of: ['tfjs wasm'], times: 140 },
  { work: EPOCH, side: 'native', of: ['scikit-learn'], times: 3 },
  { work: EPOCH, side: 'native', of: ['jax scanned'], times: 1.3 },
  { work: EPOCH, side: 'wasm 1', of: ['scikit-learn'], times: 0.65 },
  { work: EPOCH, side: 'wasm 2', of: ['scikit-learn'], times: 1 },
  { work: ONE_ROW, side: 'native', of: ['onnxruntime-node'], times: 1.5 },
  { work: ONE_ROW, side: 'wasm', of: ['onnxruntime-node'], times: 0.9 },
  { work: 'cold start', side: 'wasm', seconds: 0.06 },
]);

/** Whether a side is vinculum itself. @param {string} name */
export function isOurs(name) {
  return /^(native|wasm) \d+$/.test(name);
}

/**
 * The peak with which a side of vinculum is compared, in GFLOP/s: that of its instruction set on its number of threads.
 *
 * @param {string} side
 * @param {Ceilings} ceilings
 */
export function peakOf(side, { native, wasm, set }) {
  const [backend = '', threads = ''] = side.split(' ');
  return backend === 'wasm' ? wasm[threads] : native[`${set}:${threads}`]?.peak;
}

/**
 * Judges every target whose work was measured.
 *
 * @param {import('./work.mjs').Work[]} works
 * @param {Map<string, Medians>} results - by the name of the work
 * @param {Ceilings} ceilings
 * @returns {Verdict[]}
 */
export function judge(works, results, ceilings) {
  return TARGETS.flatMap((target) => {
    const work = works.find(({ name }) => name === target.work);
    const medians = results.get(target.work);
    return work === undefined || medians === undefined
      ? []
      : [judgeOne(target, work, medians, ceilings)];
  });
}

/**
 * @param {Target} target
 * @param {import('./work.mjs').Work} work
 * @param {Medians} medians
 * @param {Ceilings} ceilings
 * @returns {Verdict}
 */
function judgeOne(target, work, medians, ceilings) {
  const own = bestOf(medians, [target.side])?.[1];
  if ('share' in target) {
    const peak = wholePeak(target.side, ceilings);
    const reached = own && peak && operationsOf(work) / own / 1e9 / peak;
    return verdictOf(target, 'share of peak', target.share, reached);
  }
  if ('gain' in target) {
    const [one, two] = [1, 2].map((threads) => medians.get(`${target.side} ${threads}`));
    return verdictOf(target, '× one thread, on two', target.gain, one && two && one / two);
  }
  if ('seconds' in target) {
    // The limit as a ratio, so that a larger number is better in every line of the table.
    const what = `× faster than ${target.seconds * 1000} ms`;
    return verdictOf(target, what, 1, own && target.seconds / own);
  }
  const peer = bestOf(medians, target.of);
  const reached = own && peer && peer[1] / own;
  const judged = verdictOf(target, `× ${peer?.[0] ?? target.of.join(', ')}`, target.times, reached);
  if (judged.verdict !== 'missed' || own === undefined || peer === undefined) return judged;
  const atShare = secondsAtShare(target, work, ceilings);
  const limited = atShare !== undefined && peer[1] / target.times < atShare && own <= atShare;
  const ahead = [...medians].every(([name, seconds]) => isOurs(name) || own < seconds);
  return limited && ahead ? { ...judged, verdict: 'ok by share' } : judged;
}

/**
 * @param {Target} target
 * @param {string} what
 * @param {number} wanted
 * @param {number | undefined} reached
 * @returns {Verdict}
 */
function verdictOf(target, what, wanted, reached) {
  if (reached === undefined) return { target, what, wanted, reached, verdict: 'not measured' };
  return { target, what, wanted, reached, verdict: reached >= wanted ? 'ok' : 'missed' };
}

/**
 * The seconds of a step at the share of peak that is stated for the same work and side.
 *
 * @param {RatioTarget} target
 * @param {import('./work.mjs').Work} work
 * @param {Ceilings} ceilings
 */
function secondsAtShare(target, work, ceilings) {
  for (const other of TARGETS) {
    if (!('share' in other) || other.work !== target.work || other.side !== target.side) continue;
    const peak = wholePeak(target.side, ceilings);
    return peak && operationsOf(work) / (other.share * peak * 1e9);
  }
  return undefined;
}

/**
 * The peak of a side on the number of threads in its name, or on two threads if its name has none.
 *
 * @param {string} side
 * @param {Ceilings} ceilings
 */
function wholePeak(side, ceilings) {
  return peakOf(/ \d+$/.test(side) ? side : `${side} 2`, ceilings);
}

/**
 * The fastest of the sides whose names begin with one of the texts.
 *
 * @param {Medians} medians
 * @param {string[]} starts
 */
function bestOf(medians, starts) {
  return [...medians]
    .filter(([name]) => starts.some((start) => name.startsWith(start)))
    .toSorted((left, right) => left[1] - right[1])[0];
}
