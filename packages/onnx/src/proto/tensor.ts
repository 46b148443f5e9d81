/** Tensors of an ONNX file as typed arrays, in both directions. */
import { formatError, show } from 'vinculum/internal';
import { ELEMENT_TYPES, type ElementName, type TensorProto } from './messages.ts';

/** A constant of a graph. */
export interface Constant {
  readonly element: ElementName;
  readonly dims: readonly number[];
  /** Row-major. */
  readonly values: Float64Array | readonly string[];
}

const ELEMENT_NAMES = new Map<number | undefined, ElementName>(
  Object.entries(ELEMENT_TYPES).map(([name, code]) => [code, name as ElementName]),
);

/** How the raw bytes of numbers are read and written; little-endian. */
const NUMBERS: Readonly<
  Record<
    Exclude<ElementName, 'string'>,
    {
      readonly bytes: number;
      readonly get: (view: DataView, at: number) => number;
      readonly set: (view: DataView, at: number, value: number) => void;
    }
  >
> = {
  float: {
    bytes: 4,
    get: (view, at) => view.getFloat32(at, true),
    set: (view, at, value) => view.setFloat32(at, value, true),
  },
  double: {
    bytes: 8,
    get: (view, at) => view.getFloat64(at, true),
    set: (view, at, value) => view.setFloat64(at, value, true),
  },
  float16: {
    bytes: 2,
    get: (view, at) => fromHalf(view.getUint16(at, true)),
    set: () => {
      throw new RangeError('no half precision is written');
    },
  },
  int64: {
    bytes: 8,
    get: (view, at) => Number(view.getBigInt64(at, true)),
    set: (view, at, value) => view.setBigInt64(at, BigInt(value), true),
  },
  int32: {
    bytes: 4,
    get: (view, at) => view.getInt32(at, true),
    set: (view, at, value) => view.setInt32(at, value, true),
  },
  int8: {
    bytes: 1,
    get: (view, at) => view.getInt8(at),
    set: (view, at, value) => view.setInt8(at, value),
  },
  uint8: {
    bytes: 1,
    get: (view, at) => view.getUint8(at),
    set: (view, at, value) => view.setUint8(at, value),
  },
  bool: {
    bytes: 1,
    get: (view, at) => Number(view.getUint8(at) !== 0),
    set: (view, at, value) => view.setUint8(at, value),
  },
};

/** A number of IEEE half precision. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  let scale = 2 ** -24;
  for (let step = 1; step < exponent; step++) scale *= 2;
  return sign * scale * (exponent === 0 ? fraction : 1024 + fraction);
}

/** The tensor of a constant, as a file has it. */
export function tensorOf(name: string, { element, dims, values }: Constant): TensorProto {
  const form = { dims, dataType: ELEMENT_TYPES[element], name };
  if (element === 'string') {
    return { ...form, stringData: values as readonly string[] };
  }
  const { bytes, set } = NUMBERS[element];
  const rawData = new Uint8Array(values.length * bytes);
  const view = new DataView(rawData.buffer);
  (values as Float64Array).forEach((value, index) => set(view, index * bytes, value));
  return { ...form, rawData };
}

/**
 * The constant of a tensor.
 *
 * @param where - the public function, for messages
 * @throws {ModelFormatError} when its size is not what its dimensions say, its type is unknown, or its numbers are in another file
 */
export function constantOf(where: string, tensor: TensorProto): Constant {
  const { dims = [], dataType, name = '', externalData = [], dataLocation = 0 } = tensor;
  const subject = `the tensor ${show(name)}`;
  if (externalData.length > 0 || dataLocation !== 0) {
    const remedy =
      ' Save the model as one file, in Python onnx.save(model, path, save_as_external_data=False).';
    throw formatError({
      where,
      subject,
      rule: 'must have its numbers in the file, because no other file is opened',
      remedy,
    });
  }
  const element = ELEMENT_NAMES.get(dataType);
  if (element === undefined) {
    const rule = `must be of one of the types ${Object.keys(ELEMENT_TYPES).join(', ')}`;
    throw formatError({ where, subject, rule, got: `the type code ${dataType}` });
  }
  const values = valuesOf(element, tensor);
  const size = dims.reduce((product, one) => product * one, 1);
  if (dims.some((one) => one < 0) || size !== values.length) {
    const got = `${values.length}`;
    throw formatError({ where, subject, rule: `must have ${dims.join(' × ')} values`, got });
  }
  return { element, dims, values };
}

function valuesOf(element: ElementName, tensor: TensorProto): Constant['values'] {
  if (element === 'string') return tensor.stringData ?? [];
  const { rawData } = tensor;
  if (rawData === undefined || rawData.length === 0) {
    const list = { float: tensor.floatData, double: tensor.doubleData, int64: tensor.int64Data };
    const given = list[element as keyof typeof list] ?? tensor.int32Data ?? [];
    return Float64Array.from(element === 'float16' ? given.map(fromHalf) : given);
  }
  const { bytes, get } = NUMBERS[element];
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  return Float64Array.from({ length: Math.floor(rawData.length / bytes) }, (_, index) =>
    get(view, index * bytes),
  );
}
