/**
 * Text for terminals: what came from files is shown without its control characters, so that a column name
 * cannot move the cursor, and widths count what is seen.
 */

/** C0, DEL, C1, line and paragraph separators, and the marks that change the direction of text. */
const UNSAFE = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/gu;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/gu;
const ZERO_WIDTH = /\p{Mn}|[\u200b-\u200d\ufeff]/gu;

/** Text of unknown origin on one line, control characters as `\u{…}`. */
export function plainText(text: string): string {
  return text.replace(
    UNSAFE,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/**
 * A value as JSON in which no character of a text can move a cursor or turn the direction of writing: such characters are
 * escaped as `\\u…`, so the document means the same.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(
    UNSAFE,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

/** As {@link plainText}, with its line breaks kept: for our own texts that hold others'. */
export function plainLines(text: string): string {
  return text.split('\n').map(plainText).join('\n');
}

/** Columns that a text takes in a terminal. */
export function displayWidth(text: string): number {
  const visible = text.replace(ZERO_WIDTH, '');
  return Array.from(visible).length + (visible.match(WIDE)?.length ?? 0);
}

/** The text with spaces behind or before it, `width` columns in all. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'left' ? text + space : space + text;
}

/** At most `width` columns, the rest as `…`. */
export function clip(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let clipped = '';
  for (const character of text) {
    if (displayWidth(clipped + character) > width - 1) break;
    clipped += character;
  }
  return `${clipped}…`;
}
