/*
 * sin pi x and cos pi x on vectors of float64, by the rules of elementary.h, which has the coefficients. The twin is
 * packages/core/src/elementary/half-turns.ts.
 */
#ifndef VINCULUM_WAVES_H
#define VINCULUM_WAVES_H

#include "elementary.h"

#define PI 3.141592653589793
#define INVERSE_PI 0.3183098861837907

/* The largest integer that is not above x, for x >= 0; Inf gives Inf. */
static inline f64v v_floor(f64v x) {
  f64v nearest = (x + TWO_TO_52) - TWO_TO_52;
  f64v floor = nearest - v_select(nearest > x, v_broadcast(1.0), v_broadcast(0.0));
  return v_select(x < TWO_TO_52, floor, x);
}

/* sin r for |r| <= pi / 4. */
static inline f64v v_sin_reduced(f64v r) {
  f64v z = r * r;
  f64v z2 = z * z;
  f64v low = (SIN_0 + SIN_1 * z) + (SIN_2 + SIN_3 * z) * z2;
  f64v high = (SIN_4 + SIN_5 * z) + SIN_6 * z2;
  return r + r * (z * (low + high * (z2 * z2)));
}

/* cos r for |r| <= pi / 4. */
static inline f64v v_cos_reduced(f64v r) {
  f64v z = r * r;
  f64v z2 = z * z;
  f64v low = (COS_0 + COS_1 * z) + (COS_2 + COS_3 * z) * z2;
  f64v high = (COS_4 + COS_5 * z) + COS_6 * z2;
  return (1.0 - 0.5 * z) + z2 * (low + high * (z2 * z2));
}

/* y, or 0 - y where the second lowest bit of `bits` is 1. */
static inline f64v v_negate_where(u64v bits, f64v y) { return v_select(-(i64v)((bits >> 1) & 1), 0.0 - y, y); }

/* sin pi x and cos pi x, which share the reduction of x to an eighth of a turn; it is exact. */
typedef struct {
  f64v sine;
  f64v cosine;
} Waves;

static inline Waves v_waves(f64v x) {
  f64v size = v_abs(x);
  f64v in_turn = size - 2.0 * v_floor(size * 0.5);
  f64v quarters = v_floor(2.0 * in_turn + 0.5);
  u64v bits = (u64v)(quarters + TWO_TO_52);
  f64v r = (in_turn - quarters * 0.5) * PI;
  f64v sine = v_sin_reduced(r);
  f64v cosine = v_cos_reduced(r);
  i64v odd = -(i64v)(bits & 1);
  f64v turned_sine = v_negate_where(bits, v_select(odd, cosine, sine));
  Waves waves = {(f64v)((u64v)turned_sine ^ ((u64v)x & SIGN_BITS)),
                 v_negate_where(bits + 1, v_select(odd, sine, cosine))};
  return waves;
}

#endif
