/*
 * The builds of the kernels that are linked in, and which of them this processor runs.
 */
#ifndef VINCULUM_INSTRUCTION_SETS_H
#define VINCULUM_INSTRUCTION_SETS_H

#include <stddef.h>

#include "team.h"

/* One build of the kernels: the entries of run.c and team.c. */
typedef struct {
  const char *name;
  void (*run)(const int32_t *table, double *scalars, char *arena, float *scratch, Team *team);
  void (*work)(Team *team, int thread);
  void (*teamStart)(Team *team, int threads, int spins);
  void (*teamStop)(Team *team, int threads);
  int (*scratchBytes)(void);
} Kernels;

/* How many builds there are. */
int buildCount(void);

/* Build `index`, the fastest first. */
const Kernels *buildAt(int index);

/* Whether this processor, and the system on it, run a build. */
int isRunnable(int index);

#endif
