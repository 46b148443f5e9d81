/**
 * The width available for text: the width of the terminal, or no limit for a file or a pipe.
 */
import type { TextOutput } from '../host.ts';

/** Columns that a table may take there. */
export function widthOf({ isTerminal, columns }: TextOutput): number {
  return isTerminal ? columns : Infinity;
}
