/**
 * Strings of cells. A column of categories repeats a few words a million times: a word that was met lately is not made
 * again, which takes less time than to make it and far less memory.
 */
import { DOUBLED } from './splitter.ts';

/** Words that are remembered; a power of two. */
const WORDS = 1 << 12;

/** Longer cells are not remembered: they are seldom the same. */
const LONGEST = 32;

const SPACE = 32;
const ASCII = 127;
const DOUBLED_QUOTE = /""/g;

/** Makes strings of cells, trimmed. */
export class CellTexts {
  readonly #words: (string | undefined)[] = Array.from({ length: WORDS });

  /**
   * The text of a cell.
   *
   * @param form - PLAIN, QUOTED or DOUBLED of splitter.ts
   */
  read(bytes: Uint8Array, start: number, end: number, form: number): string {
    let first = start;
    let last = end;
    while (first < last && bytes[first] === SPACE) first++;
    while (first < last && bytes[last - 1] === SPACE) last--;
    if (form === DOUBLED || last - first > LONGEST) return decode(bytes, first, last, form);
    // FNV-1a over the bytes.
    let hash = 0x811c9dc5;
    for (let at = first; at < last; at++) {
      const byte = bytes[at]!;
      if (byte > ASCII || byte < SPACE) return decode(bytes, first, last, form);
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    const slot = (hash ^ (hash >>> 15)) & (WORDS - 1);
    const known = this.#words[slot];
    if (known !== undefined && isSpelt(known, bytes, first, last)) return known;
    const text = decode(bytes, first, last, form);
    this.#words[slot] = text;
    return text;
  }
}

/** Whether the bytes are ASCII text. */
function isSpelt(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) !== bytes[start + i]) return false;
  }
  return true;
}

/** The text of a range of UTF-8, without a cache. */
export function decode(bytes: Uint8Array, start: number, end: number, form: number): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
  return (form === DOUBLED ? text.replace(DOUBLED_QUOTE, '"') : text).trim();
}
