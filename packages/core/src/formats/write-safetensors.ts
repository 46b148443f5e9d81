/**
 * Writing safetensors: the same content gives the same bytes, every tensor aligned to its element.
 */
import { show } from '../options.ts';
import { DTYPES, SAFETENSORS_LIMITS, type SafetensorsTensor } from './safetensors.ts';
import { FORBIDDEN_KEYS, isWellFormed } from './strict-json.ts';

/**
 * The bytes of a file: a header aligned to 8 bytes, then the tensors by element size (largest first) and name,
 * so that every tensor is aligned to its element. The same content gives the same bytes.
 *
 * @param tensors - by name; memory is copied
 * @param metadata - texts by name
 * @returns the file, in new memory
 * @throws {TypeError} when a tensor's data are not of its dtype
 * @throws {RangeError} when a name is reserved or no well-formed text, a length does not fit its shape, or a
 *   limit of the reader is passed
 * @example
 * writeSafetensors(new Map([['w', { dtype: 'F32', shape: [2], data: new Float32Array(2) }]]), new Map());
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, SafetensorsTensor>,
  metadata: ReadonlyMap<string, string>,
): Uint8Array<ArrayBuffer> {
  const places = placeTensors(tensors);
  const last = places.at(-1);
  const header = encodeHeader(places, metadata);
  const dataStart = 8 + header.length;
  const file = new Uint8Array(dataStart + (last === undefined ? 0 : last.end));
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  for (const { tensor, begin } of places) {
    const { buffer, byteOffset, byteLength } = tensor.data;
    // Bytes are moved, never numbers: a NaN keeps its payload.
    file.set(new Uint8Array(buffer, byteOffset, byteLength), dataStart + begin);
  }
  return file;
}

interface PlacedTensor {
  readonly name: string;
  readonly tensor: SafetensorsTensor;
  readonly begin: number;
  readonly end: number;
}

function placeTensors(tensors: ReadonlyMap<string, SafetensorsTensor>): PlacedTensor[] {
  if (tensors.size > SAFETENSORS_LIMITS.tensors) {
    throw new RangeError(
      `writeSafetensors: tensors must be at most ${SAFETENSORS_LIMITS.tensors}; got ${tensors.size}.`,
    );
  }
  const entries = [...tensors].toSorted(
    ([leftName, left], [rightName, right]) =>
      elementBytes(right) - elementBytes(left) || (leftName < rightName ? -1 : 1),
  );
  let begin = 0;
  return entries.map(([name, tensor]) => {
    checkName(name, '__metadata__');
    checkTensor(name, tensor);
    const end = begin + tensor.data.byteLength;
    const place = { name, tensor, begin, end };
    begin = end;
    return place;
  });
}

function elementBytes(tensor: SafetensorsTensor): number {
  return DTYPES.get(tensor.dtype)?.bytes ?? 0;
}

function checkTensor(name: string, tensor: SafetensorsTensor): void {
  const facts = DTYPES.get(tensor.dtype);
  if (facts === undefined || !facts.holds(tensor.data)) {
    throw new TypeError(
      `writeSafetensors: tensor ${show(name)} must have data of its dtype ${show(tensor.dtype)}; got ${show(tensor.data)}.`,
    );
  }
  const elements = tensor.shape.reduce((product, size) => product * size, 1);
  const whole = tensor.shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!whole || tensor.shape.length > SAFETENSORS_LIMITS.rank || elements !== tensor.data.length) {
    throw new RangeError(
      `writeSafetensors: tensor ${show(name)} must have a shape that fits its ${tensor.data.length} values; got [${tensor.shape.join(', ')}].`,
    );
  }
}

function checkName(name: string, reserved?: string): void {
  if (FORBIDDEN_KEYS.includes(name) || name === reserved || !isWellFormed(name)) {
    throw new RangeError(
      `writeSafetensors: names must be well-formed text other than ${[...FORBIDDEN_KEYS, '__metadata__'].join(', ')}; got ${show(name)}.`,
    );
  }
  if (new TextEncoder().encode(name).length > SAFETENSORS_LIMITS.nameBytes) {
    throw new RangeError(
      `writeSafetensors: names must have at most ${SAFETENSORS_LIMITS.nameBytes} bytes; got ${show(name)}.`,
    );
  }
}

function encodeHeader(
  places: readonly PlacedTensor[],
  metadata: ReadonlyMap<string, string>,
): Uint8Array {
  const texts = [...metadata].toSorted(([left], [right]) => (left < right ? -1 : 1));
  for (const [name, text] of texts) {
    checkName(name);
    if (!isWellFormed(text)) {
      throw new RangeError(
        `writeSafetensors: metadata ${show(name)} must be well-formed text; it has a lone surrogate.`,
      );
    }
  }
  const entries = places.map(
    ({ name, tensor, begin, end }) =>
      `${JSON.stringify(name)}:${JSON.stringify({ dtype: tensor.dtype, shape: tensor.shape, data_offsets: [begin, end] })}`,
  );
  if (texts.length > 0) {
    const pairs = texts.map(([name, text]) => `${JSON.stringify(name)}:${JSON.stringify(text)}`);
    entries.unshift(`"__metadata__":{${pairs.join(',')}}`);
  }
  const plain = new TextEncoder().encode(`{${entries.join(',')}}`);
  const length = Math.floor((plain.length + 7) / 8) * 8;
  if (length > SAFETENSORS_LIMITS.headerBytes) {
    throw new RangeError(
      `writeSafetensors: names, shapes and metadata must fit ${SAFETENSORS_LIMITS.headerBytes} bytes; got ${length}.`,
    );
  }
  const header = new Uint8Array(length).fill(0x20);
  header.set(plain);
  return header;
}
