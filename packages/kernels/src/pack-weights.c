/*
 * packWeights: the weights transposed into the panels that denseForward reads with stride one.
 */
#include "kernels.h"
#include "vector.h"

/* Rows of the weight that are transposed at once. */
#define QUAD 4

/* to[i][0 .. 3] = from[0 .. 3][i]: four rows of the weight become four columns of a panel. */
static void packQuad(float *restrict to, const float *restrict from, int fanIn) {
  int i = 0;
  for (; i + QUAD <= fanIn; i += QUAD) {
    f32q rows[QUAD];
    UNROLL for (int c = 0; c < QUAD; c++) rows[c] = loadQuad(from + (uintptr_t)c * (uintptr_t)fanIn + i);
    transposeQuads(rows);
    UNROLL for (int k = 0; k < QUAD; k++) storeQuad(to + (i + k) * PANEL_COLUMNS, rows[k]);
  }
  for (; i < fanIn; i++) {
    UNROLL for (int c = 0; c < QUAD; c++) {
      to[i * PANEL_COLUMNS + c] = from[(uintptr_t)c * (uintptr_t)fanIn + i];
    }
  }
}

/* The same for fewer rows than four; +0 in the columns beyond. */
static void packEdge(float *restrict to, const float *restrict from, int fanIn, int rows) {
  for (int i = 0; i < fanIn; i++) {
    UNROLL for (int c = 0; c < QUAD; c++) {
      to[i * PANEL_COLUMNS + c] = c < rows ? from[(uintptr_t)c * (uintptr_t)fanIn + i] : 0.0f;
    }
  }
}

/*
 * packed[p][i][c] = weight[p * 8 + c][i], +0 where p * 8 + c >= fanOut; 8 stands for PANEL_COLUMNS.
 *
 * packed: [ceil(fanOut / 8)][fanIn][8], overwritten; must not overlap weight, [fanOut][fanIn].
 */
static void packWeights(float *restrict packed, const float *restrict weight, int fanIn,
                        int fanOut) {
  const int columns = (fanOut + PANEL_COLUMNS - 1) / PANEL_COLUMNS * PANEL_COLUMNS;
  for (int o = 0; o < columns; o += QUAD) {
    const int inPanel = o % PANEL_COLUMNS;
    float *to = packed + (uintptr_t)(o - inPanel) * (uintptr_t)fanIn + inPanel;
    const float *from = weight + (uintptr_t)o * (uintptr_t)fanIn;
    if (o + QUAD <= fanOut) {
      packQuad(to, from, fanIn);
    } else {
      packEdge(to, from, fanIn, fanOut - o);
    }
  }
}

void runPackWeights(const Run *run, const int32_t *op) {
  packWeights(tensorAt(run, op[PACK_WEIGHTS_OUT]), tensorAt(run, op[PACK_WEIGHTS_WEIGHT]),
              op[PACK_WEIGHTS_FAN_IN], op[PACK_WEIGHTS_FAN_OUT]);
}
