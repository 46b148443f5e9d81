/*
 * update: one optimiser step over the flat regions, in place: eq. (26)-(29). Every expression is written in
 * the order that docs/numerics.md fixes; each operation rounds to float32. The host folds the bias
 * corrections into stepSize and denominatorScale.
 *
 * Clipping comes first: g' = g s, then |g'| <= c; then l2 and l1 (weights only), then the rule. Decoupled
 * decay shrinks w before the step. A new moment with |value| < 2^-126 becomes +0. Otherwise the moment of a weight whose
 * gradient stays 0 would stop at 5.6e-45, and the step would take twice the time.
 */
#include "kernels.h"
#include "pack-weights.h"

#define SMALLEST_NORMAL_F32 1.17549435082228750797e-38f

/* The scalars of a step, rounded to float32 once; l1, l2 and decay are 0 for biases. */
typedef struct {
  float clipScale;
  float clipValue;
  float stepSize;
  float gradientStepSize;
  float denominatorScale;
  float epsilon;
  float beta1;
  float oneMinusBeta1;
  float beta2;
  float oneMinusBeta2;
  float l1;
  float l2;
  float decay;
  int nesterov;
} Hyper;

/* One vector of each flat region; a rule changes what it owns. */
typedef struct {
  f32v parameter;
  f32v first;
  f32v second;
  f32v third;
} State;

/* A rule: from g' to the new state. `hasFirst`, `hasThird` say which optional moments exist. */
typedef void Rule(State *state, f32v g, const Hyper *hyper, const int hasFirst,
                  const int hasThird);

INLINE f32v flushed(f32v moment) {
  const i32v kept = (absolute(moment) >= SMALLEST_NORMAL_F32) | (moment != moment);
  return (f32v)(kept & (i32v)moment);
}

/* m = b1 m + c1 g'; v = b2 v + c2 (g' g'); w = w - (a m) / (sqrt(v) d + eps); amsgrad: the largest v. */
INLINE void adam(State *state, f32v g, const Hyper *hyper, const int hasFirst,
                 const int hasThird) {
  (void)hasFirst;
  state->first = flushed(hyper->beta1 * state->first + hyper->oneMinusBeta1 * g);
  state->second = flushed(hyper->beta2 * state->second + hyper->oneMinusBeta2 * (g * g));
  f32v second = state->second;
  if (hasThird) {
    state->third = choose(second > state->third, second, state->third);
    second = state->third;
  }
  state->parameter -= (hyper->stepSize * state->first) /
                      (squareRoot(second) * hyper->denominatorScale + hyper->epsilon);
}

/* m and v as in adam; w = w - (a m + b g') / (sqrt(v) d + eps). */
INLINE void nadam(State *state, f32v g, const Hyper *hyper, const int hasFirst,
                  const int hasThird) {
  (void)hasFirst;
  (void)hasThird;
  state->first = flushed(hyper->beta1 * state->first + hyper->oneMinusBeta1 * g);
  state->second = flushed(hyper->beta2 * state->second + hyper->oneMinusBeta2 * (g * g));
  state->parameter -= (hyper->stepSize * state->first + hyper->gradientStepSize * g) /
                      (squareRoot(state->second) * hyper->denominatorScale + hyper->epsilon);
}

/* v = mu v + g'; w = w - lr v, or nesterov: w - lr (g' + mu v); without momentum v is g'. */
INLINE void sgd(State *state, f32v g, const Hyper *hyper, const int hasFirst, const int hasThird) {
  (void)hasThird;
  f32v step = g;
  if (hasFirst) {
    state->first = flushed(hyper->beta1 * state->first + g);
    step = hyper->nesterov ? g + hyper->beta1 * state->first : state->first;
  }
  state->parameter -= hyper->stepSize * step;
}

/* v = rho v + (1 - rho) (g' g'); u = g' / (sqrt(v) + eps); momentum: u = mu u_before + u; w = w - lr u. */
INLINE void rmsprop(State *state, f32v g, const Hyper *hyper, const int hasFirst,
                    const int hasThird) {
  (void)hasThird;
  state->second = flushed(hyper->beta2 * state->second + hyper->oneMinusBeta2 * (g * g));
  f32v step = g / (squareRoot(state->second) + hyper->epsilon);
  if (hasFirst) {
    state->first = flushed(hyper->beta1 * state->first + step);
    step = state->first;
  }
  state->parameter -= hyper->stepSize * step;
}

/* v = v + g' g'; w = w - (lr g') / (sqrt(v) + eps). */
INLINE void adagrad(State *state, f32v g, const Hyper *hyper, const int hasFirst,
                    const int hasThird) {
  (void)hasFirst;
  (void)hasThird;
  state->second = flushed(state->second + g * g);
  state->parameter -=
      (hyper->stepSize * g) / (squareRoot(state->second) + hyper->epsilon);
}

