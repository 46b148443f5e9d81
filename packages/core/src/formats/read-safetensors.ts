/**
 * Reading safetensors without trust: every size is checked against the length of the file before memory is
 * taken, the data must cover the file without holes or overlap (so that no second file hides inside), and any
 * fault is a `ModelFormatError`.
 */
import { ModelFormatError } from '../errors.ts';
import { show } from '../options.ts';
import {
  DTYPES,
  SAFETENSORS_LIMITS,
  type DtypeFacts,
  type SafetensorsContent,
  type TensorData,
} from './safetensors.ts';
import { readStrictJson, type JsonValue } from './strict-json.ts';

/**
 * The content of a file.
 *
 * @param bytes - the whole file; not kept, not changed
 * @returns tensors and texts in new memory, aligned whatever the file's alignment
 * @throws {TypeError} when `bytes` is no Uint8Array
 * @throws {ModelFormatError} when the file is cut off, damaged, foreign or beyond a limit
 * @example
 * const { tensors, metadata } = readSafetensors(bytes);
 */
export function readSafetensors(bytes: Uint8Array): SafetensorsContent {
  return parseSafetensors('readSafetensors', bytes);
}

/** {@link readSafetensors} with the public function's name for messages. */
export function parseSafetensors(where: string, bytes: Uint8Array): SafetensorsContent {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(`${where}: bytes must be a Uint8Array; got ${show(bytes)}.`);
  }
  const headerLength = readHeaderLength(where, bytes);
  const text = decodeHeader(where, bytes.subarray(8, 8 + headerLength));
  const header = readStrictJson(text, {
    sizesOnly: true,
    fault: (message, offset) =>
      new ModelFormatError(`${where}: the header ${message} (character ${offset}).`),
  });
  const entries = Object.entries(objectOf(where, 'the header', header));
  if (entries.length > SAFETENSORS_LIMITS.tensors + 1) {
    throw new ModelFormatError(
      `${where}: the file must have at most ${SAFETENSORS_LIMITS.tensors} tensors; got ${entries.length}.`,
    );
  }
  const described = entries
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]) => readDescription(where, name, value));
  const metadata = readMetadata(where, entries.find(([name]) => name === '__metadata__')?.[1]);
  const data = bytes.subarray(8 + headerLength);
  checkCoverage(where, described, data.length);
  const tensors = new Map(
    described.map((tensor) => [
      tensor.name,
      { dtype: tensor.facts.dtype, shape: tensor.shape, data: copyData(data, tensor) },
    ]),
  );
  return { tensors, metadata };
}

