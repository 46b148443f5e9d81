/*
 * One row of softmax, shared by the output op and the softmax cross-entropy, so that predict and training
 * see the same bits: eq. (4), (9).
 */
#ifndef VINCULUM_SOFTMAX_H
#define VINCULUM_SOFTMAX_H

/* What the loss needs besides y. */
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
 * must not overlap z. classes >= 1.
 */
SoftmaxRow softmaxRow(float *restrict y, const float *restrict z, int classes);

#endif
