/**
 * The checksum of a model file: CRC-32C over the whole file, header and data, kept in the file's own metadata. When it is
 * computed, its eight digits count as zeros, because a file cannot contain the checksum of itself.
 */
import { crc32c } from './crc32c.ts';

/** Its name in the metadata. */
export const DIGEST_NAME = 'crc32c';

/** The text in its place until it is known. */
export const NO_DIGEST = '00000000';

/** The checksum that a file states, and the checksum of its bytes: eight hexadecimal digits each. */
export interface FileDigest {
  /** Undefined if the file has no checksum, because an older version wrote it. Damage to such a file cannot be noticed. */
  readonly stated: string | undefined;
  readonly computed: string;
}

/**
 * The checksum of a model file.
 *
 * @param file - the whole file, with a header that `readSafetensors` accepts
 * @example
 * const { stated, computed } = digestOf(toSafetensors(net));
 * stated === computed; // true
 */
export function digestOf(file: Uint8Array): FileDigest {
  const at = placeOfDigest(file);
  if (at === undefined) return { stated: undefined, computed: digits(crc32c(file)) };
  const after = at + NO_DIGEST.length;
  const zeros = new TextEncoder().encode(NO_DIGEST);
  const computed = crc32c(file.subarray(after), crc32c(zeros, crc32c(file.subarray(0, at))));
  return {
    stated: String.fromCharCode(...file.subarray(at, after)),
    computed: digits(computed),
  };
}

/** Puts the checksum into a file whose metadata has {@link NO_DIGEST} under {@link DIGEST_NAME}. */
export function seal(file: Uint8Array): void {
  const at = placeOfDigest(file)!;
  file.set(new TextEncoder().encode(digestOf(file).computed), at);
}

/**
 * The place where the digits begin. The bytes that are searched for cannot be part of any text in the header, because JSON
 * writes a backslash before a quote in a text.
 */
function placeOfDigest(file: Uint8Array): number | undefined {
  const sought = new TextEncoder().encode(`"${DIGEST_NAME}":"`);
  const headerLength = new DataView(file.buffer, file.byteOffset).getUint32(0, true);
  const end = Math.min(file.length, 8 + headerLength) - sought.length - NO_DIGEST.length;
  for (let at = 8; at <= end; at++) {
    let same = 0;
    while (same < sought.length && file[at + same] === sought[same]) same++;
    if (same === sought.length) return at + same;
  }
  return undefined;
}

function digits(crc: number): string {
  return crc.toString(16).padStart(NO_DIGEST.length, '0');
}
