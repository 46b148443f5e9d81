/*
 * Rungs of the update: element by element, then in vectors. The kernel that ships updates panel by panel and packs each while
 * it is in the cache; the rungs pack all weights afterwards, by the packing kernel that ships. The rules are Adam, and SGD
 * with momentum, with clipping by norm but without penalty and decay, because most runs are like this.
 */
#include "rungs.h"

#define SMALLEST_NORMAL_F32 1.17549435082228750797e-38f

/* The regions and the scalars of a step, each rounded to float32 once. */
typedef struct {
  int rule;
  int size;
  float *parameters;
  const float *adjoints;
  float *first;
  float *second;
  float clipScale;
  float stepSize;
  float denominatorScale;
  float epsilon;
  float beta1;
  float oneMinusBeta1;
  float beta2;
  float oneMinusBeta2;
} Step;

static Step stepOf(const Run *run, const int32_t *op) {
  const double *scalars = run->scalars;
  return (Step){
      .rule = op[UPDATE_RULE],
      .size = op[UPDATE_SIZE],
      .parameters = tensorAt(run, op[UPDATE_PARAMETERS]),
      .adjoints = tensorAt(run, op[UPDATE_ADJOINTS]),
      .first = tensorAt(run, op[UPDATE_FIRST_MOMENTS]),
      .second = tensorAt(run, op[UPDATE_SECOND_MOMENTS]),
      .clipScale = (float)scalars[SCALAR_CLIP_SCALE],
      .stepSize = (float)scalars[SCALAR_STEP_SIZE],
      .denominatorScale = (float)scalars[SCALAR_DENOMINATOR_SCALE],
      .epsilon = (float)scalars[SCALAR_EPSILON],
      .beta1 = (float)scalars[SCALAR_BETA1],
      .oneMinusBeta1 = (float)scalars[SCALAR_ONE_MINUS_BETA1],
      .beta2 = (float)scalars[SCALAR_BETA2],
      .oneMinusBeta2 = (float)scalars[SCALAR_ONE_MINUS_BETA2],
  };
}

static float flushed(float moment) {
  return __builtin_fabsf(moment) < SMALLEST_NORMAL_F32 ? 0.0f : moment;
}

static void plainElement(const Step *step, int i) {
  const float g = step->adjoints[i] * step->clipScale;
  if (step->rule == RULE_SGD) {
    step->first[i] = flushed(step->beta1 * step->first[i] + g);
    step->parameters[i] -= step->stepSize * step->first[i];
    return;
  }
  step->first[i] = flushed(step->beta1 * step->first[i] + step->oneMinusBeta1 * g);
  step->second[i] = flushed(step->beta2 * step->second[i] + step->oneMinusBeta2 * (g * g));
  step->parameters[i] -= (step->stepSize * step->first[i]) /
                         (__builtin_sqrtf(step->second[i]) * step->denominatorScale + step->epsilon);
}

INLINE f32v flushedVector(f32v moment) {
  return choose(absolute(moment) < SMALLEST_NORMAL_F32, splat(0.0f), moment);
}

/* Updates one vector of each region. The rule is a constant at each call, so that the compiler removes the other rules. */
INLINE void vectorElements(const Step *step, int i, const int rule) {
  const f32v g = loadVector(step->adjoints + i) * step->clipScale;
  f32v first = step->beta1 * loadVector(step->first + i);
  f32v move;
  if (rule == RULE_SGD) {
    first = flushedVector(first + g);
    move = step->stepSize * first;
  } else {
    const f32v second =
        flushedVector(step->beta2 * loadVector(step->second + i) + step->oneMinusBeta2 * (g * g));
    storeVector(step->second + i, second);
    first = flushedVector(first + step->oneMinusBeta1 * g);
    move = (step->stepSize * first) /
           (squareRoot(second) * step->denominatorScale + step->epsilon);
  }
  storeVector(step->first + i, first);
  storeVector(step->parameters + i, loadVector(step->parameters + i) - move);
}

RUNG(plainUpdate) {
  const Step step = stepOf(run, op);
  for (int i = 0; i < step.size; i++) plainElement(&step, i);
  runShipped(run, opAfter(op));
}

INLINE void vectorRule(const Run *run, const int32_t *op, const int rule) {
  const Step step = stepOf(run, op);
  int i = 0;
  for (; i + F32V_LANES <= step.size; i += F32V_LANES) vectorElements(&step, i, rule);
  for (; i < step.size; i++) plainElement(&step, i);
  runShipped(run, opAfter(op));
}

RUNG(vectorUpdate) {
  if (op[UPDATE_RULE] == RULE_SGD) {
    vectorRule(run, op, RULE_SGD);
  } else {
    vectorRule(run, op, RULE_ADAM);
  }
}

/* First the update that ships, then the packing that ships. */
RUNG(separateUpdate) {
  int32_t alone[UPDATE_SIZE + 2] = {0};
  for (int word = 0; word < op[OP_LENGTH]; word++) alone[word] = op[word];
  alone[op[OP_LENGTH]] = OP_END;
  runShipped(run, alone);
  runShipped(run, opAfter(op));
}
