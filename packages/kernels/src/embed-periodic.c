/*
 * embedPeriodic: numbers beside learned sums of their cosines: eq. (43). embedPeriodicWeightAdjoint: the adjoints of the
 * parameters: eq. (44), (45). embedPeriodicInputAdjoint: the adjoint of the input: eq. (46).
 *
 * Each row is computed in float64 and rounded once: an angle of many turns loses its digits in float32. The sums over
 * frequencies and over rows are ascending from +0. Letters: n a row, c the place of a column among the embedded ones,
 * f a frequency, e a unit.
 */
#include "kernels.h"
#include "waves.h"

/* The WebAssembly build must stay small, so it calls functions that the other builds expand at each use. */
#if F64V_LANES > 2
#define EXPANDED INLINE
#else
#define EXPANDED static __attribute__((noinline))
#endif

/* The sine and the cosine of an angle in half turns. */
EXPANDED Waves wavesOf(f64v halfTurns) { return v_waves(halfTurns); }

/* The sizes and parameters that the three ops share. */
typedef struct {
  /* How many columns are embedded, and which. */
  int count;
  const int32_t *embedded;
  int frequencies;
  int units;
  /* Columns of the input, and of the output. */
  int inputs;
  int outputs;
  const float *frequency;
  const float *phase;
  const float *weight;
} Embedding;

/* Reads them; all three ops end with the same fields, and `tail` is the first of these: the columns of the output. */
EXPANDED Embedding embeddingOf(const Run *run, const int32_t *tail) {
  enum { COLUMNS, UNITS, FREQUENCIES, FREQUENCY, PHASE, WEIGHT, COUNT, EMBEDDED };
  return (Embedding){
      .count = tail[COUNT],
      .embedded = tail + EMBEDDED,
      .frequencies = tail[FREQUENCIES],
      .units = tail[UNITS],
      .inputs = tail[COLUMNS] - tail[COUNT] * tail[UNITS],
      .outputs = tail[COLUMNS],
      .frequency = tensorAt(run, tail[FREQUENCY]),
      .phase = tensorAt(run, tail[PHASE]),
      .weight = tensorAt(run, tail[WEIGHT]),
  };
}

/* Elements from, from + step, ... as float64: the same column of consecutive rows. Lanes from `some` on are +0. */
EXPANDED f64v columnOf(const float *from, intptr_t step, int some) {
  f64v values = {0};
  for (int lane = 0; lane < F64V_LANES && lane < some; lane++) values[lane] = from[lane * step];
  return values;
}

/* Stores a column of consecutive rows, each element rounded to float32. */
EXPANDED void storeColumn(float *to, intptr_t step, f64v values, int some) {
  for (int lane = 0; lane < F64V_LANES && lane < some; lane++) to[lane * step] = (float)values[lane];
}

/* The first `columns` of each row of `from` become the first of each row of `to`. */
EXPANDED void copyColumns(float *to, int toWidth, const float *from, int fromWidth, int columns, Share rows) {
  for (int n = rows.from; n < rows.to; n++) {
    for (int column = 0; column < columns; column += F32V_LANES) {
      const int some = columns - column;
      storeSome(to + (intptr_t)n * toWidth + column, loadSome(from + (intptr_t)n * fromWidth + column, some), some);
    }
  }
}

/*
 * out[n] = (input[n], sums), sums[c][e] = f32(bias[c][e] + sum over f of weight[c][e][f] * cos(pi * h)), where
 * h = 2 * frequency[c][f] * x + phase[c][f] / pi is the angle in half turns and x = input[n][embedded[c]].
 * cosines[n][c][f] = f32(cos(pi * h)) if they are needed: may be a null pointer.
 */
