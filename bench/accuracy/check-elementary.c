/*
 * Measures packages/kernels/src/elementary.h against the x87 long double of the C library (64 bits of
 * precision, so an oracle 2,000 times finer than float64), and prints a fingerprint of its exact bits that
 * packages/core/src/elementary/elementary.test.ts expects of the TypeScript twin. A development tool for
 * x86-64 with glibc, which neither the build nor the tests run.
 *
 *   cc -O2 -ffp-contract=off -o check-elementary bench/accuracy/check-elementary.c -lm
 *   ./check-elementary                 fingerprints, then errors over every 61st float32
 *   ./check-elementary 1               ... over all 2^32 of them (minutes for each function)
 *   ./check-elementary 1 tanh erfc     ... of these functions
 *
 * It must print the same lines if it is compiled with -mavx2 -DF64V_LANES=4 or with -mavx512f -DF64V_LANES=8.
 *
 * Columns: the largest error after one rounding to float32, in ULP of float32, and its input; the largest
 * error of the float64 result, in ULP of float64, over every 61st input whose result is normal; whether
 * the float32 result is monotone over the visited inputs (gelu and silu have a minimum, sinPi and cosPi have many, so they are not).
 * To save time, the C library's float64 function (wrong by a few ULP of float64, 1e-8 ULP of float32) excludes
 * the inputs that cannot have the largest error.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../packages/kernels/src/waves.h"

typedef struct {
  const char *name;
  f64v (*tested)(f64v);
  double (*quick)(double);
  long double (*oracle)(long double);
} Function;

static long double sigmoid_oracle(long double x) {
  return x < 0 ? expl(x) / (1 + expl(x)) : 1 / (1 + expl(-x));
}

static long double softplus_oracle(long double x) {
  return (x > 0 ? x : 0) + log1pl(expl(-fabsl(x)));
}

static double sigmoid_quick(double x) { return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)); }

static double softplus_quick(double x) { return (x > 0 ? x : 0) + log1p(exp(-fabs(x))); }

/* The two activations that multiply one of these functions, written as in packages/kernels/src/activation.c. */
static f64v v_gelu(f64v m) { return (0.5 * m) * v_erfc(m * -0.70710678118654752440); }

static double gelu_quick(double m) { return 0.5 * m * erfc(m * -0.70710678118654752440); }

static long double gelu_oracle(long double m) {
  return 0.5L * m * erfcl(m * -0.707106781186547524400844362104849039L);
}

static f64v v_silu(f64v m) { return m * v_sigmoid(m); }

static double silu_quick(double m) { return m * sigmoid_quick(m); }

static long double silu_oracle(long double m) { return m * sigmoid_oracle(m); }

static f64v v_sin_pi(f64v x) { return v_waves(x).sine; }

static f64v v_cos_pi(f64v x) { return v_waves(x).cosine; }

/* sin(pi (x + quarters / 2)) for x >= 0; the reduction to an eighth of a turn is exact. */
static long double turned_oracle(long double x, int quarters) {
  long double in_turn = fmodl(x, 2), nearest = floorl(2 * in_turn + 0.5L);
  long double r = (in_turn - nearest / 2) * 3.14159265358979323846264338327950288L;
  int quarter = isfinite(x) ? ((int)nearest + quarters) % 4 : 0;
  return (quarter & 2 ? -1 : 1) * (quarter & 1 ? cosl(r) : sinl(r));
}

static long double sin_pi_oracle(long double x) { return copysignl(1, x) * turned_oracle(fabsl(x), 0); }

static long double cos_pi_oracle(long double x) { return turned_oracle(fabsl(x), 1); }

static double sin_pi_quick(double x) { return (double)sin_pi_oracle(x); }

static double cos_pi_quick(double x) { return (double)cos_pi_oracle(x); }

