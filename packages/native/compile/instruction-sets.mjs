/**
 * The builds of the kernels by architecture, with the flags and macros of each. addon/instruction-sets.c has the same names
 * and features.
 *
 * The number of rows in a tile follows from the registers: 32 hold 14 × 2 or 12 × 2 sums and the factors, 16 hold 6 × 2.
 * The size of blocks is chosen for the second cache; it does not change a result. HAS_FUSED adds the tiles of fused numerics;
 * addon/instruction-sets.c says which processors run them.
 */

/** Processors by Node's names for them. */
export const INSTRUCTION_SETS = {
  x64: {
    avx512: {
      flags: ['-mavx512f', '-mavx512bw', '-mavx512dq', '-mavx512vl', '-mprefer-vector-width=512'],
      defines: {
        F32V_LANES: 16,
        F64V_LANES: 8,
        TILE_ROWS: 14,
        K_BLOCK: 1024,
        ROW_BLOCK: 512,
        HAS_FUSED: 1,
      },
    },
    avx2: {
      flags: ['-mavx2', '-mfma'],
      defines: { F32V_LANES: 8, F64V_LANES: 4, TILE_ROWS: 6, K_BLOCK: 512, HAS_FUSED: 1 },
    },
    baseline: {
      flags: [],
      defines: { F32V_LANES: 4, F64V_LANES: 2, TILE_ROWS: 6, K_BLOCK: 512 },
    },
  },
  arm64: {
    neon: {
      flags: [],
      defines: { F32V_LANES: 4, F64V_LANES: 2, TILE_ROWS: 12, K_BLOCK: 512, HAS_FUSED: 1 },
    },
  },
};

/** Other processors: vectors of 128 bits, as the compiler implements them. */
export const PLAIN = {
  baseline: { flags: [], defines: { F32V_LANES: 4, F64V_LANES: 2, TILE_ROWS: 4, K_BLOCK: 512 } },
};
