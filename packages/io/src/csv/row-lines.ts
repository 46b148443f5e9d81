/** The line on which each row of a file begins, for the messages about cells that are judged at the end of the file. */
import type { RecordSplitter } from './splitter.ts';

export class RowLines {
  length = 0;
  #lines: Int32Array = new Int32Array(1024);

  /** Adds the records that were split last. */
  add({ lines, records }: RecordSplitter): void {
    const needed = this.length + records;
    if (needed > this.#lines.length) {
      const larger = new Int32Array(Math.max(needed, 2 * this.#lines.length));
      larger.set(this.#lines);
      this.#lines = larger;
    }
    this.#lines.set(lines.subarray(0, records), this.length);
    this.length = needed;
  }

  /** Row and line for people, both from 1. */
  at(row: number): { readonly row: number; readonly line: number } {
    return { row: row + 1, line: this.#lines[row] ?? 0 };
  }
}
