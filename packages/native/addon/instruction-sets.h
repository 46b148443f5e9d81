/*
 * The builds of the kernels that are linked in, and which of them this processor runs.
 */
#ifndef VINCULUM_INSTRUCTION_SETS_H
#define VINCULUM_INSTRUCTION_SETS_H

#include <stddef.h>

#include "entries.h"

/* One build of the kernels: its name and its entries, which have the types of entries.h. */
typedef struct {
  const char *name;
  __typeof__(run) *run;
  __typeof__(work) *work;
  __typeof__(teamStart) *teamStart;
  __typeof__(teamStop) *teamStop;
  __typeof__(scratchBytes) *scratchBytes;
  __typeof__(useCache) *useCache;
} Kernels;

/* How many builds there are. */
int buildCount(void);

/* Build `index`, the fastest first. */
const Kernels *buildAt(int index);

/* Whether this processor, and the system on it, run a build. */
int isRunnable(int index);

/* Whether this processor runs the fused tiles of a build, and the build has them. */
int isFusing(int index);

#endif
