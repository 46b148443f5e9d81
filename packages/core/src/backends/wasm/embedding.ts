/**
 * Reads the WebAssembly module out of the source text it is embedded in. Base64 cuts bytes into pieces of six bits, which
 * hides repetitions from gzip; here most bytes are one printable character and the others two, so the text
 * compresses as the module itself does (12.3 against 18.1 KB for the same 37 KB).
 *
 * The 85 characters from `(` to `~` without `\` and the backquote, which a minifier would escape, stand for the digits
 * 0–84. A byte b is first turned by {@link SHIFT}, which brings 0xFD, the prefix of every SIMD instruction, to the front:
 * v = (b + 3) mod 256. It is written as the digit v mod 82, after the digit 81 + ⌊v / 82⌋ if v ≥ 82. The writer is
 * packages/kernels/compile/embedding.mjs.
 */

const SHIFT = 3;
const DIRECT = 82;

/**
 * The bytes of an embedded text.
 *
 * @param text - as `embedBytes` writes it
 * @returns a new array
 */
export function extractBytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  let block = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const digit = code - 40 - Number(code > 92) - Number(code > 96);
    if (digit < DIRECT) {
      bytes[length++] = block * DIRECT + digit - SHIFT;
      block = 0;
    } else {
      block = digit - DIRECT + 1;
    }
  }
  return bytes.slice(0, length);
}
