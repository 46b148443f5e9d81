/**
 * Writes safetensors. The same content gives the same bytes, and every tensor is aligned to its element. The header is
 * read back before the file is returned, so that no file is written that the reader would refuse.
 */
import { faultFrom, mustBe, rangeError, typeError } from '../words/fault.ts';
import { show } from '../words/options.ts';
import { parseHeader } from './read-safetensors.ts';
import { DTYPES, type SafetensorsTensor } from './safetensors.ts';

/**
 * The bytes of a file: a header aligned to 8 bytes, then the tensors by element size (largest first) and name,
 * so that every tensor is aligned to its element. The same content gives the same bytes.
 *
 * @param tensors - by name; memory is copied
 * @param metadata - texts by name
 * @returns the file, in new memory
 * @throws {TypeError} when an argument is no Map, or a tensor's data are not of its dtype
 * @throws {RangeError} when a name is reserved or no well-formed text, a length does not fit its shape, or a
 *   limit of the reader is passed
 * @example
 * writeSafetensors(new Map([['w', { dtype: 'F32', shape: [2], data: new Float32Array(2) }]]), new Map());
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, SafetensorsTensor>,
  metadata: ReadonlyMap<string, string>,
): Uint8Array<ArrayBuffer> {
  const where = 'writeSafetensors';
  for (const [name, map] of Object.entries<unknown>({ tensors, metadata })) {
    if (!(map instanceof Map)) throw typeError(mustBe(where, name, 'a Map', map));
  }
  for (const [name, { dtype, data }] of tensors) {
    const Store = DTYPES.get(dtype);
    if (Store === undefined || !(data instanceof Store)) {
      throw typeError({
        where,
        subject: `tensor ${show(name)}`,
        rule: `must have data of its dtype ${show(dtype)}`,
        got: show(data),
      });
    }
  }
  const ordered = [...tensors].toSorted(
    ([leftName, left], [rightName, right]) =>
      right.data.BYTES_PER_ELEMENT - left.data.BYTES_PER_ELEMENT || (leftName < rightName ? -1 : 1),
  );
  let end = 0;
  const places = ordered.map(([name, { dtype, shape, data }]) => {
    const begin = end;
    end += data.byteLength;
    return [name, { dtype, shape, data_offsets: [begin, end] }] as const;
  });
  const texts = [...metadata].toSorted(([left], [right]) => (left < right ? -1 : 1));
  const described =
    texts.length === 0 ? [] : [['__metadata__', Object.fromEntries(texts)] as const];
  const json = JSON.stringify(Object.fromEntries<object>([...described, ...places]));
  const header = new TextEncoder().encode(json);
  const dataStart = 8 + Math.ceil(header.length / 8) * 8;
  const file = new Uint8Array(dataStart + end).fill(0x20, 0, dataStart);
  new DataView(file.buffer).setBigUint64(0, BigInt(dataStart - 8), true);
  file.set(header, 8);
  try {
    parseHeader(where, file);
  } catch (error) {
    throw rangeError(faultFrom(error));
  }
  let place = dataStart;
  for (const [, { data }] of ordered) {
    // Bytes are copied, not numbers, so a NaN keeps its payload.
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), place);
    place += data.byteLength;
  }
  return file;
}
