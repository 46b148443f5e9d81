/*
 * The last rung of every ladder, which is the kernel that ships, and the rungs that measure the two bounds: multiply-then-add
 * on registers, and a stream over as many bytes as a kernel moves. The "op" of these two is two words: the number of chains
 * or floats, and the number of turns.
 */
#include "rungs.h"

RUNG(ships) { runShipped(run, op); }

RUNG(multiplyThenAdd) {
  const int turns = op[1];
  const float sum = op[0] == 8 ? peak8(turns, 0.5f) : op[0] == 10 ? peak10(turns, 0.5f) : peak12(turns, 0.5f);
  run->scalars[SCALAR_LOSS] = (double)sum;
}

/*
 * a = a + b / 2 over two arrays that lie side by side: twelve bytes for each float. It works in place, because a cache also
 * fetches a line that is only written, and this transfer would not be counted.
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
