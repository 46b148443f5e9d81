/**
 * The IDX format of MNIST and its kin: two zero bytes, a type byte, the number of dimensions, that many
 * big-endian sizes, then the elements, big-endian; plain or gzip. Read strictly: every byte must be accounted
 * for, and sizes are checked before anything is allocated.
 *
 * Source: Y. LeCun, C. Cortes, C. J. C. Burges, *The MNIST database*, section "the IDX file format".
 */
import { gunzipSync } from 'node:zlib';
import type { DataError } from 'vinculum';
import { typeError, dataError } from 'vinculum/internal';

/** The elements of an IDX file in the type the file names. */
export type IdxData =
  Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** An array with its shape, row-major. */
export interface IdxArray {
  readonly data: IdxData;
  readonly shape: readonly number[];
}

/** The most bytes that a gzip file may unfold to. */
const MAX_BYTES = 2 ** 31;

/** The most dimensions; images have three. */
const MAX_DIMENSIONS = 8;

/** Whether data begin as an IDX file does: two zero bytes, a known type, a number of dimensions. */
export function isIdx(head: Uint8Array): boolean {
  const [zero, zeroToo, code = 0, dimensions = 0] = head;
  const magic = zero === 0 && zeroToo === 0 && ELEMENT_TYPES.has(code);
  return magic && dimensions > 0 && dimensions <= MAX_DIMENSIONS;
}

interface ElementType {
  readonly bytes: number;
  read(view: DataView, offset: number, length: number): IdxData;
}

const ELEMENT_TYPES: ReadonlyMap<number, ElementType> = new Map<number, ElementType>([
  [
    0x08,
    {
      bytes: 1,
      read: (view, offset, length) =>
        new Uint8Array(view.buffer, view.byteOffset + offset, length).slice(),
    },
  ],
  [
    0x09,
    {
      bytes: 1,
      read: (view, offset, length) =>
        new Int8Array(view.buffer, view.byteOffset + offset, length).slice(),
    },
  ],
  [
    0x0b,
    {
      bytes: 2,
      read: (view, offset, length) =>
        Int16Array.from({ length }, (_, i) => view.getInt16(offset + 2 * i)),
    },
  ],
  [
    0x0c,
    {
      bytes: 4,
      read: (view, offset, length) =>
        Int32Array.from({ length }, (_, i) => view.getInt32(offset + 4 * i)),
    },
  ],
  [
    0x0d,
    {
      bytes: 4,
      read: (view, offset, length) =>
        Float32Array.from({ length }, (_, i) => view.getFloat32(offset + 4 * i)),
    },
  ],
  [
    0x0e,
    {
      bytes: 8,
      read: (view, offset, length) =>
        Float64Array.from({ length }, (_, i) => view.getFloat64(offset + 8 * i)),
    },
  ],
]);

/**
 * The array in the bytes of an IDX file.
 *
 * @param bytes - the whole file, plain or gzip
 * @param name - how to call it in messages. Default `'the data'`
 * @returns row-major elements in new memory, and the shape
 * @throws {TypeError} when `bytes` is no Uint8Array
 * @throws {DataError} when magic, type, dimensions or length are not those of an IDX file
 * @example
 * const { data, shape } = readIdx(await readFile('train-images-idx3-ubyte.gz'));
 */
export function readIdx(bytes: Uint8Array, name = 'the data'): IdxArray {
  if (!(bytes instanceof Uint8Array)) {
    throw typeError({
      where: 'readIdx',
      subject: 'bytes',
      rule: 'must be a Uint8Array',
      got: typeof bytes,
    });
  }
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? unzip(bytes, name) : bytes;
  const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
  const fail = (rule: string, got: string): DataError =>
    dataError({ where: 'readIdx', subject: name, rule: `must ${rule}`, got });
  if (plain.length < 4) throw fail('begin with 4 bytes of magic', `${plain.length} bytes`);
  const [zero, zeroToo, code, dimensions] = plain as Uint8Array & [number, number, number, number];
  const type = ELEMENT_TYPES.get(code);
  if (zero !== 0 || zeroToo !== 0 || type === undefined) {
    const magic = view.getUint32(0).toString(16).padStart(8, '0');
    throw fail('begin with an IDX magic number (0x000008nn … 0x00000enn)', `0x${magic}`);
  }
  if (dimensions === 0 || dimensions > MAX_DIMENSIONS) {
    throw fail(`have 1 to ${MAX_DIMENSIONS} dimensions`, String(dimensions));
  }
  const start = 4 + 4 * dimensions;
  if (plain.length < start) {
    throw fail(`hold ${dimensions} sizes in its first ${start} bytes`, `${plain.length} bytes`);
  }
  const shape = Array.from({ length: dimensions }, (_, axis) => view.getUint32(4 + 4 * axis));
  const length = shape.reduce((product, size) => product * size, 1);
  const expected = start + length * type.bytes;
  if (expected !== plain.length) {
    throw fail(`be ${expected} bytes long for shape [${shape.join(', ')}]`, String(plain.length));
  }
  return { data: type.read(view, start, length), shape };
}

function unzip(bytes: Uint8Array, name: string): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_BYTES });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw dataError({
      where: 'readIdx',
      subject: name,
      rule: 'must be whole gzip data',
      got: reason,
    });
  }
}