static const Function FUNCTIONS[] = {
    {"exp", v_exp, exp, expl},
    {"expm1", v_expm1, expm1, expm1l},
    {"log", v_log, log, logl},
    {"log1p", v_log1p, log1p, log1pl},
    {"tanh", v_tanh, tanh, tanhl},
    {"sigmoid", v_sigmoid, sigmoid_quick, sigmoid_oracle},
    {"softplus", v_softplus, softplus_quick, softplus_oracle},
    {"erf", v_erf, erf, erfl},
    {"erfc", v_erfc, erfc, erfcl},
    {"sinPi", v_sin_pi, sin_pi_quick, sin_pi_oracle},
    {"cosPi", v_cos_pi, cos_pi_quick, cos_pi_oracle},
    {"gelu", v_gelu, gelu_quick, gelu_oracle},
    {"silu", v_silu, silu_quick, silu_oracle},
};
enum { FUNCTION_COUNT = sizeof FUNCTIONS / sizeof *FUNCTIONS, FINGERPRINTED = FUNCTION_COUNT - 2 };

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

/* The float32 numbers in ascending order: from -NaN and -Inf over -0 and +0 to +Inf and NaN. */
static float float_at(uint64_t step) {
  uint64_t half = 2147483648ull;
  return float_of(step < half ? 0xffffffffu - (uint32_t)step : (uint32_t)(step - half));
}

typedef struct {
  double single, wide;
  float single_at, wide_at;
} Worst;

static double single_error(long double exact, float got) {
  if (isnan(exact) || !isfinite(got)) return (float)exact == got || (isnan(exact) && isnan(got)) ? 0 : INFINITY;
  return error_in_ulps(exact, got, 24, -126);
}

/* single_error in float64, which is enough for most inputs; NaN if it cannot be used for this input. */
static double quick_error(double exact, float got) {
  uint64_t exponent = bits_of(exact) >> 52 & 0x7ff;
  if (exponent < 1023 - 126) exponent = 1023 - 126;
  uint64_t scale_bits = (2 * 1023 + 23 - exponent) << 52;
  double scale;
  memcpy(&scale, &scale_bits, 8);
  return fabs(got - exact) * scale;
}

static void judge(const Function *function, float x, double y, int wide, Worst *worst) {
  float single = (float)y;
  double quick = function->quick(x);
  int same = quick == single || (quick != quick && single != single);
  int candidate = !same && !(quick_error(quick, single) + 1e-7 <= worst->single);
  if (!candidate && !wide) return;
  long double exact = function->oracle(x);
  double error = single_error(exact, single);
  if (error > worst->single) worst->single = error, worst->single_at = x;
  /* Float64 results below e^-708 count as 0 by design; no float32 is that small. */
  if (!wide || !(fabsl(exact) > 1e-307L) || fabsl(exact) > 1.7e308L) return;
  error = error_in_ulps(exact, y, 53, -1022);
  if (error > worst->wide) worst->wide = error, worst->wide_at = x;
}

static void measure(const Function *function, uint64_t stride) {
  Worst worst = {0, 0, 0, 0};
  uint64_t breaks = 0;
  int decreasing = function->tested == v_erfc;
  float previous = NAN;
  for (uint64_t step = 0; step < 4294967296ull; step += stride * F64V_LANES) {
    f64v x = {0};
    for (int lane = 0; lane < F64V_LANES; lane += 1) x[lane] = float_at((step + lane * stride) % 4294967296ull);
    f64v y = function->tested(x);
    for (int lane = 0; lane < F64V_LANES; lane += 1) {
      uint64_t at = step + lane * stride;
      if (at >= 4294967296ull) break;
      judge(function, (float)x[lane], y[lane], stride > 1 || at % 61 == 0, &worst);
      float single = (float)y[lane];
      if (decreasing ? single > previous : single < previous) breaks += 1;
      previous = single;
    }
  }
  printf("%-9s %.9f at %-15.9g %.2f at %-15.9g %s\n", function->name, worst.single, worst.single_at,
         worst.wide, worst.wide_at, breaks == 0 ? "monotone" : "not monotone");
  fflush(stdout);
}

int main(int count, char **arguments) {
  uint64_t stride = count > 1 ? strtoull(arguments[1], NULL, 10) : 61;
  if (stride == 0) return 2;
  for (int f = 0; f < FINGERPRINTED; f += 1) {
    if (count <= 2) fingerprint(&FUNCTIONS[f]);
  }
  for (int f = 0; f < FUNCTION_COUNT; f += 1) {
    int chosen = count <= 2;
    for (int a = 2; a < count; a += 1) chosen |= strcmp(arguments[a], FUNCTIONS[f].name) == 0;
    if (chosen) measure(&FUNCTIONS[f], stride);
  }
  return 0;
}
