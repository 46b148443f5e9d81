/**
 * Reads the instructions of a WebAssembly module, for the build's gates: relaxed SIMD, whose results differ between
 * machines, must not be in the portable module, and the fused module may have it in the tiles of the products only. It knows what clang emits for these kernels and refuses the rest.
 *
 * Source: WebAssembly Core Specification 2.0, section 5.4 (instructions); the relaxed SIMD proposal numbers its
 * instructions from 0x100 under the prefix 0xfd; the threads proposal has the prefix 0xfe.
 */

const CODE_SECTION = 10;
const SIMD = 0xfd;
const ATOMIC = 0xfe;
const ATOMIC_FENCE = 0x03;
const MULTIPLY_F32X4 = 0xe6;
const FIRST_RELAXED = 0x100;
const RELAXED_MULTIPLY_ADD_F32X4 = 0x105;

/** A place in the module's bytes. */
class Reader {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.place = 0;
  }

  byte() {
    return this.bytes[this.place++] ?? 0;
  }

  /** An unsigned LEB128 number; of a signed or 64-bit one only the length is of use. */
  number() {
    let value = 0;
    let shift = 0;
    for (;;) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
      shift += 7;
    }
  }

  /** @param {number} count - bytes or, for {@link numbers}, numbers */
  skip(count) {
    this.place += count;
  }

  /** @param {number} count */
  numbers(count) {
    for (let i = 0; i < count; i++) this.number();
  }
}

/**
 * @param {Uint8Array} module - a WebAssembly module
 * @returns {{ multiplications: number, relaxed: number, fused: number, mixed: number }} how many f32x4.mul, relaxed
 *   instructions and, among these, f32x4.relaxed_madd it has, and how many functions have f32x4.mul as well as relaxed ones
 * @throws {Error} when it holds an instruction that is not known here
 */
export function countInstructions(module) {
  const reader = new Reader(module);
  const counts = { multiplications: 0, relaxed: 0, fused: 0, mixed: 0 };
  reader.skip(8);
  while (reader.place < module.length) {
    const id = reader.byte();
    const end = reader.number() + reader.place;
    if (id === CODE_SECTION) readCode(reader, counts);
    reader.place = end;
  }
  return counts;
}

/**
 * @param {Reader} reader
 * @param {ReturnType<typeof countInstructions>} counts
 */
function readCode(reader, counts) {
  for (let functions = reader.number(); functions > 0; functions--) {
    const end = reader.number() + reader.place;
    const { multiplications, relaxed } = counts;
    for (let locals = reader.number(); locals > 0; locals--) reader.numbers(2);
    while (reader.place < end) {
      const code = reader.byte();
      if (code === SIMD) readSimd(reader, counts);
      else if (code === ATOMIC) reader.numbers(reader.number() === ATOMIC_FENCE ? 1 : 2);
      else skipOperands(reader, code);
    }
    if (counts.multiplications > multiplications && counts.relaxed > relaxed) counts.mixed++;
  }
}

/**
 * @param {Reader} reader
 * @param {ReturnType<typeof countInstructions>} counts
 */
function readSimd(reader, counts) {
  const code = reader.number();
  if (code === MULTIPLY_F32X4) counts.multiplications++;
  if (code >= FIRST_RELAXED) counts.relaxed++;
  if (code === RELAXED_MULTIPLY_ADD_F32X4) counts.fused++;
  if (code <= 11 || code === 92 || code === 93) reader.numbers(2);
  else if (code === 12 || code === 13) reader.skip(16);
  else if (code >= 21 && code <= 34) reader.skip(1);
  else if (code >= 84 && code <= 91) {
    reader.numbers(2);
    reader.skip(1);
  }
}

/**
 * @param {Reader} reader
 * @param {number} code - an instruction without a prefix
 */
function skipOperands(reader, code) {
  if ((code >= 0x02 && code <= 0x04) || code === 0x0c || code === 0x0d) reader.number();
  else if (code === 0x0e) reader.numbers(reader.number() + 1);
  else if (code === 0x10 || (code >= 0x20 && code <= 0x24)) reader.number();
  else if (code === 0x11 || (code >= 0x28 && code <= 0x3e)) reader.numbers(2);
  else if (code === 0x41 || code === 0x42 || code === 0x3f || code === 0x40) reader.number();
  else if (code === 0x43) reader.skip(4);
  else if (code === 0x44) reader.skip(8);
  else if (code === 0xfc)
    reader.numbers([0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1][reader.number()] ?? 0);
  else if (!isPlain(code)) {
    throw new Error(`internal: instruction 0x${code.toString(16)} is not known to inspect.mjs.`);
  }
}

/** @param {number} code - whether it stands alone: control, drop, select, arithmetic */
function isPlain(code) {
  return (
    [0x00, 0x01, 0x05, 0x0b, 0x0f, 0x1a, 0x1b].includes(code) || (code >= 0x45 && code <= 0xc4)
  );
}
