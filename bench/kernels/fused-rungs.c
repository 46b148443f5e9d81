/*
 * The rungs of the matrix products in fused numerics, and the rung that measures the peak of fused multiply-adds. The kernel that ships
 * in fused numerics is compared with them bit for bit.
 */
#include "rungs.h"

#if HAS_FUSED

#include "fused-multiply-add.h"

/* One lane of the instruction, because WebAssembly has it for vectors only. */
INLINE float fusedNumbers(float a, float b, float sum) {
  return fusedMultiplyAdd(splat(a), splat(b), splat(sum))[0];
}

#define MULTIPLY_ADD(a, b, sum) fusedMultiplyAdd(a, b, sum)
#define MULTIPLY_ADD_NUMBERS(a, b, sum) fusedNumbers(a, b, sum)
#define PLAIN_PRODUCT fusedPlainProduct
#define VECTOR_PRODUCT fusedVectorProduct
#define TILE_PRODUCT fusedTileProduct
#include "expand-products.h"

RUNG(fusedChains) {
  const int turns = op[1];
  const float sum = op[0] == 8    ? fusedPeak8(turns, 0.5f)
                    : op[0] == 10 ? fusedPeak10(turns, 0.5f)
                                  : fusedPeak12(turns, 0.5f);
  run->scalars[SCALAR_LOSS] = (double)sum;
}

#endif
