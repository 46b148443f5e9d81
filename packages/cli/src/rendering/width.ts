/**
 * How wide a place for text is: a terminal as wide as it is, a file or a pipe without end.
 */
import type { TextOutput } from '../host.ts';

/** Columns that a table may take there. */
export function widthOf({ isTerminal, columns }: TextOutput): number {
  return isTerminal ? columns : Infinity;
}
