/*
 * gather: the rows of a batch, copied from the data window in the order of a row list.
 */
#include "kernels.h"
#include "vector.h"

/* Narrower rows are gathered column by column. */
#ifdef __wasm__
#define COPIED_COLUMNS 8
#else
#define COPIED_COLUMNS 4
#endif

/* One instruction in WebAssembly. Native code uses vectors, because a call of memcpy takes longer. */
INLINE void copyRow(float *restrict to, const float *restrict from, int columns) {
#ifdef __wasm__
  __builtin_memcpy(to, from, sizeof(float) * (uintptr_t)columns);
#else
  for (int c = 0; c < columns; c += F32V_LANES) {
    storeSome(to + c, loadSome(from + c, columns - c), columns - c);
  }
#endif
}

/*
 * out[n][c] = source[rows[n]][c] for the rows n of a share; float32, int32 and uint32 alike. out must not overlap
 * source.
 */
static void gatherWords(float *restrict out, const float *restrict source, const uint32_t *rows,
                        Share share, int columns) {
  /* Labels, weights of rows and narrow rows. */
  for (int c = 0; columns < COPIED_COLUMNS && c < columns; c++) {
    for (int n = share.from; n < share.to; n++) {
      __builtin_memcpy(out + (uintptr_t)n * (uintptr_t)columns + c,
                       source + (uintptr_t)rows[n] * (uintptr_t)columns + c, sizeof(float));
    }
  }
  for (int n = share.from; columns >= COPIED_COLUMNS && n < share.to; n++) {
    copyRow(out + (uintptr_t)n * (uintptr_t)columns, source + (uintptr_t)rows[n] * (uintptr_t)columns, columns);
  }
}

/*
 * out[n][c] = f32(source[rows[n]][c]) * scale, one rounding. out must not overlap source.
 */
static void gatherBytes(float *restrict out, const uint8_t *restrict source, const uint32_t *rows,
                        Share share, int columns, float scale) {
  for (int n = share.from; n < share.to; n++) {
    const uint8_t *from = source + (uintptr_t)rows[n] * (uintptr_t)columns;
    float *to = out + (uintptr_t)n * (uintptr_t)columns;
    int c = 0;
    for (; c + F32V_LANES <= columns; c += F32V_LANES) {
      storeVector(to + c, __builtin_convertvector(loadBytes(from + c), f32v) * scale);
    }
    for (; c < columns; c++) to[c] = (float)from[c] * scale;
  }
}

void runGather(const Run *run, const int32_t *op) {
  float *out = tensorAt(run, op[GATHER_OUT]);
  const void *source = tensorAt(run, op[GATHER_SOURCE]);
  const uint32_t *rows = tensorAt(run, op[GATHER_ROWS]);
  const int columns = op[GATHER_COLUMNS];
  const Share share = ownShare(run, run->rows);
  if (op[GATHER_BYTES]) {
    gatherBytes(out, source, rows, share, columns, floatAt(op + GATHER_SCALE));
  } else {
    gatherWords(out, source, rows, share, columns);
  }
}
