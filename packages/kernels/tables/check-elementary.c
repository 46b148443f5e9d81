/*
 * Measures packages/kernels/src/elementary.h against the x87 long double of the C library (64 bits of
 * precision, so an oracle 2,000 times finer than float64), and prints a fingerprint of its exact bits that
 * packages/core/src/elementary/elementary.test.ts expects of the TypeScript twin. A development tool for
 * x86-64 with glibc; neither the build nor the tests run it.
 *
 *   cc -O2 -ffp-contract=off -o check-elementary packages/kernels/tables/check-elementary.c -lm
 *   ./check-elementary                 fingerprints, then errors over every 61st float32
 *   ./check-elementary 1               ... over all 2^32 of them (about 12 minutes a function)
 *   ./check-elementary 1 tanh erfc     ... of these functions
 *
 * Columns: the largest error after one rounding to float32, in ULP of float32, and where; the largest
 * error of the float64 result, in ULP of float64, where that result is normal; whether the float32 result is
 * monotone over the float32 inputs visited.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../src/elementary.h"

typedef struct {
  const char *name;
  f64v (*tested)(f64v);
  long double (*oracle)(long double);
} Function;

static long double sigmoid_oracle(long double x) {
  return x < 0 ? expl(x) / (1 + expl(x)) : 1 / (1 + expl(-x));
}

static long double softplus_oracle(long double x) {
  return (x > 0 ? x : 0) + log1pl(expl(-fabsl(x)));
}

static const Function FUNCTIONS[] = {
    {"exp", v_exp, expl},
    {"expm1", v_expm1, expm1l},
    {"log", v_log, logl},
    {"log1p", v_log1p, log1pl},
    {"tanh", v_tanh, tanhl},
    {"sigmoid", v_sigmoid, sigmoid_oracle},
    {"softplus", v_softplus, softplus_oracle},
    {"erf", v_erf, erfl},
    {"erfc", v_erfc, erfcl},
};
enum { FUNCTION_COUNT = sizeof FUNCTIONS / sizeof *FUNCTIONS };

static float float_of(uint32_t bits) {
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

static uint64_t bits_of(double value) {
  uint64_t bits;
  memcpy(&bits, &value, 8);
  return bits;
}

static uint32_t mix(uint32_t hash, double value) {
  uint64_t bits = value != value ? 0x7ff8000000000000ull : bits_of(value);
  hash = (hash ^ (uint32_t)bits) * 16777619u;
  return (hash ^ (uint32_t)(bits >> 32)) * 16777619u;
}

/* 60,000 inputs: float32 bit patterns, doubles in [-30, 30], doubles in [-1, 1]. */
static double fingerprint_input(uint32_t i) {
  uint32_t high = i * 0x9e3779b1u;
  uint32_t low = (i ^ 0x85ebca6bu) * 0xc2b2ae35u;
  double u = high / 4294967296.0 + low / 18446744073709551616.0;
  if (i % 3 == 0) return float_of(high);
  return i % 3 == 1 ? (u - 0.5) * 60 : (u - 0.5) * 2;
}

static void fingerprint(const Function *function) {
  uint32_t hash = 2166136261u;
  for (uint32_t i = 0; i < 60000; i += 1) {
    hash = mix(hash, function->tested(v_broadcast(fingerprint_input(i)))[0]);
  }
  printf("  %s: 0x%08x,\n", function->name, hash);
}

static double error_in_ulps(long double exact, long double got, int precision, int lowest) {
  if (exact == got || (isnan(exact) && isnan(got))) return 0;
  if (!isfinite(exact) || !isfinite(got)) return INFINITY;
  int exponent = exact == 0 ? lowest : ilogbl(exact);
  if (exponent < lowest) exponent = lowest;
  return (double)fabsl(ldexpl(got - exact, precision - 1 - exponent));
}

static void measure(const Function *function, uint32_t stride) {
  double worst_single = 0, worst_double = 0;
  float where_single = 0, where_double = 0;
  uint64_t breaks = 0;
  int decreasing = function->tested == v_erfc;
  float previous = NAN;
  for (uint64_t step = 0; step < 4294967296ull; step += stride) {
    /* Upwards from -Inf: the negative half backwards, then the positive half. */
    uint32_t bits = step < 2147483648ull ? 0xffffffffu - (uint32_t)step : (uint32_t)(step - 2147483648ull);
    float x = float_of(bits);
    double y = function->tested(v_broadcast(x))[0];
    long double exact = function->oracle(x);
    float single = (float)y;
    double error = (float)exact == single ? 0 : 1;
    if (isfinite(single)) error = error_in_ulps(exact, single, 24, -126);
    if (isnan(exact)) error = isnan(y) ? 0 : INFINITY;
    if (error > worst_single) worst_single = error, where_single = x;
    /* Float64 results below 2^-1021 count as 0 by design; no float32 is that small. */
    double error64 = fabsl(exact) > 1e-307L ? error_in_ulps(exact, y, 53, -1022) : 0;
    if (fabsl(exact) > 1.7e308L || isnan(exact)) error64 = 0;
    if (error64 > worst_double) worst_double = error64, where_double = x;
    if (decreasing ? single > previous : single < previous) breaks += 1;
    previous = single;
  }
  printf("%-9s %.9f at %-15.9g %.2f at %-15.9g %s\n", function->name, worst_single, where_single,
         worst_double, where_double, breaks == 0 ? "monotone" : "NOT MONOTONE");
  fflush(stdout);
}

int main(int count, char **arguments) {
  uint32_t stride = count > 1 ? (uint32_t)strtoul(arguments[1], NULL, 10) : 61;
  if (stride == 0) return 2;
  for (int f = 0; f < FUNCTION_COUNT; f += 1) {
    if (count <= 2) fingerprint(&FUNCTIONS[f]);
  }
  for (int f = 0; f < FUNCTION_COUNT; f += 1) {
    int chosen = count <= 2;
    for (int a = 2; a < count; a += 1) chosen |= strcmp(arguments[a], FUNCTIONS[f].name) == 0;
    if (chosen) measure(&FUNCTIONS[f], stride);
  }
  return 0;
}
