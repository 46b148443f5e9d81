/*
 * Copies of factors of a product in the order in which its tiles read them: a panel of the right factor, or the rows of a tile of
 * the left one, step after step.
 */
#include "pack-factors.h"

#include "tile.h"

void packPanel(float *restrict panel, const float *restrict from, int stride, int steps,
                      int columns) {
  for (int k = 0; k < steps; k++) {
    const float *row = from + (intptr_t)k * stride;
    float *to = panel + k * PANEL_COLUMNS;
    UNROLL for (int v = 0; v < PANEL_VECTORS; v++) {
      const int rest = columns - v * F32V_LANES;
      storeVector(to + v * F32V_LANES,
                  rest > 0 ? loadSome(row + v * F32V_LANES, rest) : (f32v){0});
    }
  }
}

void packSteps(float *restrict packed, const float *restrict left, int leftStep, int rows,
                      int steps) {
  for (int k = 0; k < steps; k++) {
    int i = 0;
    for (; i + F32V_LANES <= rows; i += F32V_LANES) storeVector(packed + i, loadVector(left + i));
    if (i < rows) storePartial(packed + i, loadPartial(left + i, rows - i), rows - i);
    packed += rows;
    left += leftStep;
  }
}

/*
 * packed[k][i] = left[i][k], a cache line of steps after the other, so that each line of a row is read once: the lines of all rows share
 * a few sets of the first cache. The last four rows may overlap the ones before them.
 */
void packRows(float *restrict packed, const float *restrict left, int leftRow, int rows,
                     int steps) {
  int k = 0;
  for (; rows >= 4 && k + LINE_FLOATS <= steps; k += LINE_FLOATS) {
    for (int row = 0; row < rows; row += 4) {
      const int i = row + 4 <= rows ? row : rows - 4;
      const float *from = left + (intptr_t)i * leftRow + k;
      float *to = packed + k * rows + i;
      for (int part = 0; part < LINE_FLOATS; part += 4) {
        f32q quads[4];
        UNROLL for (int r = 0; r < 4; r++) quads[r] = loadQuad(from + (intptr_t)r * leftRow + part);
        transposeQuads(quads);
        UNROLL for (int c = 0; c < 4; c++) storeQuad(to + (part + c) * rows, quads[c]);
      }
    }
  }
  for (; k < steps; k++) {
    for (int r = 0; r < rows; r++) packed[k * rows + r] = left[(intptr_t)r * leftRow + k];
  }
}
