/**
 * Words of command lines that the command proposes: a user copies them into a shell.
 */

/** A word of a command line as a shell would need it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
