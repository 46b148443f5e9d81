/*
 * Sums to one scalar, in the order that numerics rule 3 fixes: float64, blocks of 4,096 elements counted from
 * the start, inside a block lane = index mod 8, the lanes joined as ((0+1)+(2+3))+((4+5)+(6+7)), the blocks
 * added in order.
 */
#ifndef VINCULUM_REDUCE_H
#define VINCULUM_REDUCE_H

#include "vector.h"

#define SUM_LANES 8

INLINE double joinLanes(const double *lanes) {
  return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) +
         ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

#endif
