/**
 * The results as Markdown: a table for each work with ratios and shares of the peak, and the targets with the results.
 */
import { isOurs, peakOf } from './targets.mjs';
import { operationsOf } from './work.mjs';

/** @param {number} seconds */
export function time(seconds) {
  if (seconds < 1e-3) return `${(seconds * 1e6).toPrecision(3)} µs`;
  return seconds < 1 ? `${(seconds * 1e3).toPrecision(3)} ms` : `${seconds.toPrecision(3)} s`;
}

const ratio = (value) => (value < 10 ? value.toFixed(2) : value.toFixed(0));

/**
 * @param {import('./work.mjs').Work} work
 * @param {import('./targets.mjs').Medians} medians
 * @param {Map<string, string>} faults - why a side could not be measured
 * @param {import('./targets.mjs').Ceilings} ceilings
 */
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
    `#### ${work.name}`,
    '',
    '| side | median | × vinculum’s best | GFLOP/s | share of its peak |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...lines,
    ...(missing === '' ? [] : ['', `Without a result: ${missing}.`]),
    '',
  ].join('\n');
}

/** @param {import('./targets.mjs').Verdict[]} judged */
export function targetsTable(judged) {
  const lines = judged.map(({ target, what, wanted, reached, verdict }) => {
    const result = reached === undefined ? '' : ratio(reached);
    const bold = verdict === 'missed' ? '**missed**' : verdict;
    return `| ${target.work} | ${target.side} | ${what} | ${wanted === undefined ? '' : Number(wanted.toPrecision(3))} | ${result} | ${bold} |`;
  });
  return [
    '| work | vinculum | against | at least | reached | |',
    '| --- | --- | --- | ---: | ---: | --- |',
    ...lines,
  ].join('\n');
}
