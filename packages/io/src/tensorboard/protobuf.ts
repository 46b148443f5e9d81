/**
 * The part of the protocol buffer encoding that event files need: fields of numbers, texts and nested messages. A message is the
 * bytes of its fields one after another, and each field begins with a key that holds its number and the kind of its value.
 *
 * Source: https://protobuf.dev/programming-guides/encoding (varints, little-endian numbers, length-delimited values).
 */

/** How the value of a field is written. */
const WIRE = { varint: 0, eightBytes: 1, lengthAndBytes: 2, fourBytes: 5 } as const;

/** A field with an integer of at least 0. */
export function integerField(field: number, value: number): Uint8Array {
  return joined([key(field, WIRE.varint), varint(value)]);
}

/** A field with a number of 64 bits. */
export function doubleField(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return joined([key(field, WIRE.eightBytes), bytes]);
}

/** A field with a number of 32 bits. */
export function floatField(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return joined([key(field, WIRE.fourBytes), bytes]);
}

/** A field with a text. */
export function textField(field: number, text: string): Uint8Array {
  return messageField(field, [new TextEncoder().encode(text)]);
}

/** A field with a message, which is given by its fields. */
export function messageField(field: number, fields: readonly Uint8Array[]): Uint8Array {
  const message = joined(fields);
  return joined([key(field, WIRE.lengthAndBytes), varint(message.length), message]);
}

/** The bytes one after another. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function key(field: number, wire: number): Uint8Array {
  return varint(field * 8 + wire);
}

/** Seven bits a byte, the lowest first; the highest bit says that another byte follows. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  // By division, because the operators on bits would cut off what is above 32 bits.
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
