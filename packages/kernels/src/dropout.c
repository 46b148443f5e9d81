/*
 * dropout and its adjoint: eq. (34). One kernel serves both, since the mask is a pure function of (seed, step,
 * layer, row in the global batch, unit) and is drawn again in the backward pass instead of being kept.
 */
#include "kernels.h"
#include "philox.h"

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
static void dropout(float *out, const float *input, Share rows, int columns, uint32_t rowOffset,
                    const Mask *mask) {
  const i32q threshold = (int32_t)mask->threshold - (i32q){0};
  input += (intptr_t)rows.from * columns;
  out += (intptr_t)rows.from * columns;
  for (int n = rows.from; n < rows.to; n++) {
    for (int first = 0; first < columns; first += PHILOX_WORDS) {
      const PhiloxBlock counter = {
          {(uint32_t)first / PHILOX_WORDS, rowOffset + (uint32_t)n, mask->step, mask->stream}};
      const PhiloxBlock block = philox(counter, mask->keyLow, mask->keyHigh);
      const u32q words = {block.words[0], block.words[1], block.words[2], block.words[3]};
      const i32q kept = (i32q)(words >> 8) >= threshold;
      const int rest = columns - first;
      if (rest >= PHILOX_WORDS) {
        const f32q scaled = loadQuad(input + first) / mask->keptShare;
        storeQuad(out + first, (f32q)(kept & (i32q)scaled));
      } else {
        for (int u = first; u < columns; u++) {
          out[u] = kept[u - first] ? input[u] / mask->keptShare : 0.0f;
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
  dropout(tensorAt(run, op[DROPOUT_OUT]), tensorAt(run, op[DROPOUT_INPUT]),
          ownShare(run, run->rows), op[DROPOUT_COLUMNS], (uint32_t)run->scalars[SCALAR_ROW_OFFSET], &mask);
}
