/*
 * packWeights: the weights transposed into the panels that denseForward reads with stride one.
 */
#include "pack-weights.h"

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

void packQuads(const Packing *packing, Share quads) {
  const int fanIn = packing->fanIn;
  for (int o = quads.from * QUAD; o < quads.to * QUAD; o += QUAD) {
    const int inPanel = o % PANEL_COLUMNS;
    float *to = packing->packed + (uintptr_t)(o - inPanel) * (uintptr_t)fanIn + inPanel;
    const float *from = packing->weight + (uintptr_t)o * (uintptr_t)fanIn;
    if (o + QUAD <= packing->fanOut) {
      packQuad(to, from, fanIn);
    } else {
      packEdge(to, from, fanIn, packing->fanOut - o);
    }
  }
}

int quadsOf(const Packing *packing) { return (packing->fanOut + QUAD - 1) / QUAD; }

Packing packingAt(const Run *run, const int32_t *op) {
  return (Packing){
      .packed = tensorAt(run, op[PACK_WEIGHTS_OUT]),
      .weight = tensorAt(run, op[PACK_WEIGHTS_WEIGHT]),
      .fanIn = op[PACK_WEIGHTS_FAN_IN],
      .fanOut = op[PACK_WEIGHTS_FAN_OUT],
  };
}

void runPackWeights(const Run *run, const int32_t *op) {
  const Packing packing = packingAt(run, op);
  packQuads(&packing, ownShare(run, quadsOf(&packing)));
}
