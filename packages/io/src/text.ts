/**
 * The text of a source as UTF-8 bytes that were checked: whole characters, no byte-order mark, no NUL. Readers of text
 * formats work on these bytes and make strings only of the cells that need one. Other encodings are recoded to UTF-8.
 */
import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import type { DataError } from 'vinculum';
import { dataError } from 'vinculum/internal';
import type { OpenSource } from './source.ts';

/** Text in pieces of UTF-8; undefined at the end. Pieces end between characters. */
export interface TextPieces {
  next(): Promise<Uint8Array | undefined>;
}

/** Text of other encodings is decoded in steps of this many bytes, so that the place of a fault is known to within a step. */
const STEP = 1 << 12;

/**
 * The text of an open source: UTF-8 unless a byte-order mark says UTF-16 or `encoding` says otherwise.
 *
 * @param encoding - a label of the Encoding Standard
 * @throws {DataError} from `next`, when bytes are no text of that encoding
 */
export function textOf(source: OpenSource, encoding?: string): TextPieces {
  const decoder = new TextDecoder(encoding ?? encodingOf(source.head), { fatal: true });
  return decoder.encoding === 'utf-8' ? checkedUtf8(source) : recoded(source, decoder);
}

/** Whether a label names an encoding that can be read. */
export function isEncoding(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch {
    return false;
  }
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}

function checkedUtf8(source: OpenSource): TextPieces {
  const { head } = source;
  let toSkip = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  let offset = 0;
  /** The first bytes of a character whose last bytes are still to come. */
  let begun = new Uint8Array(0);
  return {
    async next() {
      for (;;) {
        const piece = await source.next();
        if (piece === undefined && begun.length === 0) return undefined;
        const joined = piece && begun.length > 0 ? Buffer.concat([begun, piece]) : (piece ?? begun);
        const whole = piece === undefined ? joined.length : lengthOfWhole(joined);
        const text = joined.subarray(0, whole);
        if (text.includes(0)) throw binary(source);
        if (!isUtf8(text)) throw undecodable(source, 'UTF-8', offset + firstInvalid(text));
        begun = joined.slice(whole);
        offset += whole;
        const kept = text.subarray(toSkip);
        toSkip = Math.max(0, toSkip - whole);
        if (kept.length > 0) return kept;
      }
    },
  };
}

/** How many bytes are left without the character at the end that may not be complete. */
function lengthOfWhole(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}

/** The offset of the first byte that belongs to no character. */
function firstInvalid(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at]!;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    if (byte >= 0x80 && !isUtf8(bytes.subarray(at, at + length))) return at;
    at += length;
  }
  return bytes.length;
}

function recoded(source: OpenSource, decoder: TextDecoder): TextPieces {
  let ended = false;
  let offset = 0;
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch {
      throw undecodable(source, decoder.encoding.toUpperCase(), offset);
    }
  };
  const decodeInSteps = (bytes: Uint8Array): string => {
    let text = '';
    for (let at = 0; at < bytes.length; at += STEP) {
      const step = bytes.subarray(at, at + STEP);
      text += decode(step);
      offset += step.length;
    }
    return text;
  };
  return {
    async next() {
      while (!ended) {
        const piece = await source.next();
        ended = piece === undefined;
        const text = piece === undefined ? decode() : decodeInSteps(piece);
        if (text.includes('\0')) throw binary(source);
        if (text !== '') return Buffer.from(text);
      }
      return undefined;
    },
  };
}

function undecodable({ where, name }: OpenSource, encoding: string, offset: number): DataError {
  return dataError({
    where,
    subject: name,
    rule: `must be ${encoding} text`,
    got: `other bytes near offset ${offset}`,
    remedy: ' Save it as UTF-8.',
    choices: [
      {
        option: 'encoding',
        value: 'windows-1252',
        does: 'reads what older Windows programs write',
      },
    ],
  });
}

function binary({ where, name, head }: OpenSource): DataError {
  // Text of Latin letters in UTF-16 has a NUL in every other byte.
  const [a = 1, b = 1, c = 1, d = 1] = head;
  const order = b + d === 0 && a * c > 0 ? 'le' : a + c === 0 && b * d > 0 ? 'be' : undefined;
  if (order !== undefined) {
    return dataError({
      where,
      subject: name,
      rule: 'must be UTF-8 text',
      got: 'what looks like UTF-16 without a byte-order mark',
      choices: [{ option: 'encoding', value: `utf-16${order}`, does: 'reads it' }],
    });
  }
  return dataError({
    where,
    subject: name,
    rule: 'must be text',
    got: 'a binary file (it holds NUL bytes)',
  });
}
