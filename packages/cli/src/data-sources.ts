/**
 * What DATA may be, by the registry of readers: a file of a known format, stdin, or the word for a data set. A format that
 * `@vinculum/io` learns is known here without another line.
 */
import { DATA_FORMATS, formatOf, type DataSetFormat } from '@vinculum/io';
import type { Host } from './host.ts';

/** The titles of the formats of files: `a CSV file`. */
const FILES: readonly string[] = DATA_FORMATS.flatMap((format) =>
  format.kind === 'table' ? [format.title] : [],
);

/** The words for data sets. */
export const DATA_SETS: readonly string[] = DATA_FORMATS.flatMap((format) =>
  format.kind === 'data-set' ? [format.name] : [],
);

/** What DATA may be, for help and hints: `a CSV file or an IDX file, - for stdin, or fashion-mnist`. */
export const DATA_FORMS: string = `${FILES.join(' or ')} (plain or .gz), - for stdin, or ${DATA_SETS.join(' or ')}`;

/** The data set that the word DATA names; undefined if DATA is a file or stdin. */
export function dataSetOf(data: string): DataSetFormat | undefined {
  const format = formatOf(data);
  return format?.kind === 'data-set' ? format : undefined;
}

/** The bytes of DATA: a path, or stdin for `-`. */
export function sourceOf(data: string, host: Host): string | AsyncIterable<Uint8Array> {
  return data === '-' ? host.stdin : data;
}
