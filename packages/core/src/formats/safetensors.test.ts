import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ModelFormatError } from '../words/errors.ts';
import { readSafetensors } from './read-safetensors.ts';
import type { SafetensorsContent, SafetensorsTensor } from './safetensors.ts';
import { writeSafetensors } from './write-safetensors.ts';

const float32 = (shape: number[], values: number[]): SafetensorsTensor => ({
  dtype: 'F32',
  shape,
  data: Float32Array.from(values),
});

/** A file made of a header text and data, which may be invalid. */
function file(header: string, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

const EVERY_DTYPE: ReadonlyMap<string, SafetensorsTensor> = new Map([
  ['bool', { dtype: 'BOOL', shape: [3], data: Uint8Array.of(0, 1, 1) }],
  ['u8', { dtype: 'U8', shape: [1, 2], data: Uint8Array.of(0, 255) }],
  ['i8', { dtype: 'I8', shape: [2], data: Int8Array.of(-128, 127) }],
  ['u16', { dtype: 'U16', shape: [1], data: Uint16Array.of(65_535) }],
  ['i16', { dtype: 'I16', shape: [1], data: Int16Array.of(-32_768) }],
  ['u32', { dtype: 'U32', shape: [1], data: Uint32Array.of(2 ** 32 - 1) }],
  ['i32', { dtype: 'I32', shape: [2], data: Int32Array.of(-(2 ** 31), 5) }],
  ['f32', { dtype: 'F32', shape: [2, 2], data: Float32Array.of(1, -0, 1e-45, Infinity) }],
  ['u64', { dtype: 'U64', shape: [1], data: BigUint64Array.of(2n ** 64n - 1n) }],
  ['i64', { dtype: 'I64', shape: [1], data: BigInt64Array.of(-(2n ** 63n)) }],
  ['f64', { dtype: 'F64', shape: [], data: Float64Array.of(Math.PI) }],
  ['empty', { dtype: 'F32', shape: [0, 4], data: new Float32Array(0) }],
] satisfies [string, SafetensorsTensor][]);

describe('writeSafetensors', () => {
  test('writes the bytes of the format description', () => {
    const bytes = writeSafetensors(
      new Map([
        ['b', { dtype: 'U8', shape: [1], data: Uint8Array.of(7) }],
        ['a', float32([2], [1, 2])],
      ]),
      new Map([['who', 'me']]),
    );
    const header =
      '{"__metadata__":{"who":"me"},' +
      '"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},' +
      '"b":{"dtype":"U8","shape":[1],"data_offsets":[8,9]}}';
    const length = Math.ceil(header.length / 8) * 8;
    expect(new DataView(bytes.buffer).getBigUint64(0, true)).toBe(BigInt(length));
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + length))).toBe(header.padEnd(length));
    expect([...bytes.subarray(8 + length)]).toEqual([0, 0, 128, 63, 0, 0, 0, 64, 7]);
  });

  test('gives the same bytes whatever the order of tensors and metadata', () => {
    const metadata: [string, string][] = [
      ['x', '1'],
      ['y', '2'],
    ];
    const one = writeSafetensors(EVERY_DTYPE, new Map(metadata));
    const other = writeSafetensors(
      new Map([...EVERY_DTYPE].toReversed()),
      new Map(metadata.toReversed()),
    );
    expect(other).toEqual(one);
  });

  test('aligns every tensor to its element', () => {
    const bytes = writeSafetensors(EVERY_DTYPE, new Map([['odd', 'x'.repeat(13)]]));
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<
      string,
      { data_offsets: [number, number] }
    >;
    for (const [name, { data }] of EVERY_DTYPE) {
      expect((header[name]?.data_offsets[0] ?? 0.5) % data.BYTES_PER_ELEMENT).toBe(0);
    }
  });

  test.each([
    ['a shape that does not fit', new Map([['a', float32([3], [1, 2])]]), RangeError],
    ['a fraction in a shape', new Map([['a', float32([0.5, 4], [1, 2])]]), RangeError],
    ['rank 9', new Map([['a', float32([1, 1, 1, 1, 1, 1, 1, 1, 1], [1])]]), RangeError],
    [
      'data of another dtype',
      new Map([['a', { dtype: 'F64' as const, shape: [1], data: Float32Array.of(1) }]]),
      TypeError,
    ],
    ['the reserved name', new Map([['__metadata__', float32([1], [1])]]), RangeError],
    ['a prototype name', new Map([['__proto__', float32([1], [1])]]), RangeError],
    ['a lone surrogate', new Map([['\ud800', float32([1], [1])]]), RangeError],
    ['a name of 257 bytes', new Map([['n'.repeat(257), float32([1], [1])]]), RangeError],
  ])('refuses %s', (_, tensors, kind) => {
    expect(() => writeSafetensors(tensors, new Map())).toThrow(kind);
  });

  test('refuses metadata that it could not read back', () => {
    for (const pair of [
      ['constructor', 'x'],
      ['a', '\udc00'],
    ] as const) {
      expect(() => writeSafetensors(new Map(), new Map([pair]))).toThrow(RangeError);
    }
    const huge = new Map([['a', 'x'.repeat(8 * 1024 * 1024)]]);
    expect(() => writeSafetensors(new Map(), huge)).toThrow(/must fit 8388608 bytes/);
  });
});

