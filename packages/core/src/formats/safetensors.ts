/**
 * The content of a safetensors file: named arrays of numbers and a map of texts. This file has only the types and the
 * limits. `write-safetensors.ts` and `read-safetensors.ts` turn the content into bytes and back, and `model-file.ts`
 * knows what the tensors mean.
 *
 * A file is the header's length as u64 little-endian, a JSON header padded with spaces to a multiple of 8, then
 * the tensors' bytes, little-endian. The format allows headers of 100,000,000 bytes; we write and read 8 MiB.
 * The 16-bit, 8-bit and smaller floats of the format are not read, because JavaScript has no typed arrays for them.
 *
 * Source: the safetensors format description and its reference implementation (huggingface/safetensors).
 */

/** The memory of an element type, by its safetensors name; a Map, so that a dtype called `constructor` is unknown. */
export const DTYPES: ReadonlyMap<string, TensorStore> = new Map<SafetensorsDtype, TensorStore>([
  ['BOOL', Uint8Array],
  ['U8', Uint8Array],
  ['I8', Int8Array],
  ['U16', Uint16Array],
  ['I16', Int16Array],
  ['U32', Uint32Array],
  ['I32', Int32Array],
  ['F32', Float32Array],
  ['U64', BigUint64Array],
  ['I64', BigInt64Array],
  ['F64', Float64Array],
]);

/** The constructor of a tensor's memory. */
export interface TensorStore {
  new (buffer: ArrayBuffer): TensorData;
  readonly BYTES_PER_ELEMENT: number;
}

/** The element types that are read and written, by their safetensors names. */
export type SafetensorsDtype =
  'BOOL' | 'U8' | 'I8' | 'U16' | 'I16' | 'U32' | 'I32' | 'F32' | 'U64' | 'I64' | 'F64';

/** The memory of a tensor. */
export type TensorData =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | BigUint64Array
  | BigInt64Array
  | Float64Array;

/** One named array of numbers, row-major. */
export interface SafetensorsTensor {
  readonly dtype: SafetensorsDtype;
  /** `[]` is a single number. */
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** What a file holds. */
export interface SafetensorsContent {
  readonly tensors: ReadonlyMap<string, SafetensorsTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** Limits of the reader. The writer satisfies them too, because it reads its own header back. */
export const SAFETENSORS_LIMITS = {
  headerBytes: 8_388_608,
  tensors: 65_536,
  nameBytes: 256,
  rank: 8,
} as const;
