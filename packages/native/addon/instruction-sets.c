/*
 * One row a build. What a build is compiled with stands in compile/instruction-sets.mjs; the features asked for here
 * are the same.
 */
#include "instruction-sets.h"

#define DECLARE(set)                                                                             \
  void run_##set(const int32_t *table, double *scalars, char *arena, float *scratch, Team *team); \
  void work_##set(Team *team, int thread);                                                       \
  void teamStart_##set(Team *team, int threads, int spins);                                      \
  void teamStop_##set(Team *team, int threads);                                                  \
  int scratchBytes_##set(void);

#define ROW(set) \
  { #set, run_##set, work_##set, teamStart_##set, teamStop_##set, scratchBytes_##set }

#if defined(__x86_64__)

DECLARE(avx512)
DECLARE(avx2)
DECLARE(baseline)

static const Kernels BUILDS[] = {ROW(avx512), ROW(avx2), ROW(baseline)};

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

#else

DECLARE(baseline)

static const Kernels BUILDS[] = {ROW(baseline)};

int isRunnable(int index) { return index >= 0; }

#endif

int buildCount(void) { return (int)(sizeof BUILDS / sizeof BUILDS[0]); }

const Kernels *buildAt(int index) { return &BUILDS[index]; }
