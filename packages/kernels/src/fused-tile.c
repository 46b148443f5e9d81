/*
 * The tiles of fused numerics: a product is added to a sum by one fused multiply-add, which rounds once. The instruction is
 * written out, because a compiler that may contract expressions decides by itself where it does so, and the results would
 * depend on the compiler. This file is the only one whose machine code has such instructions; the builds count them.
 */
#include "tile.h"

#if HAS_FUSED

#include "fused-multiply-add.h"

#define MULTIPLY_ADD(a, b, sum) fusedMultiplyAdd(a, b, sum)
#define COMPUTE_PANELS computeFusedPanels
#define COMPUTE_WIDE computeFusedWide
#include "expand-tiles.h"

#endif