describe('readSafetensors', () => {
  test.each([
    ['zeros', new Uint8Array(64), 'the byte 0x00'],
    ['a header without bytes', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0x7b), 'a header of 0 bytes'],
    ['a control character', Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 7), 'the byte 0x07'],
    ['text', Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0x5b, 0x5d), "'[]'"],
  ])('says what %s begin with', (_, bytes, got) => {
    expect(() => readSafetensors(bytes)).toThrow(
      new ModelFormatError(`readSafetensors: the header must begin with '{'; got ${got}.`),
    );
  });

  test('reads every dtype back, bit for bit', () => {
    const bytes = writeSafetensors(EVERY_DTYPE, new Map([['k', 'ä\u0000"\\😀']]));
    const content = readSafetensors(bytes);
    expect(byName(content.tensors)).toEqual(byName(EVERY_DTYPE));
    expect(content.metadata).toEqual(new Map([['k', 'ä\u0000"\\😀']]));
    expect(rewrite(content)).toEqual(bytes);
  });

  test('keeps the payload of every NaN, −0 and subnormals', () => {
    const bits = Uint32Array.of(0x7fa00001, 0xffc12345, 0x80000000, 1, 0x7f800000);
    const data = new Float32Array(bits.buffer);
    const bytes = writeSafetensors(new Map([['a', { dtype: 'F32', shape: [5], data }]]), new Map());
    const read = readSafetensors(bytes).tensors.get('a')!.data;
    expect(new Uint32Array(read.buffer)).toEqual(bits);
  });

  test('reads a file at any alignment, and keeps no view of it', () => {
    const bytes = writeSafetensors(EVERY_DTYPE, new Map());
    const plain = readSafetensors(bytes);
    for (let shift = 1; shift < 8; shift++) {
      const moved = new Uint8Array(bytes.length + shift).subarray(shift);
      moved.set(bytes);
      const content = readSafetensors(moved);
      moved.fill(0xff);
      expect(content).toEqual(plain);
    }
  });

  test('copies the tensors of a subclass whose slice is a view', () => {
    class Viewing extends Uint8Array<ArrayBuffer> {
      override slice(start?: number, end?: number): Uint8Array<ArrayBuffer> {
        return this.subarray(start, end);
      }
    }
    const bytes = writeSafetensors(EVERY_DTYPE, new Map());
    expect(readSafetensors(new Viewing(bytes.buffer))).toEqual(readSafetensors(bytes));
  });

  test('reads headers that are not padded', () => {
    const content = readSafetensors(
      file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', Uint8Array.of(0, 0, 128, 63)),
    );
    expect([...(content.tensors.get('a')!.data as Float32Array)]).toEqual([1]);
  });

  const tensor = (shape: string, offsets: string, dtype = '"F32"'): string =>
    `{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}}`;

  test.each<[string, string, number, RegExp]>([
    ['a hole at the front', `{"a":${tensor('[1]', '[4,8]')}}`, 8, /must begin at byte 0 .* got 4/],
    [
      'a hole between',
      `{"a":${tensor('[1]', '[0,4]')},"b":${tensor('[1]', '[8,12]')}}`,
      12,
      /must begin at byte 4 .* got 8/,
    ],
    [
      'an overlap',
      `{"a":${tensor('[2]', '[0,8]')},"b":${tensor('[1]', '[4,8]')}}`,
      8,
      /must begin at byte 8 .* got 4/,
    ],
    [
      'two tensors on the same bytes',
      `{"a":${tensor('[1]', '[0,4]')},"b":${tensor('[1]', '[0,4]')}}`,
      4,
      /without hole or overlap/,
    ],
    ['bytes behind the last', `{"a":${tensor('[1]', '[0,4]')}}`, 5, /must have 4 bytes.* got 5/],
    ['missing data', `{"a":${tensor('[2]', '[0,8]')}}`, 7, /cut off/],
    [
      'an empty tensor inside another',
      `{"a":${tensor('[2]', '[0,8]')},"b":${tensor('[0]', '[4,4]')}}`,
      8,
      /without hole or overlap/,
    ],
    ['a size beside its shape', `{"a":${tensor('[3]', '[0,4]')}}`, 4, /must have 12 bytes/],
    [
      'a product beyond 2^53',
      `{"a":${tensor('[9007199254740991,9007199254740991]', '[0,4]')}}`,
      4,
      /fewer than 2\^53 bytes/,
    ],
    [
      'an overflow hidden by a zero',
      `{"a":${tensor('[9007199254740991,4,0]', '[0,0]')}}`,
      0,
      /fewer than 2\^53 bytes/,
    ],
    ['descending offsets', `{"a":${tensor('[1]', '[4,0]')}}`, 4, /\[begin, end\], ascending/],
    ['three offsets', `{"a":${tensor('[1]', '[0,4,4]')}}`, 4, /\[begin, end\]/],
    ['a negative size', `{"a":${tensor('[-1]', '[0,4]')}}`, 4, /whole, non-negative numbers only/],
    ['a fraction', `{"a":${tensor('[1.0]', '[0,4]')}}`, 4, /whole, non-negative numbers only/],
    ['an exponent', `{"a":${tensor('[1e0]', '[0,4]')}}`, 4, /whole, non-negative numbers only/],
    ['a size above 2^53', `{"a":${tensor('[9007199254740992]', '[0,4]')}}`, 4, /below 2\^53/],
    ['an unknown dtype', `{"a":${tensor('[1]', '[0,4]', '"F31"')}}`, 4, /must have a dtype among/],
    ['a 16-bit float', `{"a":${tensor('[1]', '[0,2]', '"BF16"')}}`, 2, /must have a dtype among/],
    ['a property name as dtype', `{"a":${tensor('[1]', '[0,4]', '"toString"')}}`, 4, /dtype among/],
    ['a number as dtype', `{"a":${tensor('[1]', '[0,4]', '7')}}`, 4, /must have a dtype among/],
    ['a shape that is text', `{"a":${tensor('"1"', '[0,4]')}}`, 4, /a shape of at most 8/],
    ['rank 9', `{"a":${tensor('[1,1,1,1,1,1,1,1,1]', '[0,4]')}}`, 4, /a shape of at most 8/],
    ['a missing field', '{"a":{"dtype":"F32","shape":[1]}}', 4, /data_offsets/],
    ['a field too many', '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}', 4, /only/],
    ['a tensor that is a list', '{"a":[]}', 0, /must be an object/],
    ['a list as header', '[]', 0, /must begin with '\{'/],
    ['a space first', ' {}', 0, /must begin with '\{'/],
    ['a byte-order mark', '\ufeff{}', 0, /must begin with '\{'/],
    ['two values', '{}{}', 0, /must be JSON/],
    ['metadata that are no texts', '{"__metadata__":{"a":1}}', 0, /must be text/],
    ['metadata twice', '{"__metadata__":{},"__metadata__":{}}', 0, /twice/],
    ['a tensor twice', `{"a":${tensor('[1]', '[0,4]')},"a":${tensor('[1]', '[0,4]')}}`, 4, /twice/],
    ['__proto__ as a name', `{"__proto__":${tensor('[1]', '[0,4]')}}`, 4, /'__proto__'/],
    ['escaped __proto__', `{"\\u005f_proto__":${tensor('[1]', '[0,4]')}}`, 4, /'__proto__'/],
    ['constructor in metadata', '{"__metadata__":{"constructor":"x"}}', 0, /'constructor'/],
    ['a name of 257 bytes', `{"${'n'.repeat(257)}":${tensor('[1]', '[0,4]')}}`, 4, /256 bytes/],
    ['great depth', `{"a":${'['.repeat(1e5)}${']'.repeat(1e5)}}`, 0, /nested at most 32 deep/],
  ])('refuses %s', (_, header, dataBytes, message) => {
    const bytes = file(header, new Uint8Array(dataBytes));
    expect(() => readSafetensors(bytes)).toThrow(ModelFormatError);
    expect(() => readSafetensors(bytes)).toThrow(message);
  });

  test('says that another kind of file has no such header, and shows no number made of its text', () => {
    const text = new TextEncoder().encode('species,island\nAdelie,Torgersen\n');
    expect(() => readSafetensors(text)).toThrow(
      new ModelFormatError('readSafetensors: the file has no safetensors header.'),
    );
  });

  test('refuses more than 65,536 tensors', () => {
    const entries = Array.from(
      { length: 65_538 },
      (_, index) => `"${index}":${tensor('[0]', '[0,0]')}`,
    );
    expect(() => readSafetensors(file(`{${entries.join(',')}}`))).toThrow(/at most 65536 tensors/);
  });

  test('refuses a header that is not UTF-8', () => {
    const bytes = file('{"a?":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}');
    for (const bad of [0xff, 0xc0, 0xed]) {
      const broken = bytes.slice();
      broken[11] = bad;
      expect(() => readSafetensors(broken)).toThrow(/must be UTF-8/);
    }
  });

  test('allocates no memory for sizes that only the header claims', () => {
    const liar = new Uint8Array(16);
    for (const length of [9n, 8_388_609n, 100_000_001n, 2n ** 53n, 2n ** 64n - 1n]) {
      new DataView(liar.buffer).setBigUint64(0, length, true);
      expect(() => readSafetensors(liar)).toThrow(ModelFormatError);
    }
    const header = `{"a":${tensor('[1000000000000]', '[0,4000000000000]')}}`;
    expect(() => readSafetensors(file(header))).toThrow(/The file is cut off/);
  });

  test('refuses every truncation and every extension of a file', () => {
    const bytes = seedFile();
    for (let length = 0; length < bytes.length; length++) {
      expect(() => readSafetensors(bytes.subarray(0, length))).toThrow(ModelFormatError);
    }
    expect(() => readSafetensors(Uint8Array.of(...bytes, 0))).toThrow(ModelFormatError);
  });

  test('throws only ModelFormatError, whatever byte of a 1 KiB file changes to whatever value', () => {
    const bytes = seedFile();
    expect(bytes.length).toBeGreaterThanOrEqual(1024);
    let refused = 0;
    for (let index = 0; index < bytes.length; index++) {
      const original = bytes.at(index) ?? 0;
      const flips = [1, 2, 4, 8, 16, 32, 64, 128].map((bit) => original ^ bit);
      for (const value of EXHAUSTIVE ? [...flips, ...TELLING_BYTES] : flips) {
        bytes[index] = value;
        refused += isRefused(bytes) ? 1 : 0;
      }
      bytes[index] = original;
    }
    expect(refused).toBeGreaterThan(EXHAUSTIVE ? 20_000 : 4000);
  });

  test('throws only ModelFormatError for random files and random edits', () => {
    const seed = seedFile();
    const edits = fc.array(fc.tuple(fc.nat(seed.length - 1), fc.nat(255)), { maxLength: 12 });
    fc.assert(
      fc.property(edits, fc.nat(seed.length), (changes, length) => {
        const bytes = seed.slice();
        for (const [index, value] of changes) bytes[index] = value;
        expect(isRefused(bytes)).toBeTypeOf('boolean');
        expect(isRefused(bytes.subarray(0, length))).toBeTypeOf('boolean');
      }),
      { numRuns: 5000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 256 }), fc.string(), (data, header) => {
        for (const bytes of [data, file(header, data), file(`{${header}}`, data)]) {
          expect(isRefused(bytes)).toBeTypeOf('boolean');
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('refuses a value that is no Uint8Array', () => {
    expect(() => readSafetensors([] as unknown as Uint8Array)).toThrow(TypeError);
  });
});

/** Whether the tests run at full size, as in `npm run check`. */
const EXHAUSTIVE = process.env['VINCULUM_EXHAUSTIVE'] === '1';

/** Bytes with a meaning in JSON, in UTF-8 or as a length, and the smallest and largest byte. */
const TELLING_BYTES = [
  ...new TextEncoder().encode('{}[]",:\\ \n\t0129-+.eEuatfn_'),
  0x00,
  0x01,
  0x1f,
  0x7f,
  0x80,
  0xbf,
  0xc0,
  0xc3,
  0xe2,
  0xed,
  0xef,
  0xf0,
  0xf8,
  0xfe,
  0xff,
];

/** Reads a file and returns whether it was refused. Any other error fails the test. */
function isRefused(bytes: Uint8Array): boolean {
  try {
    readSafetensors(bytes);
    return false;
  } catch (error) {
    if (error instanceof ModelFormatError) return true;
    throw error;
  }
}

/** The tensors, ordered by name. */
function byName(tensors: ReadonlyMap<string, SafetensorsTensor>): [string, SafetensorsTensor][] {
  return [...tensors].toSorted(([left], [right]) => (left < right ? -1 : 1));
}

function rewrite(content: SafetensorsContent): Uint8Array {
  return writeSafetensors(content.tensors, content.metadata);
}

/** A file of a little over 1 KiB with several tensors and metadata. */
function seedFile(): Uint8Array {
  const values = Array.from({ length: 40 }, (_, index) => index / 7 - 2);
  return writeSafetensors(
    new Map([
      ...EVERY_DTYPE,
      ['layers.0.weight', float32([5, 8], values)],
      ['layers.0.bias', float32([5], values.slice(0, 5))],
    ]),
    new Map([['network', '{"inputs":8,"layers":[]}']]),
  );
}
