/**
 * The matrix kernels against plain float32 loops, bit for bit: eq. (6), (8) forward, eq. (20)–(25) backward, at
 * every size around the tiles, across the block of k, on unaligned tensors, and with NaN and infinities.
 */
import { describe, expect, it } from 'vitest';
import { wasmBackend } from 'vinculum/internal';
import { Draws } from '../draws.ts';
import { fusedWasmBackend } from '../relaxed-simd.ts';
import { denseFaults, type Sizes } from './dense-case.ts';
import { SIZES } from './kernel-case.ts';

/** K_BLOCK of packages/kernels/src/kernels.h. Sums of about this length are tested. */
const BLOCK = 512;

const fusedWasm = fusedWasmBackend();

describe.each([
  { numerics: 'portable', backend: wasmBackend },
  ...(fusedWasm ? [{ numerics: 'fused', backend: fusedWasm }] : []),
])('dense, denseInputAdjoint and denseWeightAdjoint in $numerics numerics', ({ backend }) => {
  const others = [1, 3, 9];

  function sweep(sizes: readonly Sizes[], options: { hard?: boolean; shift?: number } = {}): void {
    const draws = new Draws(sizes.length);
    const faults: string[] = [];
    for (const size of sizes) {
      faults.push(...denseFaults(backend, size, draws, options));
      if (faults.length > 5) break;
    }
    expect(faults).toEqual([]);
  }

  for (const swept of ['rows', 'fanIn', 'fanOut'] as const) {
    it(`have the twin's bits for every ${swept} around the tiles`, () => {
      sweep(
        SIZES.flatMap((size) =>
          others.flatMap((one) =>
            others.map((other) => {
              const [first, second] = (['rows', 'fanIn', 'fanOut'] as const).filter(
                (name) => name !== swept,
              );
              return {
                rows: 1,
                fanIn: 1,
                fanOut: 1,
                [swept]: size,
                [first!]: one,
                [second!]: other,
              };
            }),
          ),
        ),
      );
    });
  }

  it("have the twin's bits if k is longer than its block", () => {
    const near = [BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 3];
    sweep([
      ...near.map((fanIn) => ({ rows: 5, fanIn, fanOut: 9 })),
      ...near.map((fanOut) => ({ rows: 5, fanIn: 9, fanOut })),
      ...near.map((rows) => ({ rows, fanIn: 9, fanOut: 5 })),
    ]);
  });

  it("have the twin's bits if z̄ is packed", () => {
    sweep([
      { rows: 257, fanIn: 41, fanOut: 261 },
      { rows: 131, fanIn: 9, fanOut: 515 },
    ]);
  });

  it("have the twin's bits at every alignment of four bytes", () => {
    for (const shift of [1, 2, 3, 5, 7]) {
      sweep(
        [
          { rows: 6, fanIn: 11, fanOut: 10 },
          { rows: 7, fanIn: 33, fanOut: 17 },
        ],
        { shift },
      );
    }
  });

  it('take NaN, infinities, subnormals and overflow as the twin does', () => {
    sweep(
      SIZES.slice(0, 17).map((size) => ({ rows: size, fanIn: 5, fanOut: (size % 5) + 6 })),
      { hard: true },
    );
  });
});