/* g' = clamp(g s) + l2 w + l1 sign(w). */
INLINE f32v effectiveGradient(f32v g, f32v parameter, const Hyper *hyper) {
  const f32v zero = {0};
  const f32v bound = splat(hyper->clipValue);
  f32v result = g * hyper->clipScale;
  result = choose(result > bound, bound, result);
  result = choose(result < -bound, -bound, result);
  if (hyper->l2 != 0.0f) result += hyper->l2 * parameter;
  if (hyper->l1 != 0.0f) {
    const f32v one = splat(1.0f);
    const f32v sign = (f32v)(((parameter > zero) & (i32v)one) | ((parameter < zero) & (i32v)-one));
    result += hyper->l1 * sign;
  }
  return result;
}

/* The flat regions of one range; absent ones are null pointers. */
typedef struct {
  float *parameters;
  const float *adjoints;
  float *first;
  float *second;
  float *third;
} Regions;

/* Applies a rule to `count` elements, a multiple of F32V_LANES; regions must not overlap one another. */
INLINE void apply(const Regions *regions, int count, const Hyper *hyper, Rule *rule,
                  const int hasFirst, const int hasSecond, const int hasThird, const int plain) {
  const Regions at = *regions;
  const Hyper local = *hyper;
  for (int i = 0; i < count; i += F32V_LANES) {
    State state = {.parameter = loadVector(at.parameters + i)};
    if (hasFirst) state.first = loadVector(at.first + i);
    if (hasSecond) state.second = loadVector(at.second + i);
    if (hasThird) state.third = loadVector(at.third + i);
    const f32v adjoint = loadVector(at.adjoints + i);
    const f32v g = plain ? adjoint * local.clipScale
                         : effectiveGradient(adjoint, state.parameter, &local);
    if (!plain && local.decay != 0.0f) state.parameter -= local.decay * state.parameter;
    rule(&state, g, &local, hasFirst, hasThird);
    storeVector(at.parameters + i, state.parameter);
    if (hasFirst) storeVector(at.first + i, state.first);
    if (hasSecond) storeVector(at.second + i, state.second);
    if (hasThird) storeVector(at.third + i, state.third);
  }
}

/* Whether only the norm is clipped. The gradient then does not depend on the parameter. */
static int isPlain(const Hyper *hyper) {
  return hyper->clipValue == __builtin_inff() && hyper->l1 == 0.0f && hyper->l2 == 0.0f &&
         hyper->decay == 0.0f;
}

static void applyAdam(const Regions *regions, int count, const Hyper *hyper) {
  if (regions->third) {
    apply(regions, count, hyper, adam, 1, 1, 1, 0);
  } else if (isPlain(hyper)) {
    apply(regions, count, hyper, adam, 1, 1, 0, 1);
  } else {
    apply(regions, count, hyper, adam, 1, 1, 0, 0);
  }
}

static void applySgd(const Regions *regions, int count, const Hyper *hyper) {
  if (regions->first) {
    apply(regions, count, hyper, sgd, 1, 0, 0, 0);
  } else {
    apply(regions, count, hyper, sgd, 0, 0, 0, 0);
  }
}

static void applyRmsprop(const Regions *regions, int count, const Hyper *hyper) {
  if (regions->first) {
    apply(regions, count, hyper, rmsprop, 1, 1, 0, 0);
  } else {
    apply(regions, count, hyper, rmsprop, 0, 1, 0, 0);
  }
}

static void applyAdagrad(const Regions *regions, int count, const Hyper *hyper) {
  apply(regions, count, hyper, adagrad, 0, 1, 0, 0);
}

static void applyNadam(const Regions *regions, int count, const Hyper *hyper) {
  apply(regions, count, hyper, nadam, 1, 1, 0, 0);
}

static void applyVectors(int rule, const Regions *regions, int count, const Hyper *hyper) {
  switch (rule) {
    case RULE_ADAM:
      applyAdam(regions, count, hyper);
      break;
    case RULE_SGD:
      applySgd(regions, count, hyper);
      break;
    case RULE_RMSPROP:
      applyRmsprop(regions, count, hyper);
      break;
    case RULE_NADAM:
      applyNadam(regions, count, hyper);
      break;
    default:
      applyAdagrad(regions, count, hyper);
      break;
  }
}

/* The regions from element `offset` on. */
static Regions regionsAt(const Regions *regions, int offset) {
  return (Regions){
      .parameters = regions->parameters + offset,
      .adjoints = regions->adjoints + offset,
      .first = regions->first ? regions->first + offset : 0,
      .second = regions->second ? regions->second + offset : 0,
      .third = regions->third ? regions->third + offset : 0,
  };
}

