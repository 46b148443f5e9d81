/**
 * Reads safetensors files that may be damaged or malicious. Every size is checked against the length of the file before
 * memory is allocated. The data must cover the file without holes or overlap, so that no second file can be hidden
 * inside. Any fault is a `ModelFormatError`.
 */
import type { ModelFormatError } from '../words/errors.ts';
import { formatError, mustBe, typeError } from '../words/fault.ts';
import { isRecord, show } from '../words/options.ts';
import {
  DTYPES,
  SAFETENSORS_LIMITS,
  type SafetensorsContent,
  type SafetensorsDtype,
} from './safetensors.ts';
import { readStrictJson, type JsonObject, type JsonValue } from './strict-json.ts';

/**
 * The content of a file.
 *
 * @param bytes - the whole file; not kept, not changed
 * @returns tensors and texts in new memory, aligned even if the file is not
 * @throws {TypeError} when `bytes` is no Uint8Array
 * @throws {ModelFormatError} when the file is cut off, damaged, foreign or beyond a limit
 * @example
 * const { tensors, metadata } = readSafetensors(bytes);
 */
export function readSafetensors(bytes: Uint8Array): SafetensorsContent {
  return readSafetensorsFor('readSafetensors', bytes);
}

/** {@link readSafetensors} on behalf of the public function `where`. */
export function readSafetensorsFor(where: string, bytes: Uint8Array): SafetensorsContent {
  const { places, metadata, data } = parseHeader(where, bytes);
  const tensors = new Map(
    places.map(({ name, dtype, shape, begin, end }) => [
      name,
      // The constructor copies. `slice` would not do: for a Buffer, which is a Uint8Array too, it returns a view.
      {
        dtype,
        shape,
        data: new (DTYPES.get(dtype)!)(new Uint8Array(data.subarray(begin, end)).buffer),
      },
    ]),
  );
  return { tensors, metadata };
}

/** A tensor as the header describes it. */
export interface TensorPlace {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  /** The place of its bytes in the data. */
  readonly begin: number;
  readonly end: number;
}

/** A file whose header was checked against its length. */
export interface ParsedHeader {
  readonly places: readonly TensorPlace[];
  readonly metadata: ReadonlyMap<string, string>;
  /** A view of the bytes behind the header. */
  readonly data: Uint8Array;
}

/** Refuses a file that breaks a rule. */
export function checkFormat(
  where: string,
  fits: boolean,
  subject: string,
  rule: string,
  got: unknown,
  remedy = '',
): asserts fits {
  if (!fits) throw formatError({ where, subject, rule, got: show(got), remedy });
}

const CUT_OFF = ' The file is cut off.';
const OPENING_BRACE = 0x7b;

/** The header of a file, checked as far as possible without the data. */
export interface ParsedHead {
  readonly places: readonly TensorPlace[];
  readonly metadata: ReadonlyMap<string, string>;
  /** The place where the data begin in the file, and the length that the whole file must have. */
  readonly dataStart: number;
  readonly fileLength: number;
}

/**
 * The number of bytes of a file to read before anything else: the length of the header and the header itself.
 *
 * @param bytes - the first 9 bytes of the file, or more; the ninth byte distinguishes a long header from a file of another kind
 * @throws {ModelFormatError} when there are fewer than 8, or the header would be longer than any valid header
 */
export function headLength(where: string, bytes: Uint8Array): number {
  const begins = 'must begin with 8 bytes of header length';
  checkFormat(where, bytes.length >= 8, 'the file', begins, bytes.length, CUT_OFF);
  const { headerBytes } = SAFETENSORS_LIMITS;
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > headerBytes && bytes[8] !== OPENING_BRACE) throw foreign(where);
  checkFormat(where, length <= headerBytes, 'the header', `must fit ${headerBytes} bytes`, length);
  return 8 + length;
}

/**
 * Reads the header from the first bytes of a file. There must be at least {@link headLength} bytes; more are allowed.
 *
 * @throws {ModelFormatError} as {@link readSafetensors} does
 */
export function parseHead(where: string, bytes: Uint8Array): ParsedHead {
  const dataStart = headLength(where, bytes);
  const whole = `must have ${dataStart - 8} bytes, as the file says`;
  const rest = bytes.length - 8;
  checkFormat(where, dataStart - 8 <= rest, 'the header', whole, rest, CUT_OFF);
  const text = decodeUtf8(where, bytes.subarray(8, dataStart));
  if (!text.startsWith('{')) {
    const got = openingText(text, bytes[8]);
    throw formatError({ where, subject: 'the header', rule: "must begin with '{'", got });
  }
  const json = readStrictJson(where, 'the header', text, true);
  const { __metadata__: texts, ...described } = json as JsonObject;
  const entries = Object.entries(described);
  const { tensors: most } = SAFETENSORS_LIMITS;
  const few = entries.length <= most;
  checkFormat(where, few, 'the header', `must have at most ${most} tensors`, entries.length);
  const places = entries.map(([name, value]) => readPlace(where, name, value));
  const fileLength = dataStart + checkCoverage(where, places);
  return { places, metadata: readMetadata(where, texts), dataStart, fileLength };
}

