/**
 * The IDX format of MNIST and similar data sets: two zero bytes, a type byte, the number of dimensions, that many
 * big-endian sizes, then the elements, big-endian; plain or gzip. Read strictly: every byte must be accounted
 * for, and sizes are checked before anything is allocated.
 *
 * Source: Y. LeCun, C. Cortes, C. J. C. Burges, *The MNIST database*, section "the IDX file format".
 */
import { constants, gunzipSync } from 'node:zlib';
import type { DataError } from 'vinculum';
import { dataError, typeError } from 'vinculum/internal';

/** The elements of an IDX file in the type the file names. */
export type IdxData =
  Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** An array with its shape, row-major. */
export interface IdxArray {
  readonly data: IdxData;
  readonly shape: readonly number[];
}

/** Gzip packs at most 1032 to 1 (RFC 1951: 258 bytes in two bits), and has a head and a tail. */
const MAX_GZIP_RATIO = 1032;

/** The most dimensions; images have three. */
const MAX_DIMENSIONS = 8;

/** No head is longer. */
export const LONGEST_HEAD: number = 4 + 4 * MAX_DIMENSIONS;

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
 * @throws {DataError} when magic, type, dimensions or length are wrong for an IDX file
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
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const head = readHead(packed ? unpackHead(bytes, name) : bytes, name);
  if (!packed) return readElements(head, bytes, name);
  // No memory of the announced size is allocated if the packed bytes cannot contain that much.
  if (head.fileLength > MAX_GZIP_RATIO * bytes.length) {
    throw wrongLength(head, name, `${bytes.length} bytes of gzip, which cannot hold as many`);
  }
  return readElements(head, unpack(bytes, head, name), name);
}

/** What the first bytes of an IDX file say. */
export interface IdxHead {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Where the elements begin, and how many there are. */
  readonly start: number;
  readonly length: number;
  /** The bytes of the whole file. */
  readonly fileLength: number;
}

/** Reads the head; any number of bytes may follow it. */
export function readHead(bytes: Uint8Array, name: string): IdxHead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4) throw fault(name, 'begin with 4 bytes of magic', `${bytes.length} bytes`);
  const [zero, zeroToo, code, dimensions] = bytes as Uint8Array & [number, number, number, number];
  const type = ELEMENT_TYPES.get(code);
  if (zero !== 0 || zeroToo !== 0 || type === undefined) {
    const magic = view.getUint32(0).toString(16).padStart(8, '0');
    throw fault(name, 'begin with an IDX magic number (0x000008nn … 0x00000enn)', `0x${magic}`);
  }
  if (dimensions === 0 || dimensions > MAX_DIMENSIONS) {
    throw fault(name, `have 1 to ${MAX_DIMENSIONS} dimensions`, String(dimensions));
  }
  const start = 4 + 4 * dimensions;
  if (bytes.length < start) {
    const rule = `hold ${dimensions} sizes in its first ${start} bytes`;
    throw fault(name, rule, `${bytes.length} bytes`);
  }
  const shape = Array.from({ length: dimensions }, (_, axis) => view.getUint32(4 + 4 * axis));
  const length = shape.reduce((product, size) => product * size, 1);
  return { type, shape, start, length, fileLength: start + length * type.bytes };
}

export function readElements(head: IdxHead, bytes: Uint8Array, name: string): IdxArray {
  const { type, shape, start, length, fileLength } = head;
  if (fileLength !== bytes.length) throw wrongLength(head, name, String(bytes.length));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { data: type.read(view, start, length), shape };
}

export function wrongLength({ fileLength, shape }: IdxHead, name: string, got: string): DataError {
  return fault(name, `be ${fileLength} bytes long for shape [${shape.join(', ')}]`, got);
}

function fault(name: string, rule: string, got: string): DataError {
  return dataError({ where: 'readIdx', subject: name, rule: `must ${rule}`, got });
}

/** The first packed bytes, or all bytes. They are enough for a head, unless gzip's own header has a long comment. */
function unpackHead(bytes: Uint8Array, name: string): Uint8Array {
  for (let length = 1 << 12; ; length *= 16) {
    const whole = length >= bytes.length;
    try {
      const options = whole ? {} : { finishFlush: constants.Z_SYNC_FLUSH };
      // One chunk, so that not even a small file that unfolds a thousandfold is unfolded for its head.
      const head = gunzipSync(bytes.subarray(0, length), {
        ...options,
        maxOutputLength: MAX_GZIP_RATIO * length + LONGEST_HEAD,
      });
      if (head.length >= LONGEST_HEAD || whole) return head;
    } catch (error) {
      throw notGzip(error, name);
    }
  }
}

/** Decompresses all bytes, and throws as soon as there are more than the head says. */
function unpack(bytes: Uint8Array, head: IdxHead, name: string): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: Math.max(1, head.fileLength) });
  } catch (error) {
    const isLonger =
      error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw isLonger ? wrongLength(head, name, 'more') : notGzip(error, name);
  }
}

function notGzip(error: unknown, name: string): DataError {
  const reason = error instanceof Error ? error.message : String(error);
  return fault(name, 'be whole gzip data', reason);
}
