/**
 * Prints the notes on the data of a run. A table of a hundred columns must not give a hundred lines, so notes of one sort
 * are joined when there are many; `--json` has each of them.
 */
import { listed } from 'vinculum/internal';
import type { DataNote } from 'vinculum';
import type { Tell } from './messages.ts';

/** From this number of notes of one sort on, they are one line. */
const MANY = 3;

/** What a sort of note says of many columns, before the list of their names. */
const TOGETHER: Readonly<Record<string, string>> = {
  'missing-words': "words such as 'NA' are read as missing (--missing sets them)",
  'decorated-numbers': 'read as numbers',
  'numbers-as-text': 'read as numbers',
  'rare-categories': 'rare categories are read as unknown',
  identifiers: 'left out, because nearly every row has its own text',
  empty: 'left out, because they have no values',
  date: 'read as dates',
};

/** Tells the notes, in their order. */
export function tellNotes(notes: readonly DataNote[], tell: Tell): void {
  const byCode = new Map<string, DataNote[]>();
  for (const note of notes) byCode.set(note.code, [...(byCode.get(note.code) ?? []), note]);
  for (const [code, some] of byCode) {
    const together = TOGETHER[code];
    if (together === undefined || some.length < MANY) {
      for (const { message } of some) tell(message);
      continue;
    }
    const names = some.map(({ column = '', count }) =>
      count === undefined ? `'${column}'` : `'${column}' (${count})`,
    );
    tell(`${some.length} columns: ${together}: ${listed(names, { most: 8 })}`);
  }
}
