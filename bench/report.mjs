/**
 * What was measured as Markdown: a table a work with ratios and shares of the peak, then the targets with what was reached.
 */
import { operationsOf, TARGETS } from './work.mjs';

export function median(values) {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)];
}

/** @param {number} seconds */
export function time(seconds) {
  if (seconds < 1e-3) return `${(seconds * 1e6).toPrecision(3)} µs`;
  return seconds < 1 ? `${(seconds * 1e3).toPrecision(3)} ms` : `${seconds.toPrecision(3)} s`;
}

const ratio = (value) => (value < 10 ? value.toFixed(2) : value.toFixed(0));

/**
 * @typedef {Map<string, number>} Medians - seconds by the name of a side
 * @typedef {{ native: Record<string, { peak: number, bandwidth: number }>, wasm: number, set: string }} Ceilings
 */

/** The peak that a side of ours is held against, in GFLOP/s. */
function peakOf(side, { native, wasm, set }) {
  const [backend, threads] = side.split(' ');
  if (backend === 'wasm') return wasm * Number(threads);
  return native[`${set}:${threads}`]?.peak;
}

/** @param {object} work @param {Medians} medians @param {Map<string, string>} faults @param {Ceilings} ceilings */
export function tableOf(work, medians, faults, ceilings) {
  const sorted = [...medians].toSorted((left, right) => left[1] - right[1]);
  const oursBest = Math.min(
    ...sorted.filter(([name]) => isOurs(name)).map(([, seconds]) => seconds),
  );
  const lines = sorted.map(([name, seconds]) => {
    const rate = operationsOf(work) / seconds / 1e9;
    const peak = work.kind === 'train' && isOurs(name) ? peakOf(name, ceilings) : undefined;
    const cells = [
      isOurs(name) ? `**vinculum ${name}**` : name,
      time(seconds),
      ratio(seconds / oursBest),
      work.kind === 'train' ? rate.toFixed(rate < 10 ? 1 : 0) : '',
      peak === undefined ? '' : `${((100 * rate) / peak).toFixed(0)} %`,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const missing = [...faults].map(([name, fault]) => `${name}: ${fault}`).join('; ');
  return [
    `### ${work.name}`,
    '',
    '| side | median | × vinculum’s best | GFLOP/s | share of its peak |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...lines,
    ...(missing === '' ? [] : ['', `Not here: ${missing}.`]),
    '',
  ].join('\n');
}

export function isOurs(name) {
  return /^(native|wasm) \d+$/.test(name);
}

/** The least of the sides whose names begin so. */
function bestOf(medians, starts) {
  const found = [...medians].filter(([name]) => starts.some((start) => name.startsWith(start)));
  return found.length === 0 ? undefined : found.toSorted((left, right) => left[1] - right[1])[0];
}

/** Each target with its value: `reached` is undefined where a side is not here. */
export function judge(works, results, ceilings) {
  return TARGETS.flatMap((target) => {
    const work = works.find(({ name }) => name === target.work);
    if (work === undefined) return [];
    const medians = results.get(work.name);
    const own = bestOf(medians, [target.side]);
    if (target.share !== undefined) {
      const peak = own && peakOf(target.side === 'native' ? own[0] : target.side, ceilings);
      const all =
        target.side === 'native' ? (ceilings.native[`${ceilings.set}:2`]?.peak ?? peak) : peak;
      const reached = own && all && operationsOf(work) / own[1] / 1e9 / all;
      return [{ target, what: 'share of peak', wanted: target.share, reached }];
    }
    const peer = bestOf(medians, target.of);
    return [
      {
        target,
        what: `× ${peer?.[0] ?? target.of.join(', ')}`,
        wanted: target.times,
        reached: own && peer && peer[1] / own[1],
      },
    ];
  });
}

export function targetsTable(judged) {
  const lines = judged.map(({ target, what, wanted, reached }) => {
    const told = reached === undefined ? 'not measured' : ratio(reached);
    const verdict = reached === undefined ? '' : reached >= wanted ? 'ok' : '**missed**';
    return `| ${target.work} | ${target.side} | ${what} | ${wanted} | ${told} | ${verdict} |`;
  });
  return [
    '| work | vinculum | against | at least | reached | |',
    '| --- | --- | --- | ---: | ---: | --- |',
    ...lines,
  ].join('\n');
}
