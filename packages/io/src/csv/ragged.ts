/**
 * Rows with another number of fields than the header: which of them do no harm, and what the others say about the file. Lines
 * above the header, comments and totals all show as such rows.
 */
import type { DataSite } from 'vinculum';
import type { Choice, Fault } from 'vinculum/internal';
import type { RecordSplitter } from './splitter.ts';

/** A row with a wrong number of fields. */
export interface RaggedRow {
  readonly fault: Fault;
  readonly site: DataSite;
  readonly line: number;
  readonly count: number;
  /** Its first cell. */
  readonly begin: string;
  /** The fields of the next record; 0 at the end of the text, undefined if they are not known. */
  readonly nextCount: number | undefined;
}

/** Ways to read a file whose table begins further down, or ends before the file. */
export function shapeChoices(
  { line, count, begin, nextCount }: RaggedRow,
  names: readonly string[],
): Choice[] {
  const [first = ''] = names;
  if (/^[#%]/.test(first)) {
    return [{ option: 'comment', value: first.charAt(0), does: 'leaves such lines out' }];
  }
  if (count > names.length && nextCount === count) {
    return [{ option: 'skipRows', value: String(line - 1), does: `begins at line ${line}` }];
  }
  if (nextCount !== 0 || count >= names.length || !/^\p{L}/u.test(begin)) return [];
  return [{ option: 'comment', value: begin, does: 'leaves the last line out' }];
}

/** Takes off the empty cell behind a delimiter at the end of a line whose header has none. */
export function dropEmptyLastCells(splitter: RecordSplitter, width: number): void {
  const { records, cellsUpTo, starts, ends, forms } = splitter;
  let from = 0;
  let to = 0;
  for (let record = 0; record < records; record++) {
    const end = cellsUpTo[record]!;
    const isLonger = end - from === width + 1 && starts[end - 1] === ends[end - 1];
    const kept = isLonger ? width : end - from;
    if (from !== to) {
      starts.copyWithin(to, from, from + kept);
      ends.copyWithin(to, from, from + kept);
      forms.copyWithin(to, from, from + kept);
    }
    from = end;
    to += kept;
    cellsUpTo[record] = to;
  }
  splitter.cells = to;
}
