/*
 * packWeights: the weights transposed into panels, which runDense reads with stride one.
 */
#include "pack-weights.h"

/*
 * Packs quads [from, to) of one panel, whose rows begin at `weight`, for four inputs at a time and then for the rest. The
 * loop over k is outermost, so that a cache line of the panel is filled at once.
 */
static void packWhole(float *restrict panel, const float *restrict weight, int fanIn, int from,
                      int to) {
  for (int i = 0; i + QUAD <= fanIn; i += QUAD) {
    for (int o = from; o < to; o += QUAD) {
      const float *rows = weight + (intptr_t)o * fanIn + i;
      f32q quads[QUAD];
      UNROLL for (int c = 0; c < QUAD; c++) quads[c] = loadQuad(rows + (intptr_t)c * fanIn);
      transposeQuads(quads);
      UNROLL for (int k = 0; k < QUAD; k++) storeQuad(panel + (intptr_t)(i + k) * PANEL_COLUMNS + o, quads[k]);
    }
  }
  for (int i = fanIn - fanIn % QUAD; i < fanIn; i++) {
    for (int o = from; o < to; o++) panel[(intptr_t)i * PANEL_COLUMNS + o] = weight[(intptr_t)o * fanIn + i];
  }
}

/* The last quad, of fewer rows than four: +0 in the columns beyond. */
static void packEdge(float *restrict to, const float *restrict from, int fanIn, int rows) {
  for (int i = 0; i < fanIn; i++) {
    UNROLL for (int c = 0; c < QUAD; c++) {
      to[(intptr_t)i * PANEL_COLUMNS + c] = c < rows ? from[(intptr_t)c * fanIn + i] : 0.0f;
    }
  }
}

void packQuads(const Packing *packing, Share quads) {
  const int fanIn = packing->fanIn;
  const int end = quads.to * QUAD < packing->fanOut ? quads.to * QUAD : packing->fanOut;
  for (int o = quads.from * QUAD; o < end;) {
    const int inPanel = o % PANEL_COLUMNS;
    const int rest = end - o;
    const int rows = rest < PANEL_COLUMNS - inPanel ? rest : PANEL_COLUMNS - inPanel;
    const int whole = rows - rows % QUAD;
    float *panel = packing->packed + (intptr_t)(o - inPanel) * fanIn;
    packWhole(panel, packing->weight + (intptr_t)(o - inPanel) * fanIn, fanIn, inPanel,
              inPanel + whole);
    if (rows > whole) {
      packEdge(panel + inPanel + whole, packing->weight + (intptr_t)(o + whole) * fanIn, fanIn,
               rows - whole);
    }
    o += rows;
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
