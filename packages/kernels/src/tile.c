/*
 * The tiles of portable numerics: a product and a sum are two roundings, which every instruction set has.
 */
#define MULTIPLY_ADD(a, b, sum) ((sum) + (a) * (b))
#define COMPUTE_PANELS computePanels
#define COMPUTE_WIDE computeWide
#include "expand-tiles.h"
