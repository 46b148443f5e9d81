/*
 * The threads that walk one op table together. Every thread computes its share of the output elements of each op, and
 * meets the others at a barrier if the next op needs the whole output. The sum of an element is never split between
 * threads, so the number of threads does not change a result.
 *
 * A waiting thread polls `spins` times and then sleeps in the kernel of the system (futex, memory.atomic.wait32):
 * the pauses between the ops of a step are shorter than going to sleep and waking up, the pauses between two runs
 * are longer. With more threads than processors the host sets `spins` to 0, because a polling thread could prevent
 * the thread for which it waits from running.
 */
#ifndef VINCULUM_TEAM_H
#define VINCULUM_TEAM_H

#include <stdint.h>

#define CACHE_LINE _Alignas(64)

/* The most threads of a team. */
#define MOST_THREADS 256

/* A word that one thread waits on, with a cache line to itself. */
typedef struct {
  CACHE_LINE int32_t ticket;
} Mailbox;

/* What the threads of a team share; zeroed memory is a team that was not started. */
typedef struct Team {
  /* Of each worker: its ticket counts the jobs it takes part in; it runs the next one when that changes. */
  Mailbox mailboxes[MOST_THREADS];
  /* Threads that wait asleep, in `meet` or for a job. */
  CACHE_LINE int32_t sleepers;
  /* The barrier: how many are there, and which one it is. */
  CACHE_LINE int32_t arrived;
  CACHE_LINE int32_t generation;
  CACHE_LINE int32_t threads;
  int32_t spins;
  int32_t stopped;
  /* The job. */
  const int32_t *table;
  double *scalars;
  char *arena;
  /* Of thread 0; the others' follow. */
  float *scratch;
} Team;

/* The units of work [from, to) of one thread. */
typedef struct {
  int from;
  int to;
} Share;

/* A fair share of `count` units for `thread` of `threads`. */
static inline Share shareOf(int count, int thread, int threads) {
  const int each = count / threads;
  const int more = count % threads;
  const int from = thread * each + (thread < more ? thread : more);
  return (Share){from, from + each + (thread < more)};
}

/* Waits until every thread of the team has called it; what they wrote before the call is seen by all after it. */
void meet(Team *team);

/* Tells the workers that there is a new job; the caller has written it into the team. */
void callWorkers(Team *team);

/* Waits until worker `thread` has been called more than `jobs` times. Returns 0 once the team is stopped. */
int awaitJob(Team *team, int thread, int32_t jobs);

#endif
