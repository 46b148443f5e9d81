/**
 * Which character separates the columns of a CSV text. The answer depends only on the text, never on the pieces in which
 * a stream delivers it: the header decides as soon as it is complete, unless it can be split in two ways.
 */
import { RecordSplitter } from './splitter.ts';

/** Delimiters that are recognised, in the order that breaks ties. */
const DELIMITERS = [',', ';', '\t', '|'] as const;

/** So many bytes, and so many records after the header, are looked at at most. */
const SNIFF_LENGTH: number = 1 << 16;
const SNIFF_RECORDS = 10;

/** What one delimiter makes of the first records. */
interface Trial {
  readonly delimiter: string;
  /** The fields of the header; 0 while it is not whole. */
  readonly width: number;
  /** Whether the records after the header have the same number of cells. */
  readonly even: boolean;
  /** Whether more text could change any of this. */
  readonly settled: boolean;
}

/**
 * The delimiter: the one that splits the header into the most fields among those that split the next records into as
 * many; then any that splits the header; else a comma.
 *
 * @param bytes - the text so far from `start` to `end`, and a 0 at `end`
 * @param ended - whether the text is complete
 * @returns undefined if more text is needed
 */
export function sniffDelimiter(
  bytes: Uint8Array,
  start: number,
  end: number,
  ended: boolean,
): string | undefined {
  const last = Math.min(end, start + SNIFF_LENGTH);
  // A copy, because the text looked at must end with a 0 too.
  const text = new Uint8Array(last - start + 1);
  text.set(bytes.subarray(start, last));
  const whole = last < end || last - start === SNIFF_LENGTH;
  const trials = DELIMITERS.map((delimiter) =>
    tryDelimiter(delimiter, text, ended && last === end),
  );
  const able = trials.filter(({ width }) => width > 1);
  const headersAreWhole = trials.every(({ width }) => width > 0);
  const settled = headersAreWhole && (able.length < 2 || able.every((one) => one.settled));
  if (!settled && !whole && !ended) return undefined;
  const even = able.filter((one) => one.even);
  const [best] = (even.length > 0 ? even : able).toSorted(
    (left, right) => right.width - left.width,
  );
  return best?.delimiter ?? ',';
}

function tryDelimiter(delimiter: string, text: Uint8Array, ended: boolean): Trial {
  const splitter = new RecordSplitter(delimiter.charCodeAt(0));
  const end = text.length - 1;
  splitter.split(text, 0, end, ended, SNIFF_RECORDS + 1);
  const { records, cellsUpTo, fault } = splitter;
  const width = records === 0 ? 0 : cellsUpTo[0]!;
  let even = true;
  for (let record = 1; record < records; record++) {
    if (cellsUpTo[record]! - cellsUpTo[record - 1]! !== width) even = false;
  }
  const settled = ended || fault !== undefined || records === SNIFF_RECORDS + 1;
  // The header is complete, but no delimiter of this kind can split it correctly.
  return { delimiter, width: width === 0 && fault !== undefined ? 1 : width, even, settled };
}
