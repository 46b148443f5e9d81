/**
 * Protocol buffer messages as plain records, written and read by tables of fields. Only the wire format comes from the library;
 * a message is a table in `messages.ts`, so a new one is a new table. Unknown fields are passed over, as the format asks.
 */
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { formatError } from 'vinculum/internal';

/** The types of fields that ONNX uses. An `int64` is a number here, and one beyond 2^53 is refused. */
type Scalar = 'int64' | 'float' | 'double' | 'string' | 'bytes';

/** A field of a message. */
export interface Field {
  readonly number: number;
  readonly type: Scalar | (() => Message);
  readonly repeated?: true;
}

/** The fields of a message by name. */
export type Message = Readonly<Record<string, Field>>;

/** A message as it is read: only the fields that are present; repeated ones are lists. */
export type Read = Readonly<Record<string, unknown>>;

const WIRE_TYPES: Readonly<Record<Scalar, WireType>> = {
  int64: WireType.Varint,
  float: WireType.Bit32,
  double: WireType.Bit64,
  string: WireType.LengthDelimited,
  bytes: WireType.LengthDelimited,
};

/** More messages inside each other than any graph without control flow has. */
const MOST_NESTED = 32;

/** The bytes of a message. A field that is undefined is left out. */
export function encode(message: Message, value: object): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  writeFields(writer, message, value as Read);
  return writer.finish();
}

function writeFields(writer: BinaryWriter, message: Message, value: Read): void {
  for (const [name, field] of Object.entries(message)) {
    const given = value[name];
    if (given === undefined) continue;
    const items = field.repeated === true ? (given as readonly unknown[]) : [given];
    for (const item of items) writeField(writer, field, item);
  }
}

function writeField(writer: BinaryWriter, { number, type: kind }: Field, value: unknown): void {
  if (typeof kind === 'function') {
    writer.tag(number, WireType.LengthDelimited).fork();
    writeFields(writer, kind(), value as Read);
    writer.join();
    return;
  }
  writer.tag(number, WIRE_TYPES[kind]);
  switch (kind) {
    case 'int64':
      writer.int64(value as number);
      break;
    case 'float':
      writer.float(value as number);
      break;
    case 'double':
      writer.double(value as number);
      break;
    case 'string':
      writer.string(value as string);
      break;
    case 'bytes':
      writer.bytes(value as Uint8Array);
      break;
    default:
      kind satisfies never;
  }
}

/**
 * A message from bytes.
 *
 * @param where - the public function, for messages
 * @throws {ModelFormatError} when the bytes are no such message
 */
export function decode(where: string, message: Message, bytes: Uint8Array): Read {
  try {
    return readFields(new BinaryReader(bytes), message, bytes.byteLength, 0);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw formatError({
      where,
      subject: 'the file',
      rule: 'must be an ONNX model',
      got: `bytes that are none (${reason})`,
    });
  }
}

function readFields(reader: BinaryReader, message: Message, end: number, depth: number): Read {
  if (depth > MOST_NESTED) throw new RangeError('messages nested too deeply');
  if (end > reader.len) throw new RangeError('the end is missing');
  const byNumber = new Map(
    Object.entries(message).map(([name, field]) => [field.number, { name, ...field }]),
  );
  const read: Record<string, unknown> = {};
  while (reader.pos < end) {
    const [number, wireType] = reader.tag();
    const field = byNumber.get(number);
    if (field === undefined) {
      reader.skip(wireType, number);
      continue;
    }
    const values = readValues(reader, field, wireType, depth);
    if (field.repeated === true) {
      const list = (read[field.name] ??= []) as unknown[];
      for (const value of values) list.push(value);
    } else read[field.name] = values.at(-1);
  }
  if (reader.pos !== end) throw new RangeError('a field goes beyond the end of its message');
  return read;
}

/** The values of one field: one, or several numbers that are packed together. */
function readValues(
  reader: BinaryReader,
  { type }: Field,
  wireType: WireType,
  depth: number,
): unknown[] {
  if (typeof type === 'function') {
    if (wireType !== WireType.LengthDelimited) throw new RangeError('a message of another kind');
    const length = reader.uint32();
    return [readFields(reader, type(), reader.pos + length, depth + 1)];
  }
  const wanted = WIRE_TYPES[type];
  const isPacked = wireType === WireType.LengthDelimited && wanted !== WireType.LengthDelimited;
  if (!isPacked && wireType !== wanted) throw new RangeError('a field of another kind');
  if (!isPacked) return [readScalar(reader, type)];
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) throw new RangeError('the end is missing');
  const values: unknown[] = [];
  while (reader.pos < end) values.push(readScalar(reader, type));
  return values;
}

function readScalar(reader: BinaryReader, kind: Scalar): unknown {
  switch (kind) {
    case 'int64':
      return wholeNumber(reader.int64());
    case 'float':
      return reader.float();
    case 'double':
      return reader.double();
    case 'string':
      return reader.string();
    case 'bytes':
      return reader.bytes();
    default:
      return kind satisfies never;
  }
}

function wholeNumber(value: bigint | string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`the integer ${value} is beyond 2^53`);
  return number;
}
