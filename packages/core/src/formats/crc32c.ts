/**
 * CRC-32C, the checksum of model files. It finds every change of up to 32 neighbouring bits, so every flipped bit and
 * every damaged byte, and misses other damage once in 2³². It is a check against accidents, not a signature, because
 * anyone who changes a file on purpose can compute a new checksum.
 *
 * Sources: G. Castagnoli, S. Bräuer & M. Herrmann 1993, *Optimization of cyclic redundancy-check codes with 24 and 32
 * parity bits* (the polynomial); RFC 3720, appendix B.4 (test vectors); M. Kounavis & F. Berry 2005, *A systematic approach
 * to building high performance software-based CRC generators* (eight bytes at a time).
 */

/** The polynomial, lowest bit first. */
const POLYNOMIAL = 0x82f63b78;

/** For each of eight bytes, 256 entries: the contribution of the byte to the checksum after the bytes behind it were processed. */
let tables: Int32Array | undefined;

function makeTables(): Int32Array {
  const made = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? POLYNOMIAL : 0);
    made[byte] = rest;
  }
  for (let i = 256; i < made.length; i++) {
    const before = made[i - 256]!;
    made[i] = (before >>> 8) ^ made[before & 255]!;
  }
  return made;
}

/**
 * The checksum of bytes.
 *
 * @param bytes - the data
 * @param before - the checksum of the bytes before these. Default 0: there are none
 * @returns an integer from 0 to 2³² − 1
 */
export function crc32c(bytes: Uint8Array, before = 0): number {
  const table = (tables ??= makeTables());
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let crc = ~before;
  let at = 0;
  for (const end = bytes.length - 7; at < end; at += 8) {
    const low = view.getInt32(at, true) ^ crc;
    const high = view.getInt32(at + 4, true);
    crc =
      table[0x700 + (low & 255)]! ^
      table[0x600 + ((low >>> 8) & 255)]! ^
      table[0x500 + ((low >>> 16) & 255)]! ^
      table[0x400 + (low >>> 24)]! ^
      table[0x300 + (high & 255)]! ^
      table[0x200 + ((high >>> 8) & 255)]! ^
      table[0x100 + ((high >>> 16) & 255)]! ^
      table[high >>> 24]!;
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ table[(crc ^ bytes[at]!) & 255]!;
  return ~crc >>> 0;
}
