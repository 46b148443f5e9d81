/**
 * The comparison of a run with the targets of target-lists.mjs. There are four kinds of target: a share of the machine's peak, a
 * ratio to the best of some other sides, the gain of a second thread, and a limit in seconds.
 *
 * If a ratio would need more than the share of the peak that is the target for the same work and side, it is enough to reach
 * that share and to be faster than every peer, because no code can be faster than the machine.
 */
import { operationsOf } from './work.mjs';

/**
 * `side` and `of` name sides; the best of them counts. A side of vinculum is named without its number of threads, or with it; a peer by
 * the start of its name.
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
 * @property {Record<string, { peak: number, fused?: number, bandwidth: number }>} native - the peaks of both numerics, by `set:threads`
 * @property {Record<string, number>} wasm - peak by number of threads
 * @property {Record<string, number>} [wasmFused] - that of relaxed SIMD
 *
 * @typedef {object} Verdict
 * @property {Target} target
 * @property {string} what - with what the side is compared
 * @property {number | undefined} wanted
 * @property {number | undefined} reached - undefined if a side was not measured
 * @property {'ok' | 'ok by share' | 'missed' | 'not measured'} verdict
 */

/** Whether a side is vinculum itself. @param {string} name */
export function isOurs(name) {
  return /^(?:native|wasm)(?: fused)? (?:\d+|auto)$/.test(name);
}

/**
 * The peak with which a side of vinculum is compared, in GFLOP/s: that of its instruction set in its numerics on its number of threads.
 * A side without that number in its name is compared with the peak on two threads.
 *
 * @param {string} side
 * @param {Ceilings} ceilings
 */
export function peakOf(side, { native, wasm, wasmFused, set }) {
  const words = side.split(' ');
  const threads = /\d+$/.exec(side)?.[0] ?? '2';
  const fused = words.includes('fused');
  if (words[0] === 'wasm') return (fused ? wasmFused : wasm)?.[threads];
  const peaks = native[`${set}:${threads}`];
  return fused ? peaks?.fused : peaks?.peak;
}

/**
 * Judges every target whose work was measured.
 *
 * @param {import('./work.mjs').Work[]} works
 * @param {Map<string, Medians>} results - by the name of the work
 * @param {Ceilings} ceilings
 * @param {readonly Target[]} targets
 * @returns {Verdict[]}
 */
export function judge(works, results, ceilings, targets) {
  return targets.flatMap((target) => {
    const work = works.find(({ name }) => name === target.work);
    const medians = results.get(target.work);
    return work === undefined || medians === undefined
      ? []
      : [judgeOne(target, work, { medians, ceilings, targets })];
  });
}

/**
 * @param {Target} target
 * @param {import('./work.mjs').Work} work
 * @param {{ medians: Medians, ceilings: Ceilings, targets: readonly Target[] }} run
 * @returns {Verdict}
 */
function judgeOne(target, work, { medians, ceilings, targets }) {
  const own = bestOf(medians, [target.side])?.[1];
  if ('share' in target) {
    const peak = peakOf(target.side, ceilings);
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
  const atShare = secondsAtShare(target, work, { ceilings, targets });
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
 * @param {{ ceilings: Ceilings, targets: readonly Target[] }} run
 */
function secondsAtShare(target, work, { ceilings, targets }) {
  for (const other of targets) {
    if (!('share' in other) || other.work !== target.work || other.side !== target.side) continue;
    const peak = peakOf(target.side, ceilings);
    return peak && operationsOf(work) / (other.share * peak * 1e9);
  }
  return undefined;
}

/**
 * The fastest of the sides that one of the texts names.
 *
 * @param {Medians} medians
 * @param {string[]} texts
 */
function bestOf(medians, texts) {
  return [...medians]
    .filter(([name]) => texts.some((text) => isNamed(name, text)))
    .toSorted((left, right) => left[1] - right[1])[0];
}

/**
 * Whether a text of a target names a side. `native` names `native 2`, but not `native fused 2`.
 *
 * @param {string} name
 * @param {string} text
 */
function isNamed(name, text) {
  if (!isOurs(name)) return name.startsWith(text);
  return name === text || name.replace(/ (?:\d+|auto)$/, '') === text;
}
