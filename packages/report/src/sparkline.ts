/** A curve in one line of text: a bar of eight heights for each value, so that a terminal shows whether a loss fell. */

const BARS = '▁▂▃▄▅▆▇█';

/**
 * The curve. If there are more values than columns, a bar is the mean of neighbouring values.
 *
 * @param values - in order; one that is no finite number is a gap
 * @param width - the most bars
 * @returns at most `width` characters; nothing if there is no value
 * @example
 * sparkline([4, 2, 1, 1], 8); // '█▃▁▁'
 */
export function sparkline(values: readonly number[], width: number): string {
  const bars = Math.min(values.length, Math.max(1, Math.floor(width)));
  const means = Array.from({ length: bars }, (_, bar) => {
    const [first, end] = [bar, bar + 1].map((edge) => Math.round((edge * values.length) / bars));
    const some = values.slice(first, end).filter((value) => Number.isFinite(value));
    return some.reduce((sum, value) => sum + value / some.length, some.length === 0 ? NaN : 0);
  });
  const known = means.filter((mean) => !Number.isNaN(mean));
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const height = (mean: number): number =>
    most > least ? Math.round(((mean - least) / (most - least)) * (BARS.length - 1)) : 0;
  return means.map((mean) => (Number.isNaN(mean) ? ' ' : (BARS[height(mean)] ?? ' '))).join('');
}
