/**
 * The curves of a run as a file of events, which TensorBoard and the tools that import its files read. A file is a list of records,
 * each with the checksums of its length and of its data; the data are an `Event` message of TensorFlow. This file makes bytes and
 * writes nothing to the disk.
 *
 * Sources: TensorFlow's record writer (the records and the mask of the checksum), and its messages `Event` and `Summary`.
 */
import { crc32c } from 'vinculum/internal';
import {
  doubleField,
  floatField,
  integerField,
  joined,
  messageField,
  textField,
} from './protobuf.ts';

/** The values of some curves at one step. */
export interface ScalarEvent {
  /** Seconds since 1970. */
  readonly wallTime: number;
  /** An integer of at least 0. */
  readonly step: number;
  /** By tag, which is the name of the curve; a tag such as `loss/train` belongs to the group `loss`. */
  readonly scalars: ReadonlyMap<string, number>;
}

/** The first event of a file says in which version it is written. */
const FILE_VERSION = 'brain.Event:2';

/** The numbers of the fields in the messages. */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 } as const;
const SUMMARY = { value: 1 } as const;
const VALUE = { tag: 1, simpleValue: 2 } as const;

/** Added to the rotated checksum, because a checksum of data that hold checksums would be weak. */
const MASK_DELTA = 0xa282ead8;

/**
 * The bytes of an event file. A value is written as float32, which is what TensorBoard stores.
 *
 * @param events - in the order of their steps
 * @param startedAt - seconds since 1970, for the first event
 * @returns the whole file; TensorBoard reads files whose names contain `tfevents`
 * @example
 * eventFile([{ wallTime: 1, step: 10, scalars: new Map([['loss', 0.5]]) }], 0).length; // 82
 */
export function eventFile(events: readonly ScalarEvent[], startedAt: number): Uint8Array {
  const version = [
    doubleField(EVENT.wallTime, startedAt),
    textField(EVENT.fileVersion, FILE_VERSION),
  ];
  return joined([record(joined(version)), ...events.map((event) => record(encode(event)))]);
}

function encode({ wallTime, step, scalars }: ScalarEvent): Uint8Array {
  const values = Array.from(scalars, ([tag, value]) =>
    messageField(SUMMARY.value, [textField(VALUE.tag, tag), floatField(VALUE.simpleValue, value)]),
  );
  return joined([
    doubleField(EVENT.wallTime, wallTime),
    integerField(EVENT.step, step),
    messageField(EVENT.summary, values),
  ]);
}

/** Length (64 bits), its checksum, the data, their checksum; every number has its lowest byte first. */
function record(data: Uint8Array): Uint8Array {
  const head = new Uint8Array(12);
  const view = new DataView(head.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedChecksum(head.subarray(0, 8)), true);
  const tail = new Uint8Array(4);
  new DataView(tail.buffer).setUint32(0, maskedChecksum(data), true);
  return joined([head, data, tail]);
}

/**
 * The CRC-32C of the bytes, rotated by 15 bits, plus a constant.
 *
 * @returns an integer from 0 to 2³² − 1
 */
export function maskedChecksum(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;
}
