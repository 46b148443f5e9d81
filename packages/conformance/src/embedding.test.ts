/** The WebAssembly module can be written into a source text and read back unchanged, whatever its bytes are. */
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import {
  extractBytes,
  KERNELS_BYTES,
  KERNELS,
  type PackedModule,
  presetModule,
  unpackModule,
} from 'vinculum/internal';
import { embedBytes, openPacker } from '../../kernels/compile/embedding.mjs';

const ALL_PAIRS = Uint8Array.from({ length: 65536 }, (_, i) => (i & 1 ? i >> 8 : i >> 1));

let pack: (bytes: Uint8Array) => PackedModule;

beforeAll(async () => {
  pack = await openPacker();
}, 240_000);

test('any bytes come back from the embedded text', () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  expect(extractBytes(embedBytes(all))).toEqual(all);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect([...extractBytes(embedBytes(bytes))]).toEqual([...bytes]);
    }),
  );
});

test('any bytes come back from the packed form', () => {
  expect(unpackModule(pack(ALL_PAIRS))).toEqual(ALL_PAIRS);
  const zeros = new Uint8Array(300_000);
  expect(unpackModule(pack(zeros))).toEqual(zeros);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect([...unpackModule(pack(bytes))]).toEqual([...bytes]);
    }),
  );
});

test('no character of the texts needs an escape, whichever quotes a minifier uses', () => {
  const { unpacker, code } = KERNELS.packed;
  for (const text of [embedBytes(ALL_PAIRS), pack(ALL_PAIRS).code, unpacker, code]) {
    expect(text).toMatch(/^[(-[\]^_a-~]+$/);
  }
});

test('the embedded text unpacks to a WebAssembly module and is less than half as long', () => {
  const { packed } = KERNELS;
  const module = unpackModule(packed);
  expect([...module.subarray(0, 8)]).toEqual([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  expect(WebAssembly.validate(module)).toBe(true);
  expect(module).toHaveLength(packed.bytes);
  expect(packed.code.length).toBeLessThan(packed.bytes / 2);
});

test('the module that Node loads unpacked has the same bytes', () => {
  const packed = { ...KERNELS.packed };
  presetModule(packed, () => Uint8Array.from(Buffer.from(KERNELS_BYTES, 'base64')));
  expect(unpackModule(packed)).toEqual(unpackModule(KERNELS.packed));
  expect(unpackModule({ ...packed, code: '' })).not.toEqual(unpackModule(packed));
});
