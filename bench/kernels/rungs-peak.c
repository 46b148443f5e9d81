/*
 * Multiply-then-add chains on registers: the peak of portable numerics, with which the ladders and bench/ceilings compare the kernels.
 * Linked with the sources of packages/kernels.
 */
#define MULTIPLY_ADD(a, b, sum) ((sum) + (a) * (b))
#include "expand-chains.h"

DEFINE_PEAK(peak8, 8)
DEFINE_PEAK(peak10, 10)
DEFINE_PEAK(peak12, 12)
