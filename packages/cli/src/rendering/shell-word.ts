/**
 * Words of command lines that the command proposes: a user copies them into a shell.
 */

/** A word of a command line with the quotes that a shell needs. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
