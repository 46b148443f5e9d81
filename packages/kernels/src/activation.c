/*
 * The activation functions and their adjoints: eq. (2), (7), (16), (23). Values and derivatives are evaluated
 * in float64 from the float32 argument and rounded once; only ReLU needs no rounding.
 */
#include "vector.h"

#include "kernels.h"

/* SELU's lambda and alpha (Klambauer et al. 2017, section 2). */
#define SELU_LAMBDA 1.0507009873554804934193349852946
#define SELU_ALPHA 1.6732632423543772848170429916717
#define ROOT_HALF 0.70710678118654752440
/* 1 / sqrt(2 pi). */
#define GAUSS_PEAK 0.39894228040143267794

/* A function of one vector and the activation's parameter. */
typedef f64v Function(f64v x, double parameter);

/* These are out of line because several functions share them and the module must stay small. */
static __attribute__((noinline)) f64v exponentialMinusOne(f64v x) { return v_expm1(x); }

static __attribute__((noinline)) f64v complementaryError(f64v x) { return v_erfc(x); }

static __attribute__((noinline)) f64v logistic(f64v x) { return v_sigmoid(x); }

INLINE f64v leakyRelu(f64v m, double slope) { return v_select(m > 0.0, m, m * slope); }

INLINE f64v elu(f64v m, double alpha) { return v_select(m > 0.0, m, alpha * exponentialMinusOne(m)); }

INLINE f64v selu(f64v m, double unused) {
  (void)unused;
  return SELU_LAMBDA * v_select(m > 0.0, m, SELU_ALPHA * exponentialMinusOne(m));
}

INLINE f64v gelu(f64v m, double unused) {
  (void)unused;
  return (0.5 * m) * complementaryError(m * -ROOT_HALF);
}

INLINE f64v silu(f64v m, double unused) {
  (void)unused;
  return m * logistic(m);
}

INLINE f64v hyperbolicTangent(f64v m, double unused) {
  (void)unused;
  return v_tanh(m);
}

INLINE f64v sigmoid(f64v m, double unused) {
  (void)unused;
  return logistic(m);
}

INLINE f64v softplus(f64v m, double unused) {
  (void)unused;
  return v_select(m > 0.0, m, v_broadcast(0.0)) + logOnePlus(exponential(-v_abs(m)));
}

INLINE f64v leakyReluSlope(f64v m, double slope) {
  return v_select(m > 0.0, v_broadcast(1.0), v_broadcast(slope));
}

INLINE f64v eluSlope(f64v m, double alpha) {
  return v_select(m > 0.0, v_broadcast(1.0), alpha * exponential(m));
}

INLINE f64v seluSlope(f64v m, double unused) {
  (void)unused;
  return SELU_LAMBDA * v_select(m > 0.0, v_broadcast(1.0), SELU_ALPHA * exponential(m));
}

INLINE f64v geluSlope(f64v m, double unused) {
  (void)unused;
  return 0.5 * complementaryError(m * -ROOT_HALF) + (GAUSS_PEAK * m) * exponential((m * m) * -0.5);
}

INLINE f64v siluSlope(f64v m, double unused) {
  (void)unused;
  const f64v s = logistic(m);
  return s * (1.0 + m * (1.0 - s));
}

/* From h, not m. */
INLINE f64v tanhSlope(f64v h, double unused) {
  (void)unused;
  return (1.0 - h) * (1.0 + h);
}

/* From h, not m. */
INLINE f64v sigmoidSlope(f64v h, double unused) {
  (void)unused;
  return h * (1.0 - h);
}

/* The kernels below take whole vectors: `count` is a multiple of F32V_LANES. out may be input or source. */

INLINE void map(float *out, const float *input, intptr_t count, Function *function, double parameter) {
  for (intptr_t i = 0; i < count; i += F64V_LANES) {
    storeDoubles(out + i, function(loadDoubles(input + i), parameter));
  }
}

INLINE void mapAdjoint(float *out, const float *input, const float *source, intptr_t count,
                       Function *slope, double parameter) {
  for (intptr_t i = 0; i < count; i += F64V_LANES) {
    const f32h factor = __builtin_convertvector(slope(loadDoubles(source + i), parameter), f32h);
    *(f32hAny *)(out + i) = *(const f32hAny *)(input + i) * factor;
  }
}

/* x > 0 ? x : x is NaN ? x : +0, without min or max instructions, because these treat NaN differently on different machines. */
static void relu(float *out, const float *input, intptr_t count) {
  const f32v zero = {0};
  for (intptr_t i = 0; i < count; i += F32V_LANES) {
    const f32v x = loadVector(input + i);
    storeVector(out + i, (f32v)(~(x <= zero) & (i32v)x));
  }
}

/* out = input * [source > 0]: 0 at 0. */
static void reluAdjoint(float *out, const float *input, const float *source, intptr_t count) {
  const f32v one = splat(1.0f);
  const f32v zero = {0};
  for (intptr_t i = 0; i < count; i += F32V_LANES) {
    const f32v slope = (f32v)((loadVector(source + i) > zero) & (i32v)one);
    storeVector(out + i, loadVector(input + i) * slope);
  }
}

