/** The module survives its way into a source text and out again, whatever its bytes are. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { extractBytes } from '../../core/src/backends/wasm/embedding.ts';
import { KERNELS } from '../../core/src/backends/wasm/kernels.generated.ts';
import { embedBytes } from '../../kernels/compile/embedding.mjs';

test('any bytes come back', () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  expect(extractBytes(embedBytes(all))).toEqual(all);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect([...extractBytes(embedBytes(bytes))]).toEqual([...bytes]);
    }),
  );
});

test('nothing in the text needs an escape, in whatever quotes a minifier puts it', () => {
  const all = Uint8Array.from({ length: 65536 }, (_, i) => (i & 1 ? i >> 8 : i >> 1));
  expect(embedBytes(all)).toMatch(/^[(-[\]^_a-~]+$/);
  expect(KERNELS.text).toMatch(/^[(-[\]^_a-~]+$/);
});

test('what is embedded is a WebAssembly module', () => {
  const module = extractBytes(KERNELS.text);
  expect([...module.subarray(0, 8)]).toEqual([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  expect(WebAssembly.validate(module)).toBe(true);
});
