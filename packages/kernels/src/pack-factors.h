/*
 * The copies of factors that multiply makes before its tiles read them; product.c says when.
 */
#ifndef VINCULUM_PACK_FACTORS_H
#define VINCULUM_PACK_FACTORS_H

#include "kernels.h"

/* panel[k][c] = from[k * stride + c] for c < columns, +0 up to PANEL_COLUMNS. */
void packPanel(float *restrict panel, const float *restrict from, int stride, int steps,
               int columns);

/* packed[k][i] = left[k * leftStep + i]: the rows of a step lie side by side. */
void packSteps(float *restrict packed, const float *restrict left, int leftStep, int rows,
               int steps);

/* packed[k][i] = left[i * leftRow + k]. */
void packRows(float *restrict packed, const float *restrict left, int leftRow, int rows, int steps);

#endif
