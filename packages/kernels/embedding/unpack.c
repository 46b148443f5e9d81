/*
 * Unpacks the module of the kernels, which is embedded as an arithmetic code. Under gzip the module takes 15.2 KB of a
 * bundle; packed it takes 9.2 KB, and this file, as a separate module, 1.0 KB. It is written in C because JavaScript that
 * runs only once is slow (41 ms instead of 20), and because packing and unpacking must agree on every bit of every
 * probability: the build packs with this same file, compiled with -DPACKER.
 *
 * The model is made for WebAssembly, but it can pack any bytes. Seven contexts each remember the last seven bits that
 * followed them. For each such memory a guess is learned, and weights combine the seven guesses to the logit of the next
 * bit: a network of two layers that takes one step of gradient descent for each bit. One more context would save 0.1 KB and
 * take 3 ms more at every start.
 *
 * Source: Mahoney 2005, "Adaptive weighing of context models for lossless data compression".
 */
#include <stdint.h>

#define CONTEXTS 7
#define MEMORIES (1 << 22)

#define GUESS_RATE 0.35f
#define WEIGHT_RATE 0.015f
#define FIRST_WEIGHT 0.32f

/* Beyond it a probability is too near to 0 or 1 to be coded. */
#define MAXIMUM_LOGIT 11.0f

/* Instructions are numbered by their byte; those with the SIMD prefix by the byte after it, from 256 on. */
#define INSTRUCTIONS 512
#define SIMD_PREFIX 0xfd

/* The operands that are left of an instruction, -16 to 3, modulo this. */
#define PLACES 32

/* How many instructions back a context looks. */
#define HISTORY 8

/*
 * The operands of the instructions, by ranges that follow one another from 0 on: the number of LEB128 numbers, or of bytes
 * if negative. A wrong number (br_table has no fixed number) only makes the code longer.
 */
static const struct {
  uint8_t length;
  int8_t operands;
} OPERANDS[] = {
  {2, 0},                    /* unreachable, nop */
  {3, 1}, {7, 0},            /* block, loop, if; else, end */
  {2, 1}, {2, 0},            /* br, br_if; br_table, return */
  {1, 1}, {15, 0},           /* call */
  {5, 1}, {3, 0},            /* local.get to global.set */
  {23, 2},                   /* i32.load to i64.store32 */
  {4, 1}, {1, -4}, {1, -8},  /* memory.size to i64.const; f32.const; f64.const */
  {184, 0},                  /* arithmetic */
  {1, 1},                    /* the SIMD prefix */
  {1, 3}, {1, 0},            /* the prefix of the atomics */
  {12, 2}, {2, -16}, {7, 0}, /* v128.load to v128.store; v128.const, i8x16.shuffle; splats */
  {14, 1}, {49, 0},          /* lanes; comparisons, bits */
  {8, 3}, {2, 2}, {34, 0},   /* lanes in memory; v128.load32_zero; arithmetic */
  {255, 1},                  /* arithmetic with a number of two bytes, the second of which is no news */
};

/* Small things first, so that their addresses are short. */
static struct {
  uint64_t range;
  uint64_t offset;
  /* The bits of the current byte that are known, after a leading 1. */
  uint32_t bits;
  /* The bytes before it, the last one lowest. */
  uint32_t bytes;
  int instruction;
  int operandsLeft;
  int place;
  int instructionCount;
  uint16_t history[HISTORY];
  uint32_t contexts[CONTEXTS];
  /* The bits after a context, after a leading 1, in the byte of it and of the current bits; 0 if there are none. */
  uint8_t *memory[CONTEXTS];
  float guesses[CONTEXTS][256];
  float weights[INSTRUCTIONS * PLACES][CONTEXTS];
  uint8_t lastOperand[INSTRUCTIONS * PLACES];
  uint8_t memories[MEMORIES + 256];
} state;

static uint32_t hash(uint32_t start, uint32_t value) { return (start + value + 1) * 0x9e3779b1u; }

