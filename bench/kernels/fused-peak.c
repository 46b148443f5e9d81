/*
 * Chains of fused multiply-adds on registers: the peak of fused numerics. Linked with the sources of packages/kernels.
 */
#if HAS_FUSED

#include "fused-multiply-add.h"

#define MULTIPLY_ADD(a, b, sum) fusedMultiplyAdd(a, b, sum)
#include "expand-chains.h"

DEFINE_PEAK(fusedPeak8, 8)
DEFINE_PEAK(fusedPeak10, 10)
DEFINE_PEAK(fusedPeak12, 12)

#endif
