/*
 * One row for each build. compile/instruction-sets.mjs says what a build is compiled with; the processor's features that are
 * asked for here must be the same.
 */
#include "instruction-sets.h"

#define DECLARE(set)                          \
  __typeof__(run) run_##set;                  \
  __typeof__(work) work_##set;                \
  __typeof__(teamStart) teamStart_##set;      \
  __typeof__(teamStop) teamStop_##set;        \
  __typeof__(scratchBytes) scratchBytes_##set;  \
  __typeof__(useCache) useCache_##set;

#define ROW(set) \
  { #set, run_##set, work_##set, teamStart_##set, teamStop_##set, scratchBytes_##set, useCache_##set }

#if defined(__x86_64__)

DECLARE(avx512)
DECLARE(avx2)
DECLARE(baseline)

static const Kernels BUILDS[] = {ROW(avx512), ROW(avx2), ROW(baseline)};

int isFusing(int index) {
  __builtin_cpu_init();
  switch (index) {
    case 0:
      return isRunnable(0);
    case 1:
      return isRunnable(1) && __builtin_cpu_supports("fma");
    default:
      return 0;
  }
}

int isRunnable(int index) {
  __builtin_cpu_init();
  switch (index) {
    case 0:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    case 1:
      return __builtin_cpu_supports("avx2");
    default:
      return 1;
  }
}

#elif defined(__aarch64__)

DECLARE(neon)

static const Kernels BUILDS[] = {ROW(neon)};

int isRunnable(int index) { return index >= 0; }

int isFusing(int index) { return index >= 0; }

#else

DECLARE(baseline)

static const Kernels BUILDS[] = {ROW(baseline)};

int isRunnable(int index) { return index >= 0; }

int isFusing(int index) { return index < 0; }

#endif

int buildCount(void) { return (int)(sizeof BUILDS / sizeof BUILDS[0]); }

const Kernels *buildAt(int index) { return &BUILDS[index]; }
