/*
 * What the output op and the losses share, so that predict and training have the same bits: one row of softmax, eq. (4), (9),
 * and the exponentials.
 */
#ifndef VINCULUM_SOFTMAX_H
#define VINCULUM_SOFTMAX_H

#include "vector.h"

/* Float32 lanes of the sum of a row. */
#define ROW_LANES 16

/* What the loss needs in addition to y. */
typedef struct {
  /* The first largest logit; NaN only if the first logit is. */
  float maximum;
  /* In float64, over all classes but that one: sum of exp(z - maximum), by the 8-lane rule without blocks. */
  double rest;
} SoftmaxRow;

/*
 * y[c] = e[c] / sum of e, with e[c] = f32(exp(f64(z[c]) - f64(max z))).
 *
 * The sum takes 16 float32 lanes by class mod 16, joined by a halving tree: 8, 4, 2, 1. y is overwritten and
 * must not overlap z. classes >= ROW_LANES.
 */
SoftmaxRow softmaxRow(float *restrict y, const float *restrict z, int classes);

/*
 * Whether rows have so few classes that several rows are computed together, one in each lane of an f64v, so that their
 * exponentials fill the vectors.
 */
static inline int fitsInLanes(int classes) { return classes <= ROW_LANES; }

/* Every `stride`-th element, one for each of `rows` rows; lanes beyond hold the first. */
INLINE f32h loadColumn(const float *from, int rows, int stride) {
  f32h column = {0};
  UNROLL for (int lane = 0; lane < F64V_LANES; lane++) column[lane] = from[(lane < rows ? lane : 0) * stride];
  return column;
}

/* The result of softmaxRow, for one row in each lane. */
typedef struct {
  f64v maximum;
  f64v rest;
} SoftmaxLanes;

/* The same bits for up to F64V_LANES rows of at most ROW_LANES classes; lanes beyond `rows` mean nothing. */
SoftmaxLanes softmaxLanes(float *restrict y, const float *restrict z, int rows, int classes);

/* y[i] = f32(exp(f64(z[i]))). */
void exponentials(float *y, const float *z, intptr_t count);

#endif
