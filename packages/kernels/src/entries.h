/*
 * The functions that a host calls: the exports of the WebAssembly module, and what the native addon knows of each build.
 * The builds read their names from here.
 */
#ifndef VINCULUM_ENTRIES_H
#define VINCULUM_ENTRIES_H

#include <stdint.h>

#include "team.h"

/*
 * Runs the ops of `table` in order, with the caller as thread 0 of `team`, or on the caller's thread alone where `team` is a
 * null pointer.
 *
 * scalars: SCALAR_COUNT doubles, 8-byte aligned; inputs are read, results written.
 * arena:   the tensors, 64-byte aligned.
 * scratch: scratchBytes() bytes for each thread, 64-byte aligned, overwritten.
 */
void run(const int32_t *table, double *scalars, char *arena, float *scratch, Team *team);

/* Says how large the second cache of this processor is; without this it is taken to be 1 MiB. It changes no result. */
void useCache(int bytes);

/* Bytes of scratch that a caller of `run` provides for each thread. */
int scratchBytes(void);

/* Bytes of a team; the host provides them zeroed and 64-byte aligned. */
int teamBytes(void);

/* The most threads of a team. */
int mostThreads(void);

/* How many threads may take part in the jobs to come, the caller of `run` included. A worker that has not started yet misses nothing. */
void teamStart(Team *team, int threads, int spins);

/* The life of worker `thread`, 1 or more: takes part in every job of the team, and returns after teamStop. */
void work(Team *team, int thread);

/*
 * Lets the first `threads` - 1 workers go. If a job is running, because one of its workers was lost, the others leave it
 * unfinished.
 */
void teamStop(Team *team, int threads);

#endif
