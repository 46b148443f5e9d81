/*
 * Rungs of the elementwise kernels: gather, activation, dropout, the sum of squares, scale. The plain loops compute the
 * expressions of docs/numerics.md for one number at a time.
 */
#include "rungs.h"

#include "philox.h"
#include "reduce.h"

#define ROOT_HALF 0.70710678118654752440
/* 1 / sqrt(2 pi). */
#define GAUSS_PEAK 0.39894228040143267794

RUNG(plainGather) {
  float *out = tensorAt(run, op[GATHER_OUT]);
  const void *source = tensorAt(run, op[GATHER_SOURCE]);
  const uint32_t *rows = tensorAt(run, op[GATHER_ROWS]);
  const int columns = op[GATHER_COLUMNS];
  const float factor = floatAt(op + GATHER_SCALE);
  for (int n = 0; n < run->rows; n++) {
    for (int c = 0; c < columns; c++) {
      const uintptr_t from = (uintptr_t)rows[n] * (uintptr_t)columns + (uintptr_t)c;
      out[n * columns + c] = op[GATHER_BYTES] ? (float)((const uint8_t *)source)[from] * factor
                                              : ((const float *)source)[from];
    }
  }
}

/* A byte has 256 values, so their products are computed once and looked up. */
RUNG(lookupGather) {
  float *out = tensorAt(run, op[GATHER_OUT]);
  const uint8_t *source = tensorAt(run, op[GATHER_SOURCE]);
  const uint32_t *rows = tensorAt(run, op[GATHER_ROWS]);
  const int columns = op[GATHER_COLUMNS];
  float *products = run->scratch;
  for (int byte = 0; byte < 256; byte++) products[byte] = (float)byte * floatAt(op + GATHER_SCALE);
  for (int n = 0; n < run->rows; n++) {
    const uint8_t *from = source + (uintptr_t)rows[n] * (uintptr_t)columns;
    for (int c = 0; c < columns; c++) out[n * columns + c] = products[from[c]];
  }
}

INLINE float phiOf(float m, const int phi) {
  const double x = (double)m;
  switch (phi) {
    case PHI_GELU:
      return (float)((0.5 * x) * erfcOf(x * -ROOT_HALF));
    case PHI_TANH:
      return (float)tanhOf(x);
    case PHI_SIGMOID:
      return (float)sigmoidOf(x);
    default:
      return m <= 0.0f ? 0.0f : m;
  }
}

/* phi' computed from m, or from h for tanh. */
INLINE float slopeOf(float source, const int phi) {
  const double x = (double)source;
  switch (phi) {
    case PHI_GELU:
      return (float)(0.5 * erfcOf(x * -ROOT_HALF) + (GAUSS_PEAK * x) * expOf((x * x) * -0.5));
    case PHI_TANH:
      return (float)((1.0 - x) * (1.0 + x));
    default:
      return source > 0.0f ? 1.0f : 0.0f;
  }
}

INLINE void plainMap(float *out, const float *input, const float *source, int count, const int phi) {
  for (int i = 0; i < count; i++) out[i] = source ? input[i] * slopeOf(source[i], phi) : phiOf(input[i], phi);
}

/* One loop for each phi, so that there is no branch inside a loop. */
static void plainPhi(float *out, const float *input, const float *source, int count, int phi) {
  switch (phi) {
    case PHI_GELU:
      plainMap(out, input, source, count, PHI_GELU);
      break;
    case PHI_TANH:
      plainMap(out, input, source, count, PHI_TANH);
      break;
    case PHI_SIGMOID:
      plainMap(out, input, source, count, PHI_SIGMOID);
      break;
    default:
      plainMap(out, input, source, count, PHI_RELU);
      break;
  }
}

RUNG(plainActivation) {
  plainPhi(tensorAt(run, op[ACTIVATION_OUT]), tensorAt(run, op[ACTIVATION_INPUT]), 0,
           run->rows * op[ACTIVATION_COLUMNS], op[ACTIVATION_ACTIVATION]);
}

RUNG(plainActivationAdjoint) {
  plainPhi(tensorAt(run, op[ACTIVATION_ADJOINT_OUT]), tensorAt(run, op[ACTIVATION_ADJOINT_INPUT]),
           tensorAt(run, op[ACTIVATION_ADJOINT_SOURCE]), run->rows * op[ACTIVATION_ADJOINT_COLUMNS],
           op[ACTIVATION_ADJOINT_ACTIVATION]);
}

/* The other function of the output op, softmax, is in rungs-rows.c. */
RUNG(plainSigmoid) {
  plainPhi(tensorAt(run, op[OUTPUT_OUT]), tensorAt(run, op[OUTPUT_LOGITS]), 0,
           run->rows * op[OUTPUT_COLUMNS], PHI_SIGMOID);
}

/* The counter of four units of a row. */
INLINE PhiloxBlock counterOf(const Run *run, const int32_t *op, int n, int unit) {
  return (PhiloxBlock){{(uint32_t)unit / PHILOX_WORDS, (uint32_t)run->scalars[SCALAR_ROW_OFFSET] + (uint32_t)n,
                        (uint32_t)run->scalars[SCALAR_STEP], (uint32_t)op[DROPOUT_STREAM]}};
}

