/*
 * The threads of the process: one pool behind a lock, whatever the number of Node environments (worker threads) that
 * use it. A caller that finds it busy runs on its own thread, with the same bits.
 */
#ifndef VINCULUM_POOL_H
#define VINCULUM_POOL_H

#include "instruction-sets.h"

/* One phase of one program. */
typedef struct {
  const Kernels *kernels;
  const int32_t *table;
  double *scalars;
  char *arena;
} Job;

/* Processors that this process may run on. */
int processorCount(void);

/* Runs a job on up to `threads` threads, or only on the caller's thread, which then uses `scratch`. */
void runJob(const Job *job, int threads, float *scratch);

/* Tells every build how large the second cache of this processor is, if the system says it. */
void describeCaches(void);

/* The largest scratch of any runnable build, in bytes. */
size_t ownScratchBytes(void);

/* An environment begins or ends to use the pool; the last one that ends takes the threads with it. */
void openPool(void);
void closePool(void);

#endif