/* The last elements, fewer than a vector: through padded copies, by the same code. */
static void applyTail(int rule, const Regions *regions, int count, const Hyper *hyper) {
  float copies[5][F32V_LANES];
  float *const sources[5] = {regions->parameters, (float *)regions->adjoints, regions->first,
                             regions->second, regions->third};
  for (int i = 0; i < 5; i++) {
    if (sources[i]) storeVector(copies[i], loadPartial(sources[i], count));
  }
  const Regions padded = {
      .parameters = copies[0],
      .adjoints = copies[1],
      .first = regions->first ? copies[2] : 0,
      .second = regions->second ? copies[3] : 0,
      .third = regions->third ? copies[4] : 0,
  };
  applyVectors(rule, &padded, F32V_LANES, hyper);
  for (int i = 0; i < 5; i++) {
    if (sources[i] && i != 1) storePartial(sources[i], loadVector(copies[i]), count);
  }
}

/* Applies a rule to elements [from, to). */
static void applyRange(int rule, const Regions *regions, int from, int to, const Hyper *hyper) {
  const int rest = (to - from) % F32V_LANES;
  const Regions start = regionsAt(regions, from);
  applyVectors(rule, &start, to - from - rest, hyper);
  const Regions tail = regionsAt(regions, to - rest);
  if (rest > 0) applyTail(rule, &tail, rest, hyper);
}

/* The scalars of the step; `rateFactor` multiplies all that the learning rate is a factor of, before it is rounded. */
static Hyper hyperOf(const double *scalars, int nesterov, double rateFactor) {
  return (Hyper){
      .clipScale = (float)scalars[SCALAR_CLIP_SCALE],
      .clipValue = (float)scalars[SCALAR_CLIP_VALUE],
      .stepSize = (float)(scalars[SCALAR_STEP_SIZE] * rateFactor),
      .gradientStepSize = (float)(scalars[SCALAR_GRADIENT_STEP_SIZE] * rateFactor),
      .denominatorScale = (float)scalars[SCALAR_DENOMINATOR_SCALE],
      .epsilon = (float)scalars[SCALAR_EPSILON],
      .beta1 = (float)scalars[SCALAR_BETA1],
      .oneMinusBeta1 = (float)scalars[SCALAR_ONE_MINUS_BETA1],
      .beta2 = (float)scalars[SCALAR_BETA2],
      .oneMinusBeta2 = (float)scalars[SCALAR_ONE_MINUS_BETA2],
      .l1 = (float)scalars[SCALAR_L1],
      .l2 = (float)scalars[SCALAR_L2],
      .decay = (float)(scalars[SCALAR_DECAY] * rateFactor),
      .nesterov = nesterov,
  };
}

/*
 * Updates the weights of one layer and packs them while they are in the cache, a panel at a time. `offset` is where
 * the layer's weights begin in the flat regions.
 */
static void applyAndPack(const Run *run, int rule, const Regions *regions, int offset,
                         const Packing *packing, const Hyper *hyper) {
  const Share own = ownShare(run, quadsOf(packing));
  for (int quad = own.from; quad < own.to; quad += PANEL_COLUMNS / QUAD) {
    const int end = quad + PANEL_COLUMNS / QUAD < own.to ? quad + PANEL_COLUMNS / QUAD : own.to;
    const int rows = end * QUAD < packing->fanOut ? end * QUAD : packing->fanOut;
    applyRange(rule, regions, offset + quad * QUAD * packing->fanIn, offset + rows * packing->fanIn,
               hyper);
    packQuads(packing, (Share){quad, end});
  }
}

/* Elements [from, to) of the flat regions, shared by the threads. */
static void applyShare(const Run *run, int rule, const Regions *regions, int from, int to,
                       const Hyper *hyper) {
  const Share own = ownShare(run, to - from);
  applyRange(rule, regions, from + own.from, from + own.to, hyper);
}

/* If packWeights ops follow, one for each layer, this function does their work too. */
void runUpdate(const Run *run, const int32_t *op) {
  const Regions regions = {
      .parameters = tensorAt(run, op[UPDATE_PARAMETERS]),
      .adjoints = tensorAt(run, op[UPDATE_ADJOINTS]),
      .first = tensorAt(run, op[UPDATE_FIRST_MOMENTS]),
      .second = tensorAt(run, op[UPDATE_SECOND_MOMENTS]),
      .third = tensorAt(run, op[UPDATE_THIRD_MOMENTS]),
  };
  Hyper hyper = hyperOf(run->scalars, op[UPDATE_NESTEROV], floatAt(op + UPDATE_RATE_FACTOR));
  const int rule = op[UPDATE_RULE];
  const int weights = op[UPDATE_WEIGHT_COUNT];
  const int32_t *next = op + op[OP_LENGTH];
  if (next[OP_KIND] != OP_PACK_WEIGHTS) applyShare(run, rule, &regions, 0, weights, &hyper);
  for (; next[OP_KIND] == OP_PACK_WEIGHTS; next += next[OP_LENGTH]) {
    const Packing packing = packingAt(run, next);
    const int offset = (int)(packing.weight - regions.parameters);
    applyAndPack(run, rule, &regions, offset, &packing, &hyper);
  }
  hyper.l1 = 0.0f;
  hyper.l2 = 0.0f;
  hyper.decay = 0.0f;
  applyShare(run, rule, &regions, weights, op[UPDATE_SIZE], &hyper);
}
