/**
 * Reads the WebAssembly module from the source text in which it is embedded. The module is packed, so that it takes 10 KB
 * of a bundle under gzip instead of 15. A second, small module unpacks it once, in about 20 ms;
 * packages/kernels/embedding/unpack.c says how. packages/kernels/compile/embedding.mjs writes both texts.
 *
 * The packed code has 64 digits: the characters from `(` to `F` and from `]` to `~` without the backquote. Minified
 * programs contain many of these characters, so gzip needs no codes for new characters (0.4 KB less).
 *
 * The unpacker is not packed, and base 64 would divide its bytes so that gzip finds fewer repetitions. Its 85 digits
 * are the characters from `(` to `~` without `\` and the backquote, which a minifier would escape. A byte b becomes
 * v = (b + 3) mod 256, so that the most frequent bytes have small values, and is written as the digit v mod 82, after
 * the digit 81 + ⌊v / 82⌋ if v ≥ 82.
 */

const SHIFT = 3;
const DIRECT = 82;

/** A module as the build embeds it. */
export interface PackedModule {
  /** How many bytes it has. */
  readonly bytes: number;
  /** A module that unpacks it: imports `readDigit` and exports `next`, the next byte. */
  readonly unpacker: string;
  /** The packed code, which the unpacker reads digit by digit. */
  readonly code: string;
}

type Unpack = (packed: PackedModule) => Uint8Array<ArrayBuffer>;

/** The bytes of modules that are already known: preset ones, or ones that were unpacked for an earlier pool. */
const known = new WeakMap<PackedModule, Unpack>();

/** Provides the bytes of a packed module, so that it need not be unpacked. */
export function presetModule(packed: PackedModule, bytes: () => Uint8Array<ArrayBuffer>): void {
  known.set(packed, bytes);
}

/** The bytes of a packed module; the same array for the same module. */
export function unpackModule(packed: PackedModule): Uint8Array<ArrayBuffer> {
  const bytes = (known.get(packed) ?? unpack)(packed);
  known.set(packed, () => bytes);
  return bytes;
}

function unpack({ bytes, unpacker, code }: PackedModule): Uint8Array<ArrayBuffer> {
  let place = 0;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(extractBytes(unpacker)), {
    env: { readDigit: () => digitOf(code.charCodeAt(place++)) },
  });
  return Uint8Array.from({ length: bytes }, exports['next'] as () => number);
}

function digitOf(character: number): number {
  return character - 40 - (character > 92 ? 22 : 0) - Number(character > 96);
}

/** The bytes of a text as `embedBytes` writes it, in a new array. */
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
