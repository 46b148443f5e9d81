/** The options of an estimator as they were when it was made. */
import { isRecord } from '../words/options.ts';
import type { EstimatorOptions } from './options.ts';

/**
 * A frozen copy of the options, so that an estimator shows and saves the options with which it trains, even if the caller
 * changes the given record later. Rows, functions and signals are not copied.
 */
export function frozenOptions<Options extends EstimatorOptions>(options: Options): Options {
  const copies = Object.entries(options).map(([name, value]: [string, unknown]) => {
    if (name === 'signal') return [name, value];
    const shallow = name === 'callbacks' || name === 'validationData';
    return [name, shallow ? frozenCopy(value, (part) => part) : frozenCopy(value, frozenDeep)];
  });
  return Object.freeze(Object.fromEntries(copies) as Options);
}

function frozenDeep(value: unknown): unknown {
  return frozenCopy(value, frozenDeep);
}

function frozenCopy(value: unknown, part: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map((one: unknown) => part(one)));
  if (!isRecord(value)) return value;
  const parts = Object.entries(value).map(([name, one]) => [name, part(one)]);
  return Object.freeze(Object.fromEntries(parts));
}
