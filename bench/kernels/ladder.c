/*
 * The rungs below the shipped matrix kernels, for bench/kernels/ladder.mjs: the same product, first as plain
 * loops, then with vectors along the outputs, then with a register tile; and the multiply-then-add peak. Every
 * rung sums in ascending k from +0, so all have the same bits. Linked with the sources of packages/kernels.
 */
#include "vector.h"

#define RUNG(name) __attribute__((export_name(#name)))

/* out[r][c] = sum over k of left[r leftRow + k leftStep] * right[k rightStep + c rightColumn]. */
RUNG(naive)
void naive(float *out, const float *left, int leftRow, int leftStep, const float *right,
           int rightStep, int rightColumn, int rows, int columns, int steps) {
  for (int r = 0; r < rows; r++) {
    for (int c = 0; c < columns; c++) {
      float sum = 0.0f;
      for (int k = 0; k < steps; k++) {
        sum += left[r * leftRow + k * leftStep] * right[k * rightStep + c * rightColumn];
      }
      out[r * columns + c] = sum;
    }
  }
}

/* `tileRows` x `vectors` vectors of sums in registers; right has rows of columns. */
INLINE void tiles(float *out, const float *left, int leftRow, int leftStep, const float *right,
                  int rightStep, int rows, int columns, int steps, const int tileRows,
                  const int vectors) {
  for (int r = 0; r < rows; r += tileRows) {
    for (int c = 0; c < columns; c += vectors * F32V_LANES) {
      f32v sums[4][2];
      UNROLL for (int i = 0; i < tileRows; i++) {
        UNROLL for (int v = 0; v < vectors; v++) sums[i][v] = splat(0.0f);
      }
      for (int k = 0; k < steps; k++) {
        UNROLL for (int v = 0; v < vectors; v++) {
          const f32v row = loadVector(right + k * rightStep + c + v * F32V_LANES);
          UNROLL for (int i = 0; i < tileRows; i++) {
            sums[i][v] += splat(left[(r + i) * leftRow + k * leftStep]) * row;
          }
        }
      }
      UNROLL for (int i = 0; i < tileRows; i++) {
        UNROLL for (int v = 0; v < vectors; v++) {
          storeVector(out + (r + i) * columns + c + v * F32V_LANES, sums[i][v]);
        }
      }
    }
  }
}

/* One vector of outputs at a time; right must have rightColumn = 1 and columns a multiple of 4. */
RUNG(vectors)
void vectors(float *out, const float *left, int leftRow, int leftStep, const float *right,
             int rightStep, int rows, int columns, int steps) {
  tiles(out, left, leftRow, leftStep, right, rightStep, rows, columns, steps, 1, 1);
}

/* 4 x 8 outputs at a time, reading both factors where they lie; rows a multiple of 4, columns of 8. */
RUNG(tile)
void tile(float *out, const float *left, int leftRow, int leftStep, const float *right,
          int rightStep, int rows, int columns, int steps) {
  tiles(out, left, leftRow, leftStep, right, rightStep, rows, columns, steps, 4, 2);
}

/* `chains` independent multiply-then-add chains in registers, `turns` times each. */
INLINE float chainsOf(const int chains, int turns, float factor) {
  f32v sums[12];
  UNROLL for (int i = 0; i < chains; i++) sums[i] = splat((float)i);
  const f32v scale = splat(factor);
  for (int k = 0; k < turns; k++) {
    UNROLL for (int i = 0; i < chains; i++) sums[i] = sums[i] * scale + scale;
  }
  f32v total = splat(0.0f);
  UNROLL for (int i = 0; i < chains; i++) total += sums[i];
  return total[0];
}

RUNG(peak8)
float peak8(int turns, float factor) { return chainsOf(8, turns, factor); }

RUNG(peak10)
float peak10(int turns, float factor) { return chainsOf(10, turns, factor); }

RUNG(peak12)
float peak12(int turns, float factor) { return chainsOf(12, turns, factor); }
