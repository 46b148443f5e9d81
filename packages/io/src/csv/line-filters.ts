/**
 * Filters on the text of a CSV file, before it is split: lines above the header, comment lines, and columns between spaces.
 * A line that is taken out leaves an empty line behind, so that the numbers of lines in messages stay those of the file.
 */
import type { TextPieces } from '../text.ts';

const LF = 10;
const CR = 13;
const SPACE = 32;
const TAB = 9;
const QUOTE = 34;

/** A filter: the bytes of a piece go in, the bytes to keep come out; at the end it gives what it held back. */
interface ByteFilter {
  filter(piece: Uint8Array): Uint8Array;
  end(): Uint8Array;
}

/** Text through a filter. */
function filtered(pieces: TextPieces, filter: ByteFilter): TextPieces {
  let ended = false;
  return {
    async next() {
      while (!ended) {
        const piece = await pieces.next();
        ended = piece === undefined;
        const kept = piece === undefined ? filter.end() : filter.filter(piece);
        if (kept.length > 0) return kept;
      }
      return undefined;
    },
  };
}

const NOTHING = new Uint8Array(0);

/** Text whose first lines are empty. */
export function withoutFirstLines(pieces: TextPieces, lines: number): TextPieces {
  let left = lines;
  let afterCr = false;
  return filtered(pieces, {
    filter(piece) {
      if (left === 0 && !afterCr) return piece;
      const kept: number[] = [];
      let at = 0;
      for (; at < piece.length && (left > 0 || afterCr); at++) {
        const byte = piece[at]!;
        if (byte === LF && afterCr) {
          afterCr = false;
          continue;
        }
        afterCr = byte === CR;
        if (left === 0) break;
        if (byte !== LF && byte !== CR) continue;
        left--;
        kept.push(LF);
      }
      return Buffer.concat([Uint8Array.from(kept), piece.subarray(at)]);
    },
    end: () => NOTHING,
  });
}

/** Text in which the lines that begin with a prefix are empty. A line break inside quotes begins no line. */
export function withoutComments(pieces: TextPieces, prefix: string): TextPieces {
  const mark = Buffer.from(prefix);
  let matched = 0;
  let isStart = true;
  let isComment = false;
  let inQuotes = false;
  return filtered(pieces, {
    filter(piece) {
      const kept = new Uint8Array(piece.length + mark.length);
      let length = 0;
      for (let at = 0; at < piece.length; at++) {
        const byte = piece[at]!;
        const isEnd = byte === LF || byte === CR;
        if (isStart && byte === mark[matched]) {
          if (++matched < mark.length) continue;
          isComment = true;
          isStart = false;
          matched = 0;
          continue;
        }
        kept.set(mark.subarray(0, matched), length);
        length += matched;
        matched = 0;
        if (!isComment && byte === QUOTE) inQuotes = !inQuotes;
        if (isEnd) isComment = false;
        isStart = isEnd && !inQuotes;
        if (!isComment) kept[length++] = byte;
      }
      return kept.subarray(0, length);
    },
    end: () => mark.subarray(0, matched),
  });
}

/** Text in which every run of spaces and tabs between cells is one tab. */
export function spacesAsTabs(pieces: TextPieces): TextPieces {
  let isStart = true;
  let isGap = false;
  let inQuotes = false;
  return filtered(pieces, {
    filter(piece) {
      const kept = new Uint8Array(piece.length + 1);
      let length = 0;
      for (const byte of piece) {
        if (!inQuotes && (byte === SPACE || byte === TAB)) {
          isGap = !isStart;
          continue;
        }
        const isEnd = !inQuotes && (byte === LF || byte === CR);
        // Spaces at the end of a line separate nothing.
        if (isGap && !isEnd) kept[length++] = TAB;
        isGap = false;
        if (byte === QUOTE) inQuotes = !inQuotes;
        isStart = isEnd;
        kept[length++] = byte;
      }
      return kept.subarray(0, length);
    },
    end: () => NOTHING,
  });
}
