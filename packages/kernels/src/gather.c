/*
 * gather: the rows of a batch, copied from the data window in the order of a row list.
 */
#include "kernels.h"
#include "vector.h"

/*
 * out[n][c] = source[rows[n]][c]; float32, int32 and uint32 alike. out must not overlap source.
 */
static void gatherWords(float *restrict out, const float *restrict source, const uint32_t *rows,
                        int count, int columns) {
  for (int n = 0; n < count; n++) {
    const float *from = source + (uintptr_t)rows[n] * (uintptr_t)columns;
    float *to = out + (uintptr_t)n * (uintptr_t)columns;
    int c = 0;
    for (; c + F32V_LANES <= columns; c += F32V_LANES) storeVector(to + c, loadVector(from + c));
    for (; c < columns; c++) __builtin_memcpy(to + c, from + c, sizeof(float));
  }
}

/*
 * out[n][c] = f32(source[rows[n]][c]) * scale, one rounding. out must not overlap source.
 */
static void gatherBytes(float *restrict out, const uint8_t *restrict source, const uint32_t *rows,
                        int count, int columns, float scale) {
  for (int n = 0; n < count; n++) {
    const uint8_t *from = source + (uintptr_t)rows[n] * (uintptr_t)columns;
    float *to = out + (uintptr_t)n * (uintptr_t)columns;
    int c = 0;
    for (; c + 4 <= columns; c += 4) {
      const i32q words = __builtin_convertvector(*(const u8qAny *)(from + c), i32q);
      storeQuad(to + c, __builtin_convertvector(words, f32q) * scale);
    }
    for (; c < columns; c++) to[c] = (float)from[c] * scale;
  }
}

void runGather(const Run *run, const int32_t *op) {
  float *out = tensorAt(run, op[GATHER_OUT]);
  const void *source = tensorAt(run, op[GATHER_SOURCE]);
  const uint32_t *rows = tensorAt(run, op[GATHER_ROWS]);
  int columns = op[GATHER_COLUMNS];
  if (op[GATHER_BYTES]) {
    gatherBytes(out, source, rows, run->rows, columns, floatAt(op + GATHER_SCALE));
  } else {
    gatherWords(out, source, rows, run->rows, columns);
  }
}
