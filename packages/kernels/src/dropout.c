/*
 * dropout and its adjoint: eq. (34). One kernel serves both, since the mask is a pure function of (seed, step,
 * layer, row in the global batch, unit) and is drawn again in the backward pass instead of being kept.
 */
#include "kernels.h"
#include "philox.h"
#include "scalars.h"

/* What a mask depends on besides row and unit. */
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
 * The word is that of counter (u >> 2, rowOffset + n, step, stream), number u & 3. out may be input.
 */
static void dropout(float *out, const float *input, int rows, int columns, uint32_t rowOffset,
                    const Mask *mask) {
  const i32q threshold = (int32_t)mask->threshold - (i32q){0};
  for (int n = 0; n < rows; n++) {
    for (int first = 0; first < columns; first += PHILOX_WORDS) {
      const uint32_t counter[4] = {(uint32_t)first / 4, rowOffset + (uint32_t)n, mask->step,
                                   mask->stream};
      uint32_t words[PHILOX_WORDS];
      philoxBlocks(words, counter, mask->keyLow, mask->keyHigh);
      for (int u = 0; u < PHILOX_WORDS && first + u < columns; u += 4) {
        const i32q bits = (i32q)((u32q)loadQuad((const float *)words + u) >> 8);
        const int rest = columns - first - u;
        float *to = out + first + u;
        const float *from = input + first + u;
        if (rest >= 4) {
          storeQuad(to, (f32q)((bits >= threshold) & (i32q)(loadQuad(from) / mask->keptShare)));
        } else {
          for (int c = 0; c < rest; c++) {
            to[c] = bits[c] >= threshold[c] ? from[c] / mask->keptShare : 0.0f;
          }
        }
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
  dropout(tensorAt(run, op[DROPOUT_OUT]), tensorAt(run, op[DROPOUT_INPUT]), run->rows,
          op[DROPOUT_COLUMNS], (uint32_t)run->scalars[SCALAR_ROW_OFFSET], &mask);
}