/* out = input; may be the same. */
static void copy(float *out, const float *input, intptr_t count) {
  for (intptr_t i = 0; i < count; i += F32V_LANES) storeVector(out + i, loadVector(input + i));
}

static void forwardVectors(float *out, const float *input, intptr_t count, int phi,
                           double parameter) {
  switch (phi) {
    case PHI_RELU:
      relu(out, input, count);
      break;
    case PHI_LEAKY_RELU:
      map(out, input, count, leakyRelu, parameter);
      break;
    case PHI_ELU:
      map(out, input, count, elu, parameter);
      break;
    case PHI_SELU:
      map(out, input, count, selu, parameter);
      break;
    case PHI_GELU:
      map(out, input, count, gelu, parameter);
      break;
    case PHI_SILU:
      map(out, input, count, silu, parameter);
      break;
    case PHI_TANH:
      map(out, input, count, hyperbolicTangent, parameter);
      break;
    case PHI_SIGMOID:
      map(out, input, count, sigmoid, parameter);
      break;
    case PHI_SOFTPLUS:
      map(out, input, count, softplus, parameter);
      break;
    default:
      copy(out, input, count);
      break;
  }
}

static void backwardVectors(float *out, const float *input, const float *source, intptr_t count,
                            int phi, double parameter) {
  switch (phi) {
    case PHI_RELU:
      reluAdjoint(out, input, source, count);
      break;
    case PHI_LEAKY_RELU:
      mapAdjoint(out, input, source, count, leakyReluSlope, parameter);
      break;
    case PHI_ELU:
      mapAdjoint(out, input, source, count, eluSlope, parameter);
      break;
    case PHI_SELU:
      mapAdjoint(out, input, source, count, seluSlope, parameter);
      break;
    case PHI_GELU:
      mapAdjoint(out, input, source, count, geluSlope, parameter);
      break;
    case PHI_SILU:
      mapAdjoint(out, input, source, count, siluSlope, parameter);
      break;
    case PHI_TANH:
      mapAdjoint(out, input, source, count, tanhSlope, parameter);
      break;
    case PHI_SIGMOID:
      mapAdjoint(out, input, source, count, sigmoidSlope, parameter);
      break;
    case PHI_SOFTPLUS:
      mapAdjoint(out, input, source, count, sigmoid, parameter);
      break;
    default:
      copy(out, input, count);
      break;
  }
}

INLINE void vectors(float *out, const float *input, const float *source, intptr_t count,
                    Activation activation) {
  if (source) {
    backwardVectors(out, input, source, count, activation.phi, activation.parameter);
  } else {
    forwardVectors(out, input, count, activation.phi, activation.parameter);
  }
}

void activate(float *out, const float *input, const float *source, intptr_t count,
              Activation activation) {
  const int rest = (int)(count % F32V_LANES);
  const intptr_t whole = count - rest;
  if (whole > 0) vectors(out, input, source, whole, activation);
  if (rest > 0) {
    float tail[F32V_LANES];
    float tailSource[F32V_LANES];
    storeVector(tail, loadPartial(input + whole, rest));
    if (source) storeVector(tailSource, loadPartial(source + whole, rest));
    vectors(tail, tail, source ? tailSource : 0, F32V_LANES, activation);
    storePartial(out + whole, loadVector(tail), rest);
  }
}

void activatePart(float *out, const float *input, const float *source, int columns, Part part,
                  Activation activation) {
  const int some = part.columns.to - part.columns.from;
  /* Whole rows are contiguous, so one call handles all of them. */
  const int whole = some == columns;
  const int rows = part.rows.to - part.rows.from;
  if (some <= 0) return;
  for (int n = 0; n < (whole ? rows > 0 : rows); n++) {
    const intptr_t at = (intptr_t)(part.rows.from + n) * columns + part.columns.from;
    activate(out + at, input + at, source ? source + at : 0, whole ? (intptr_t)rows * columns : some,
             activation);
  }
}

/* The rows of a thread, in full. */
static Part ownRows(const Run *run, int columns) {
  return (Part){ownShare(run, run->rows), {0, columns}};
}

void runActivation(const Run *run, const int32_t *op) {
  const int columns = op[ACTIVATION_COLUMNS];
  const Activation phi = {op[ACTIVATION_ACTIVATION], doubleAt(op + ACTIVATION_PARAMETER)};
  activatePart(tensorAt(run, op[ACTIVATION_OUT]), tensorAt(run, op[ACTIVATION_INPUT]), 0, columns,
               ownRows(run, columns), phi);
}

void runActivationAdjoint(const Run *run, const int32_t *op) {
  const int columns = op[ACTIVATION_ADJOINT_COLUMNS];
  const Activation phi = {op[ACTIVATION_ADJOINT_ACTIVATION],
                          doubleAt(op + ACTIVATION_ADJOINT_PARAMETER)};
  activatePart(tensorAt(run, op[ACTIVATION_ADJOINT_OUT]), tensorAt(run, op[ACTIVATION_ADJOINT_INPUT]),
               tensorAt(run, op[ACTIVATION_ADJOINT_SOURCE]), columns, ownRows(run, columns), phi);
}
