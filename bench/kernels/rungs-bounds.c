/*
 * The last rung of every ladder, and what its bounds are measured with: multiply-then-add on registers, and a stream over as many
 * bytes as a kernel has. Their "op" is two words: how many chains or floats, how many turns.
 */
#include "rungs.h"

RUNG(ships) { runShipped(run, op); }

RUNG(multiplyThenAdd) {
  const int turns = op[1];
  const float sum = op[0] == 8 ? peak8(turns, 0.5f) : op[0] == 10 ? peak10(turns, 0.5f) : peak12(turns, 0.5f);
  run->scalars[SCALAR_LOSS] = (double)sum;
}

/*
 * a = a + b / 2 over two arrays, side by side: twelve bytes a float. In place, since a cache fetches what is written over, too, and
 * that counts for nothing.
 */
RUNG(stream) {
  const int count = op[0];
  float *a = (float *)run->arena;
  const float *b = a + count;
  for (int turn = 0; turn < op[1]; turn++) {
    for (int i = 0; i + 4 * F32V_LANES <= count; i += 4 * F32V_LANES) {
      UNROLL for (int v = 0; v < 4; v++) {
        const int at = i + v * F32V_LANES;
        storeVector(a + at, loadVector(a + at) + loadVector(b + at) * 0.5f);
      }
    }
  }
}