/** What a header begins with, for a message: its text if that can be read, otherwise the byte at its place. */
function openingText(text: string, byte: number | undefined): string {
  if (/^[ -~]/.test(text)) return show(text);
  if (byte === undefined || byte === OPENING_BRACE) return 'a header of 0 bytes';
  return `the byte 0x${byte.toString(16).padStart(2, '0')}`;
}

/** Refuses a file whose length is not the one that its header announces. */
export function checkFileLength(where: string, head: ParsedHead, length: number): void {
  const { dataStart, fileLength } = head;
  const rule = `must have ${fileLength - dataStart} bytes, as the header says`;
  const remedy = length < fileLength ? CUT_OFF : '';
  checkFormat(where, fileLength === length, 'the data', rule, length - dataStart, remedy);
}

/** Everything in a file except the values of its tensors; throws like {@link readSafetensors}. */
export function parseHeader(where: string, bytes: Uint8Array): ParsedHeader {
  if (!(bytes instanceof Uint8Array)) {
    throw typeError(mustBe(where, 'bytes', 'a Uint8Array', bytes));
  }
  const head = parseHead(where, bytes);
  checkFileLength(where, head, bytes.length);
  return { ...head, data: bytes.subarray(head.dataStart) };
}

/** The error for a file of another kind. Its first bytes are not the length of a header, so the message does not show them. */
function foreign(where: string): ModelFormatError {
  return formatError({ where, subject: 'the file', rule: 'has no safetensors header' });
}

function decodeUtf8(where: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw formatError({ where, subject: 'the header', rule: 'must be UTF-8 text' });
  }
}

/** The description of a tensor; its size in bytes must be the size of its place. */
function readPlace(where: string, name: string, value: JsonValue): TensorPlace {
  const { nameBytes, rank } = SAFETENSORS_LIMITS;
  const check: (fits: boolean, rule: string, got: unknown) => asserts fits = (fits, rule, got) =>
    checkFormat(where, fits, `tensor ${show(name)}`, `must ${rule}`, got);
  const length = new TextEncoder().encode(name).length;
  check(length <= nameBytes, `have a name of at most ${nameBytes} bytes`, length);
  check(isObject(value), 'be an object', value);
  check(Object.keys(value).length === 3, 'have only dtype, shape and data_offsets', value);
  const { dtype, shape, data_offsets: offsets } = value;
  const Store = DTYPES.get(dtype as string);
  check(Store !== undefined, `have a dtype among ${[...DTYPES.keys()].join(', ')}`, dtype);
  check(isSizes(shape) && shape.length <= rank, `have a shape of at most ${rank} sizes`, shape);
  check(isRange(offsets), 'have data_offsets [begin, end], ascending', offsets);
  const [begin, end] = offsets;
  const size = sizeOf(shape, Store.BYTES_PER_ELEMENT);
  check(size < Infinity, 'have fewer than 2^53 bytes', size);
  const text = `have ${size} bytes for shape [${shape.join(', ')}] of ${dtype as string}`;
  check(size === end - begin, text, end - begin);
  return { name, dtype: dtype as SafetensorsDtype, shape, begin, end };
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return isRecord(value) && !Array.isArray(value);
}

function isSizes(value: JsonValue | undefined): value is number[] {
  return Array.isArray(value) && value.every((size) => typeof size === 'number');
}

function isRange(value: JsonValue | undefined): value is [number, number] {
  return isSizes(value) && value.length === 2 && value[0]! <= value[1]!;
}

/** Bytes of a shape, or Infinity if a product is not a safe integer, whatever dimensions follow. */
function sizeOf(shape: readonly number[], bytes: number): number {
  return shape.reduce(
    (product, size) => (product * size <= Number.MAX_SAFE_INTEGER ? product * size : Infinity),
    bytes,
  );
}

function readMetadata(where: string, texts: JsonValue = {}): Map<string, string> {
  checkFormat(where, isObject(texts), '__metadata__', 'must be an object', texts);
  return new Map(
    Object.entries(texts).map(([name, text]) => {
      checkFormat(
        where,
        typeof text === 'string',
        `__metadata__ ${show(name)}`,
        'must be text',
        text,
      );
      return [name, text];
    }),
  );
}

/** Checks that every byte of the data belongs to exactly one tensor (no hole, no overlap), and returns the length of the data. */
function checkCoverage(where: string, places: readonly TensorPlace[]): number {
  let covered = 0;
  for (const { name, begin, end } of places.toSorted(
    (left, right) => left.begin - right.begin || left.end - right.end,
  )) {
    const rule = `must begin at byte ${covered} of the data, without hole or overlap`;
    checkFormat(where, begin === covered, `tensor ${show(name)}`, rule, begin);
    covered = end;
  }
  return covered;
}
