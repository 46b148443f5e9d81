/** The metrics that `--metrics` asks for beside the usual ones: their names, or `all` that fit the model. */
import { listed, nearest } from 'vinculum/internal';
import { usageFailure } from '../../failure.ts';
import type { OpenModel } from '../../open-model.ts';
import { barMetrics } from '../../scoring.ts';

/** The word for every metric that fits. */
const ALL = 'all';

/** `rocAuc,brier` as names. */
export function readMetricNames(word: string): readonly string[] {
  return word.split(',').map((name) => name.trim());
}

/**
 * The names of metrics that fit the model.
 *
 * @throws {CommandFailure} exit 2 when there is no such metric, or it does not fit
 */
export function askedMetrics(words: readonly string[], open: OpenModel): readonly string[] {
  const known = words.length === 0 ? [] : barMetrics(open).map(({ name }) => name);
  if (words.includes(ALL)) return known;
  const wrong = words.find((word) => !known.includes(word));
  if (wrong === undefined) return words;
  const near = nearest(wrong, known);
  const all = listed(known, { most: known.length });
  throw usageFailure(`--metrics: there is no metric '${wrong}' here. There are ${all}.`, {
    hint: `such as --metrics ${near ?? known.at(-1)}, or --metrics all`,
    replace: near === undefined ? undefined : { wrong, right: near },
  });
}
