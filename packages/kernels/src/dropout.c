/*
 * dropout and its adjoint: eq. (34). One kernel computes both, because the mask is a pure function of (seed, step,
 * layer, row in the global batch, unit) and is drawn again in the backward pass instead of being stored.
 */
#include "kernels.h"
#include "philox-lanes.h"

/* The numbers on which a mask depends, except row and unit. */
typedef struct {
  uint32_t keyLow;
  uint32_t keyHigh;
  /* t, the optimiser step. */
  uint32_t step;
  /* Purpose in the top 8 bits | index of the dropout layer. */
  uint32_t stream;
  /* Kept iff the top 24 bits of the word reach it. */
  uint32_t threshold;
  /* f32(1 - p). */
  float keptShare;
} Mask;

/*
 * out[n][u] = kept ? input[n][u] / (1 - p) : +0.
 *
 * The random word is number u & 3 of the counter (u >> 2, rowOffset + n, step, stream). out may be input.
 */
static void dropout(float *out, const float *input, Share rows, int columns, uint32_t rowOffset,
                    const Mask *mask) {
  input += (intptr_t)rows.from * columns;
  out += (intptr_t)rows.from * columns;
  for (int n = rows.from; n < rows.to; n++) {
    for (int first = 0; first < columns; first += DRAWN_UNITS) {
      const PhiloxBlock counter = {
          {(uint32_t)first / PHILOX_WORDS, rowOffset + (uint32_t)n, mask->step, mask->stream}};
      u32v words[DRAWN_VECTORS];
      drawWords(words, counter, mask->keyLow, mask->keyHigh);
      UNROLL for (int v = 0; v < DRAWN_VECTORS; v++) {
        const int u = first + v * F32V_LANES;
        if (u >= columns) break;
        const i32v kept = (i32v)(words[v] >> 8) >= (int32_t)mask->threshold;
        const f32v scaled = loadSome(input + u, columns - u) / mask->keptShare;
        storeSome(out + u, (f32v)(kept & (i32v)scaled), columns - u);
      }
    }
    input += columns;
    out += columns;
  }
}

void runDropout(const Run *run, const int32_t *op) {
  const Mask mask = {
      .keyLow = (uint32_t)run->scalars[SCALAR_SEED_LOW],
      .keyHigh = (uint32_t)run->scalars[SCALAR_SEED_HIGH],
      .step = (uint32_t)run->scalars[SCALAR_STEP],
      .stream = (uint32_t)op[DROPOUT_STREAM],
      .threshold = (uint32_t)op[DROPOUT_THRESHOLD],
      .keptShare = floatAt(op + DROPOUT_KEPT_SHARE),
  };
  dropout(tensorAt(run, op[DROPOUT_OUT]), tensorAt(run, op[DROPOUT_INPUT]),
          ownShare(run, run->rows), op[DROPOUT_COLUMNS], (uint32_t)run->scalars[SCALAR_ROW_OFFSET], &mask);
}
