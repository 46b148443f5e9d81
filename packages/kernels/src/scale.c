/*
 * scale: a tensor times a scalar of the step, kept for the trace: eq. (28), (30).
 */
#include "kernels.h"

/* out[i] = input[i] * factor; out may be input. */
static void scale(float *out, const float *input, int count, float factor) {
  for (int i = 0; i < count; i += F32V_LANES) {
    storeSome(out + i, loadSome(input + i, count - i) * factor, count - i);
  }
}

void runScale(const Run *run, const int32_t *op) {
  const Share own = ownShare(run, op[SCALE_SIZE]);
  scale((float *)tensorAt(run, op[SCALE_OUT]) + own.from,
        (const float *)tensorAt(run, op[SCALE_INPUT]) + own.from, own.to - own.from,
        (float)run->scalars[op[SCALE_FACTOR]]);
}