static void beginByte(void) {
  state.bits = 1;
  state.place = state.instruction * PLACES + (uint32_t)state.operandsLeft % PLACES;
  const int operand = state.lastOperand[state.place];
  uint32_t instructions = hash(0, state.operandsLeft);
  state.contexts[0] = instructions;
  for (int length = 1; length <= HISTORY; length++) {
    instructions = hash(instructions, state.history[(state.instructionCount - length) % HISTORY]);
    if (length == 1) state.contexts[1] = hash(instructions, operand);
    if (length == 2) state.contexts[2] = hash(instructions, state.bytes >> 16 & 0xff);
    if (length == 4) state.contexts[3] = hash(instructions, operand);
  }
  state.contexts[4] = instructions;
  state.contexts[5] = hash(0, state.bytes & 0xff);
  state.contexts[6] = hash(0, state.bytes & 0xffff);
}

/* Whether the next bit is 1: of the logit 0 to 11, e^-x as (1 - x/256)^256, which every machine computes alike. */
static float predict(void) {
  float logit = 0;
  for (int i = 0; i < CONTEXTS; i++) {
    /* The memory is found by hash and not checked for collisions; half as many memories would cost 0.1 KB. */
    uint8_t *memory = &state.memories[hash(state.contexts[i], i) % MEMORIES + state.bits];
    state.memory[i] = memory;
    logit += state.guesses[i][*memory] * (state.weights[state.place][i] + FIRST_WEIGHT);
  }
  if (logit > MAXIMUM_LOGIT) logit = MAXIMUM_LOGIT;
  if (logit < -MAXIMUM_LOGIT) logit = -MAXIMUM_LOGIT;
  float odds = 1 - logit / 256;
  for (int i = 0; i < 8; i++) odds *= odds;
  return 1 / (1 + odds);
}

static void learn(int bit, float probability) {
  const float error = bit - probability;
  for (int i = 0; i < CONTEXTS; i++) {
    uint8_t *memory = state.memory[i];
    float *guess = &state.guesses[i][*memory];
    float *weight = &state.weights[state.place][i];
    const float weightBar = error * *guess;
    *guess += GUESS_RATE * error * (*weight + FIRST_WEIGHT);
    *weight += WEIGHT_RATE * weightBar;
    const int longer = (*memory == 0 ? 1 : *memory) * 2 + bit;
    *memory = longer < 256 ? longer : longer % 128 + 128;
  }
  state.bits = state.bits * 2 + bit;
}

static void endByte(void) {
  const int byte = state.bits % 256;
  state.bytes = state.bytes << 8 | byte;
  if (state.operandsLeft == 0 || state.instruction == SIMD_PREFIX) {
    state.instruction = state.instruction == SIMD_PREFIX ? 256 + byte : byte;
    int range = 0;
    for (int next = OPERANDS[0].length; next <= state.instruction; next += OPERANDS[range].length) range++;
    state.operandsLeft = OPERANDS[range].operands;
    if (state.instruction != SIMD_PREFIX) {
      state.history[state.instructionCount++ % HISTORY] = state.instruction;
    }
  } else {
    state.lastOperand[state.place] = byte;
    if (state.operandsLeft < 0) state.operandsLeft++;
    else if (byte < 128) state.operandsLeft--;
  }
}

#ifdef PACKER
/* The packer knows the bits. */
int decide(float probability);
#else
/* Six bits of the code. */
uint32_t readDigit(void);

static int decide(float probability) {
  while (state.range < 1ull << 32) {
    state.range = (state.range == 0 ? 1 : state.range) * 64;
    state.offset = state.offset * 64 + readDigit();
  }
  const uint64_t bound = (uint64_t)((double)state.range * (double)probability);
  const int bit = state.offset < bound;
  state.offset -= bit ? 0 : bound;
  state.range = bit ? bound : state.range - bound;
  return bit;
}
#endif

/* The next byte of the module. */
__attribute__((export_name("next"))) int next(void) {
  beginByte();
  do {
    const float probability = predict();
    learn(decide(probability), probability);
  } while (state.bits < 256);
  endByte();
  return state.bits % 256;
}
