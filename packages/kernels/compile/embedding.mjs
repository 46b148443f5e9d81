/**
 * Packs bytes as text for a source file. packages/core/src/backends/wasm/embedding.ts reads that text and explains its form;
 * packages/kernels/embedding/unpack.c holds the model.
 */
import { compileUnpacker } from './toolchain.mjs';

const SHIFT = 3;
const DIRECT = 82;

/** The digits of the code are those of base 64. */
const DIGIT_BITS = 6;

/** As in unpack.c: the range of the code is never narrower. */
const MINIMUM_RANGE = 2 ** 32;

/**
 * @typedef {object} PackedModule
 * @property {number} bytes - how many were packed
 * @property {string} unpacker - a module that unpacks, as {@link embedBytes} writes it
 * @property {string} code - the arithmetic code, digit by digit
 */

/**
 * @returns {Promise<(bytes: Uint8Array) => PackedModule>} packs as many modules as one likes
 */
export async function openPacker() {
  const packer = new WebAssembly.Module(await compileUnpacker('packer'));
  const unpacker = embedBytes(await compileUnpacker('unpacker'));
  return (bytes) => ({ bytes: bytes.length, unpacker, code: encode(bytes, packer) });
}

/**
 * The arithmetic code: each bit narrows a range by its probability, and the text is a number within the last one.
 *
 * @param {Uint8Array} bytes
 * @param {WebAssembly.Module} packer - asks for bit after bit and says first how probable a 1 is
 */
function encode(bytes, packer) {
  let low = 0n;
  let range = 1;
  let digits = 0;
  let place = 0;
  /** @param {number} probability */
  const decide = (probability) => {
    while (range < MINIMUM_RANGE) {
      range *= 2 ** DIGIT_BITS;
      low <<= BigInt(DIGIT_BITS);
      digits++;
    }
    const bound = Math.floor(range * probability);
    const bit = ((bytes[place >> 3] ?? 0) >> (7 - (place & 7))) & 1;
    place++;
    if (bit === 0) low += BigInt(bound);
    range = bit === 1 ? bound : range - bound;
    return bit;
  };
  const { exports } = new WebAssembly.Instance(packer, { env: { decide } });
  const next = /** @type {() => number} */ (exports['next']);
  for (let i = 0; i < bytes.length; i++) next();
  const bits = low.toString(2).padStart(digits * DIGIT_BITS, '0');
  return Array.from({ length: digits }, (_, i) =>
    digitOf(Number.parseInt(bits.slice(i * DIGIT_BITS, (i + 1) * DIGIT_BITS), 2)),
  ).join('');
}

/** @param {number} value - 0 to 63 */
function digitOf(value) {
  const code = value < 31 ? value + 40 : value + 62;
  return String.fromCharCode(code < 96 ? code : code + 1);
}

/**
 * The text of some bytes, unpacked.
 *
 * @param {Uint8Array} bytes
 * @returns {string} printable ASCII without quotes, backslash, backquote and dollar
 */
export function embedBytes(bytes) {
  const codes = Array.from(bytes, (byte) => {
    const value = (byte + SHIFT) & 255;
    const block = Math.floor(value / DIRECT);
    const last = characterOf(value % DIRECT);
    return block === 0 ? last : characterOf(DIRECT - 1 + block) + last;
  });
  return codes.join('');
}

/** @param {number} digit - 0 to 84 */
function characterOf(digit) {
  let code = 40 + digit;
  if (code >= 92) code++;
  if (code >= 96) code++;
  return String.fromCharCode(code);
}