INLINE float droppedOut(const int32_t *op, float input, uint32_t word) {
  return (int32_t)(word >> 8) >= op[DROPOUT_THRESHOLD] ? input / floatAt(op + DROPOUT_KEPT_SHARE) : 0.0f;
}

/* A block of random words is used for `units` units: for 1, or for all four for which it has words. */
INLINE void dropoutBlocks(const Run *run, const int32_t *op, const int units) {
  float *out = tensorAt(run, op[DROPOUT_OUT]);
  const float *input = tensorAt(run, op[DROPOUT_INPUT]);
  const int columns = op[DROPOUT_COLUMNS];
  const uint32_t keyLow = (uint32_t)run->scalars[SCALAR_SEED_LOW];
  const uint32_t keyHigh = (uint32_t)run->scalars[SCALAR_SEED_HIGH];
  for (int n = 0; n < run->rows; n++) {
    for (int first = 0; first < columns; first += units) {
      const PhiloxBlock block = philox(counterOf(run, op, n, first), keyLow, keyHigh);
      for (int u = first; u < first + units && u < columns; u++) {
        const intptr_t at = (intptr_t)n * columns + u;
        out[at] = droppedOut(op, input[at], block.words[u % PHILOX_WORDS]);
      }
    }
  }
}

RUNG(plainDropout) { dropoutBlocks(run, op, 1); }

RUNG(blockDropout) { dropoutBlocks(run, op, PHILOX_WORDS); }

/* Sum and largest magnitude of a block. */
typedef struct {
  double sum;
  double largest;
} Squares;

typedef Squares BlockSquares(const float *values, int count);

/* The larger of two numbers; NaN if one of them is NaN. */
INLINE double largerOf(double size, double largest) {
  return !(size <= largest) && largest == largest ? size : largest;
}

INLINE Squares plainBlock(const float *values, int count) {
  double lanes[SUM_LANES] = {0};
  double largest = 0.0;
  for (int i = 0; i < count; i++) {
    const double g = (double)values[i];
    lanes[i % SUM_LANES] += g * g;
    largest = largerOf(__builtin_fabs(g), largest);
  }
  return (Squares){joinLanes(lanes), largest};
}

/*
 * The eight lanes in vectors, one block after the other. Each addition waits for the one before it. Magnitudes are compared
 * as integers, because NaN is the largest in that order.
 */
INLINE Squares vectorBlock(const float *values, int count) {
  f64v sums[SUM_LANES / F64V_LANES] = {{0}};
  i64v largest = {0};
  double lanes[SUM_LANES];
  const int whole = count - count % SUM_LANES;
  for (int i = 0; i < whole; i += SUM_LANES) {
    UNROLL for (int v = 0; v < SUM_LANES / F64V_LANES; v++) {
      const f64v g = loadDoubles(values + i + v * F64V_LANES);
      const i64v size = (i64v)v_abs(g);
      sums[v] += g * g;
      largest = (i64v)v_select(size > largest, (f64v)size, (f64v)largest);
    }
  }
  UNROLL for (int v = 0; v < SUM_LANES / F64V_LANES; v++) {
    *(f64vAny *)(lanes + v * F64V_LANES) = sums[v];
  }
  Squares block = plainBlock(values + whole, count - whole);
  for (int i = whole; i < count; i++) lanes[i % SUM_LANES] += (double)values[i] * (double)values[i];
  UNROLL for (int lane = 0; lane < F64V_LANES; lane++) {
    block.largest = largerOf(((f64v)largest)[lane], block.largest);
  }
  block.sum = joinLanes(lanes);
  return block;
}

INLINE void sumSquares(const Run *run, const int32_t *op, BlockSquares *blockOf) {
  const float *source = tensorAt(run, op[SUM_OF_SQUARES_SOURCE]);
  Squares *blocks = tensorAt(run, op[SUM_OF_SQUARES_BLOCKS]);
  const int size = op[SUM_OF_SQUARES_SIZE];
  Squares all = {0};
  for (int start = 0; start < size; start += SUM_BLOCK) {
    const int rest = size - start;
    const Squares block = blockOf(source + start, rest < SUM_BLOCK ? rest : SUM_BLOCK);
    blocks[start / SUM_BLOCK] = block;
    all.sum += block.sum;
    all.largest = largerOf(block.largest, all.largest);
  }
  run->scalars[SCALAR_NORM_SQUARED] = all.sum;
  run->scalars[SCALAR_MAX_ABSOLUTE] = all.largest;
}

RUNG(plainSquares) { sumSquares(run, op, plainBlock); }

RUNG(vectorSquares) { sumSquares(run, op, vectorBlock); }

RUNG(plainScale) {
  float *out = tensorAt(run, op[SCALE_OUT]);
  const float *input = tensorAt(run, op[SCALE_INPUT]);
  const float factor = (float)run->scalars[op[SCALE_FACTOR]];
  for (int i = 0; i < op[SCALE_SIZE]; i++) out[i] = input[i] * factor;
}
