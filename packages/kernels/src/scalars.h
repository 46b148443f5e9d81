/*
 * Slots of the scalars of a step, one array of doubles that host and kernels share; the meaning of each is
 * told in packages/core/src/program/scalars.ts, which has the same numbers (a test compares the two). A
 * kernel rounds a slot to float32 once, where it uses it.
 */
#ifndef VINCULUM_SCALARS_H
#define VINCULUM_SCALARS_H

#define SCALAR_ROWS 0
#define SCALAR_ROW_OFFSET 1
#define SCALAR_STEP 2
#define SCALAR_SEED_LOW 3
#define SCALAR_SEED_HIGH 4
#define SCALAR_INVERSE_WEIGHT_SUM 5
#define SCALAR_LOSS 6
#define SCALAR_NORM_SQUARED 7
#define SCALAR_MAX_ABSOLUTE 8
#define SCALAR_CLIP_SCALE 9
#define SCALAR_CLIP_VALUE 10
#define SCALAR_STEP_SIZE 11
#define SCALAR_DENOMINATOR_SCALE 12
#define SCALAR_EPSILON 13
#define SCALAR_BETA1 14
#define SCALAR_ONE_MINUS_BETA1 15
#define SCALAR_BETA2 16
#define SCALAR_ONE_MINUS_BETA2 17
#define SCALAR_L1 18
#define SCALAR_L2 19
#define SCALAR_DECAY 20
#define SCALAR_FIRST_CORRECTION 21
#define SCALAR_SECOND_CORRECTION 22

#endif
