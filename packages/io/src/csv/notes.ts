/** What a user should know of how a file was read, a sentence each. */
import type { DataNote } from 'vinculum';
import { listed, show } from 'vinculum/internal';

/** Words that were read as missing; the empty cell needs no word. */
export function missingNotes(column: string, missing: ReadonlyMap<string, number>): DataNote[] {
  const words = [...missing].filter(([word]) => word !== '');
  if (words.length === 0) return [];
  const counts = words.map(([word, count]) => `${show(word)} (${count})`);
  return [
    {
      code: 'missing-words',
      column,
      count: words.reduce((sum, [, count]) => sum + count, 0),
      message: `column ${show(column)}: ${listed(counts)} ${words.length === 1 ? 'is' : 'are'} read as missing`,
    },
  ];
}