function readHeaderLength(where: string, bytes: Uint8Array): number {
  if (bytes.length < 8) {
    throw new ModelFormatError(
      `${where}: the file must begin with 8 bytes of header length; got ${bytes.length} in all. It is cut off or no safetensors file.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const length = view.getUint32(4, true) * 0x1_0000_0000 + view.getUint32(0, true);
  if (length > SAFETENSORS_LIMITS.headerBytes) {
    throw new ModelFormatError(
      `${where}: the header must have at most ${SAFETENSORS_LIMITS.headerBytes} bytes; the file says ${length}. It is damaged or no safetensors file.`,
    );
  }
  if (length > bytes.length - 8) {
    throw new ModelFormatError(
      `${where}: the header must have ${length} bytes, as the file says; got ${bytes.length - 8}. The file is cut off.`,
    );
  }
  if (bytes[8] !== 0x7b || length === 0) {
    throw new ModelFormatError(
      `${where}: the header must begin with '{'. It is no safetensors file.`,
    );
  }
  return length;
}

function decodeHeader(where: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ModelFormatError(`${where}: the header must be UTF-8 text.`);
  }
}

interface DescribedTensor {
  readonly name: string;
  readonly facts: DtypeFacts;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function readDescription(where: string, name: string, value: JsonValue): DescribedTensor {
  const fields = objectOf(where, `tensor ${show(name)}`, value);
  const fault = (rule: string, got: unknown): ModelFormatError =>
    new ModelFormatError(`${where}: tensor ${show(name)} must have ${rule}; got ${show(got)}.`);
  if (new TextEncoder().encode(name).length > SAFETENSORS_LIMITS.nameBytes) {
    throw fault(`a name of at most ${SAFETENSORS_LIMITS.nameBytes} bytes`, name);
  }
  const extra = Object.keys(fields).find((key) => !DESCRIPTION_KEYS.includes(key));
  if (extra !== undefined) throw fault(`only ${DESCRIPTION_KEYS.join(', ')}`, extra);
  const { dtype, shape, data_offsets: offsets } = fields;
  const facts = typeof dtype === 'string' ? DTYPES.get(dtype) : undefined;
  if (facts === undefined) throw fault(`a dtype among ${[...DTYPES.keys()].join(', ')}`, dtype);
  if (!isSizes(shape) || shape.length > SAFETENSORS_LIMITS.rank) {
    throw fault(`a shape of at most ${SAFETENSORS_LIMITS.rank} whole numbers`, shape);
  }
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw fault('data_offsets [begin, end], ascending', offsets);
  }
  const [begin, end] = offsets as [number, number];
  const size = checkedSize(shape, facts.bytes);
  if (size !== end - begin) {
    throw new ModelFormatError(
      `${where}: tensor ${show(name)} must have ${size ?? 'fewer than 2^53'} bytes for shape [${shape.join(', ')}] of ${facts.dtype}; its data_offsets give ${end - begin}.`,
    );
  }
  return { name, facts, shape, begin, end };
}

const DESCRIPTION_KEYS: readonly string[] = ['dtype', 'shape', 'data_offsets'];

function isSizes(value: JsonValue | undefined): value is number[] {
  return Array.isArray(value) && value.every((size) => typeof size === 'number');
}

/** Bytes of a shape, or undefined where a product leaves the safe integers. */
function checkedSize(shape: readonly number[], bytes: number): number | undefined {
  let product = bytes;
  for (const size of shape) {
    product *= size;
    if (!Number.isSafeInteger(product)) return undefined;
  }
  return product;
}

function readMetadata(where: string, value: JsonValue | undefined): Map<string, string> {
  if (value === undefined) return new Map();
  return new Map(
    Object.entries(objectOf(where, '__metadata__', value)).map(([name, text]) => {
      if (typeof text === 'string') return [name, text];
      throw new ModelFormatError(
        `${where}: __metadata__ ${show(name)} must be text; got ${show(text)}.`,
      );
    }),
  );
}

function objectOf(where: string, what: string, value: JsonValue): Record<string, JsonValue> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new ModelFormatError(`${where}: ${what} must be an object; got ${show(value)}.`);
}

/** Every byte of the data belongs to exactly one tensor: no hole, no overlap, nothing behind the last. */
function checkCoverage(where: string, tensors: readonly DescribedTensor[], length: number): void {
  let covered = 0;
  for (const { name, begin, end } of tensors.toSorted(
    (left, right) => left.begin - right.begin || left.end - right.end,
  )) {
    if (begin !== covered) {
      throw new ModelFormatError(
        `${where}: tensor ${show(name)} must begin at byte ${covered} of the data, without hole or overlap; got ${begin}.`,
      );
    }
    covered = end;
  }
  if (covered !== length) {
    throw new ModelFormatError(
      `${where}: the data must have ${covered} bytes, as the header says; got ${length}.${covered > length ? ' The file is cut off.' : ''}`,
    );
  }
}

function copyData(data: Uint8Array, tensor: DescribedTensor): TensorData {
  const copy = new Uint8Array(tensor.end - tensor.begin);
  copy.set(data.subarray(tensor.begin, tensor.end));
  return tensor.facts.make(copy.buffer);
}
