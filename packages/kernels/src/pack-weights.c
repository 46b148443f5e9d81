/*
 * packWeights: the weights transposed into the panels that denseForward reads with stride one.
 */
#include "kernels.h"
#include "vector.h"

/*
 * packed[p][i][c] = weight[p * 8 + c][i], +0 where p * 8 + c >= fanOut; 8 stands for PANEL_COLUMNS.
 *
 * packed: [ceil(fanOut / 8)][fanIn][8], overwritten; must not overlap weight, [fanOut][fanIn].
 */
static void packWeights(float *restrict packed, const float *restrict weight, int fanIn,
                        int fanOut) {
  for (int first = 0; first < fanOut; first += PANEL_COLUMNS) {
    float *panel = packed + (uintptr_t)first * (uintptr_t)fanIn;
    const float *from = weight + (uintptr_t)first * (uintptr_t)fanIn;
    int columns = fanOut - first < PANEL_COLUMNS ? fanOut - first : PANEL_COLUMNS;
    for (int c = 0; c < PANEL_COLUMNS; c++) {
      const float *row = from + (uintptr_t)c * (uintptr_t)fanIn;
      for (int i = 0; i < fanIn; i++) panel[i * PANEL_COLUMNS + c] = c < columns ? row[i] : 0.0f;
    }
  }
}

void runPackWeights(const Run *run, const int32_t *op) {
  packWeights(tensorAt(run, op[PACK_WEIGHTS_OUT]), tensorAt(run, op[PACK_WEIGHTS_WEIGHT]),
              op[PACK_WEIGHTS_FAN_IN], op[PACK_WEIGHTS_FAN_OUT]);
}
