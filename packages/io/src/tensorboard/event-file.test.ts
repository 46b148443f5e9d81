import { describe, expect, test } from 'vitest';
import { eventFile, maskedChecksum } from './event-file.ts';

/** The records of a file, whose checksums must be right. */
function records(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const found: Uint8Array[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(view.getBigUint64(at, true));
    expect(view.getUint32(at + 8, true)).toBe(maskedChecksum(file.subarray(at, at + 8)));
    const data = file.subarray(at + 12, at + 12 + length);
    expect(view.getUint32(at + 12 + length, true)).toBe(maskedChecksum(data));
    found.push(data);
    at += 16 + length;
  }
  return found;
}

describe('maskedChecksum', () => {
  test('is the known one of known bytes', () => {
    const text = new TextEncoder().encode('CRC test, one two');
    expect(maskedChecksum(Uint8Array.from([0x1a, text.length, ...text]))).toBe(0x5794d08a);
  });
});

describe('eventFile', () => {
  const events = [
    { wallTime: 1.5, step: 7, scalars: new Map([['loss', 0.25]]) },
    {
      wallTime: 2,
      step: 300,
      scalars: new Map([
        ['loss', NaN],
        ['rate', 1e-3],
      ]),
    },
  ];

  test('begins with the version, and has one record for each event, byte by byte', () => {
    const [version, first, second, ...others] = records(eventFile(events, 1));
    expect(others).toEqual([]);
    expect(Buffer.from(version!).toString('latin1')).toBe(
      '\t\0\0\0\0\0\0\xf0\x3f\x1a\rbrain.Event:2',
    );
    // wall_time = 1.5, step = 7, summary { value { tag = 'loss', simple_value = 0.25 } }
    expect(Buffer.from(first!).toString('hex')).toBe(
      ['09000000000000f83f', '1007', '2a0d', '0a0b', '0a046c6f7373', '150000803e'].join(''),
    );
    // A step from 128 on takes two bytes.
    expect(Buffer.from(second!.subarray(9, 12)).toString('hex')).toBe('10ac02');
  });

  test('a file without events is the version alone', () => {
    expect(records(eventFile([], 0))).toHaveLength(1);
  });
});
