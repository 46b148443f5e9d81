/*
 * The description of a matrix product for the three dense kernels, and its loops over blocks, panels and tiles. The
 * pieces of a stage share its output elements.
 */
#ifndef VINCULUM_PRODUCT_H
#define VINCULUM_PRODUCT_H

#include "kernels.h"

/*
 * out[r][c] = (sum over k ascending from +0 of left[r][k] * right[k][c]) + bias[c]. Each term is added with two roundings in
 * portable numerics, and with one in fused numerics.
 */
typedef struct {
  /* [rows][columns], row stride outStride; overwritten. */
  float *out;
  int outStride;
  int rows;
  int columns;
  /* Number of k; with none, out is zero. */
  int steps;
  /* left[r][k] is left[r * leftRow + k * leftStep]; one of the two strides is 1. */
  const float *left;
  int leftRow;
  int leftStep;
  /* Row-major, row stride rightStep; or, if rightPanel is not 0, the panels of packWeights, which are rightPanel apart. */
  const float *right;
  int rightStep;
  intptr_t rightPanel;
  /* [columns], or a null pointer. */
  const float *bias;
  /* NUMERICS_…: how a term is added to its sum. */
  int numerics;
} Product;

/* Computes this piece's part of a product, and returns that part. */
Part multiply(const Run *run, const Product *product);

#endif