void runEmbedPeriodic(const Run *run, const int32_t *op) {
  const Embedding of = embeddingOf(run, op + EMBED_PERIODIC_COLUMNS);
  const float *input = tensorAt(run, op[EMBED_PERIODIC_INPUT]);
  const float *bias = tensorAt(run, op[EMBED_PERIODIC_BIAS]);
  float *out = tensorAt(run, op[EMBED_PERIODIC_OUT]);
  float *cosines = tensorAt(run, op[EMBED_PERIODIC_COSINES]);
  f64v *sums = (f64v *)run->scratch;
  const Share own = ownShare(run, run->rows);
  copyColumns(out, of.outputs, input, of.inputs, of.inputs, own);
  for (int c = 0; c < of.count; c++) {
    for (int n = own.from; n < own.to; n += F64V_LANES) {
      const int some = own.to - n;
      const f64v x = columnOf(input + (intptr_t)n * of.inputs + of.embedded[c], of.inputs, some);
      for (int e = 0; e < of.units; e++) sums[e] = v_broadcast(0.0);
      for (int f = 0; f < of.frequencies; f++) {
        const int at = c * of.frequencies + f;
        const f64v cosine = wavesOf(2.0 * of.frequency[at] * x + of.phase[at] * INVERSE_PI).cosine;
        for (int e = 0; e < of.units; e++) {
          sums[e] += (double)of.weight[(intptr_t)(c * of.units + e) * of.frequencies + f] * cosine;
        }
        if (cosines) {
          const intptr_t width = (intptr_t)of.count * of.frequencies;
          storeColumn(cosines + n * width + at, width, cosine, some);
        }
      }
      for (int e = 0; e < of.units; e++) {
        const int unit = c * of.units + e;
        storeColumn(out + (intptr_t)n * of.outputs + of.inputs + unit, of.outputs, sums[e] + bias[unit], some);
      }
    }
  }
}

/*
 * With g = outBar[n][c][e] and a = -(sum over e of g * weight[c][e][f]) * sin(pi * h), in float64:
 * weightBar[c][e][f] = sum over n of f32(g * cos(pi * h)), biasBar[c][e] = sum over n of g,
 * phaseBar[c][f] = sum over n of f32(a), frequencyBar[c][f] = sum over n of f32(2 pi * x * a).
 * The sums over n are in float32, as in every adjoint of a parameter, so a batch has the sum of the adjoints of its rows.
 *
 * A unit of work is a vector of frequencies of one column; the one that begins with the first frequency also has biasBar.
 */
void runEmbedPeriodicWeightAdjoint(const Run *run, const int32_t *op) {
  const Embedding of = embeddingOf(run, op + EMBED_PERIODIC_WEIGHT_ADJOINT_COLUMNS);
  const float *input = tensorAt(run, op[EMBED_PERIODIC_WEIGHT_ADJOINT_INPUT]);
  const float *outBar = tensorAt(run, op[EMBED_PERIODIC_WEIGHT_ADJOINT_OUT_BAR]);
  float *frequencyBar = tensorAt(run, op[EMBED_PERIODIC_WEIGHT_ADJOINT_FREQUENCY_BAR]);
  float *phaseBar = tensorAt(run, op[EMBED_PERIODIC_WEIGHT_ADJOINT_PHASE_BAR]);
  float *weightBar = tensorAt(run, op[EMBED_PERIODIC_WEIGHT_ADJOINT_WEIGHT_BAR]);
  float *biasBar = tensorAt(run, op[EMBED_PERIODIC_WEIGHT_ADJOINT_BIAS_BAR]);
  f64v *weights = (f64v *)run->scratch;
  f32h *sums = (f32h *)(weights + of.units);
  float *biasSums = (float *)(sums + of.units);
  const int blocks = (of.frequencies + F64V_LANES - 1) / F64V_LANES;
  const Share own = ownShare(run, of.count * blocks);
  for (int unit = own.from; unit < own.to; unit++) {
    const int c = unit / blocks;
    const int f = unit % blocks * F64V_LANES;
    const int some = of.frequencies - f;
    const intptr_t at = (intptr_t)c * of.frequencies + f;
    const f64v frequency = toDoubles(loadSomeHalf(of.frequency + at, some));
    const f64v phase = toDoubles(loadSomeHalf(of.phase + at, some));
    f32h frequencySum = {0};
    f32h phaseSum = {0};
    for (int e = 0; e < of.units; e++) {
      const float *row = of.weight + (intptr_t)(c * of.units + e) * of.frequencies + f;
      weights[e] = toDoubles(loadSomeHalf(row, some));
      sums[e] = (f32h){0};
      biasSums[e] = 0.0f;
    }
    for (int n = 0; n < run->rows; n++) {
      const double x = input[(intptr_t)n * of.inputs + of.embedded[c]];
      const float *bars = outBar + (intptr_t)n * of.outputs + of.inputs + c * of.units;
      const Waves waves = wavesOf(2.0 * frequency * x + phase * INVERSE_PI);
      f64v cosineBar = v_broadcast(0.0);
      for (int e = 0; e < of.units; e++) {
        const double bar = bars[e];
        sums[e] += __builtin_convertvector(bar * waves.cosine, f32h);
        cosineBar += bar * weights[e];
        biasSums[e] += bars[e];
      }
      const f64v angleBar = -cosineBar * waves.sine;
      phaseSum += __builtin_convertvector(angleBar, f32h);
      frequencySum += __builtin_convertvector(2.0 * PI * x * angleBar, f32h);
    }
    storeSomeHalf(phaseBar + at, phaseSum, some);
    storeSomeHalf(frequencyBar + at, frequencySum, some);
    for (int e = 0; e < of.units; e++) {
      storeSomeHalf(weightBar + (intptr_t)(c * of.units + e) * of.frequencies + f, sums[e], some);
      if (f == 0) biasBar[c * of.units + e] = biasSums[e];
    }
  }
}

