/**
 * Writes bytes as text for a source file; packages/core/src/backends/wasm/embedding.ts reads it and says why it looks so.
 */

const SHIFT = 3;
const DIRECT = 82;

/**
 * The text of some bytes.
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