/*
 * inputBar[n][i] = outBar[n][i], and for an embedded column i = embedded[c]:
 * f32(outBar[n][i] - 2 pi * sum over f of (sum over e of outBar[n][c][e] * weight[c][e][f]) * sin(pi * h) * frequency[c][f]).
 *
 * inputBar must not overlap the others.
 */
void runEmbedPeriodicInputAdjoint(const Run *run, const int32_t *op) {
  const Embedding of = embeddingOf(run, op + EMBED_PERIODIC_INPUT_ADJOINT_COLUMNS);
  const float *input = tensorAt(run, op[EMBED_PERIODIC_INPUT_ADJOINT_INPUT]);
  const float *outBar = tensorAt(run, op[EMBED_PERIODIC_INPUT_ADJOINT_OUT_BAR]);
  float *inputBar = tensorAt(run, op[EMBED_PERIODIC_INPUT_ADJOINT_INPUT_BAR]);
  f64v *bars = (f64v *)run->scratch;
  const Share own = ownShare(run, run->rows);
  copyColumns(inputBar, of.inputs, outBar, of.outputs, of.inputs, own);
  for (int c = 0; c < of.count; c++) {
    for (int n = own.from; n < own.to; n += F64V_LANES) {
      const int some = own.to - n;
      const intptr_t at = (intptr_t)n * of.inputs + of.embedded[c];
      const float *outBars = outBar + (intptr_t)n * of.outputs;
      const f64v x = columnOf(input + at, of.inputs, some);
      f64v sum = v_broadcast(0.0);
      for (int e = 0; e < of.units; e++) {
        bars[e] = columnOf(outBars + of.inputs + c * of.units + e, of.outputs, some);
      }
      for (int f = 0; f < of.frequencies; f++) {
        const int place = c * of.frequencies + f;
        const f64v sine = wavesOf(2.0 * of.frequency[place] * x + of.phase[place] * INVERSE_PI).sine;
        f64v cosineBar = v_broadcast(0.0);
        for (int e = 0; e < of.units; e++) {
          cosineBar += bars[e] * (double)of.weight[(intptr_t)(c * of.units + e) * of.frequencies + f];
        }
        sum += cosineBar * sine * (double)of.frequency[place];
      }
      const f64v direct = columnOf(outBars + of.embedded[c], of.outputs, some);
      storeColumn(inputBar + at, of.inputs, direct - 2.0 * PI * sum, some);
    }
  }
}
