/*
 * Tests what the thread pool of the addon must leave to its host. After a run the floating point state of the host is
 * restored, the kernels see the default state on every thread, and no signal is delivered to a worker. The program prints a
 * line for each fault.
 *
 * Compiled with pool.c and team.c by pool-manners.test.ts. Functions that inspect their thread replace the kernels.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>

#include "pool.h"
#include "rounding.h"

#define THREADS 3

/* In the state FLUSHING, subnormal numbers become zero. A host may have set it, but the kernels must not compute in it. */
#if defined(__x86_64__)
#define PLAIN 0x1f80u
#define FLUSHING 0x9fc0u
#elif defined(__aarch64__)
#define PLAIN 0u
#define FLUSHING (1u << 24)
#else
#define PLAIN 0u
#define FLUSHING 0u
#endif

/* Returns the floating point state of this thread. */
static uint64_t stateNow(void) {
  const uint64_t now = setPlainRounding();
  restoreRounding(now);
  return now;
}

static int wrongStates;
static int openSignals;
static int workersSeen;

static void lookAround(int isWorker) {
  sigset_t blocked;
  pthread_sigmask(SIG_BLOCK, 0, &blocked);
  const int isOpen = !sigismember(&blocked, SIGINT) || !sigismember(&blocked, SIGTERM) ||
                     !sigismember(&blocked, SIGCHLD);
  if (stateNow() != PLAIN) __atomic_fetch_add(&wrongStates, 1, __ATOMIC_SEQ_CST);
  if (isWorker && isOpen) __atomic_fetch_add(&openSignals, 1, __ATOMIC_SEQ_CST);
  if (isWorker) __atomic_fetch_add(&workersSeen, 1, __ATOMIC_SEQ_CST);
}

static void lookingRun(const int32_t *table, double *scalars, char *arena, float *scratch,
                       Team *team) {
  (void)table, (void)scalars, (void)arena, (void)scratch;
  if (team) callWorkers(team);
  lookAround(0);
  /* Each worker is called once. */
  while (team && __atomic_load_n(&workersSeen, __ATOMIC_SEQ_CST) < THREADS - 1) sched_yield();
}

static void lookingWork(Team *team, int thread) {
  for (int32_t ticket = 0; awaitJob(team, thread, &ticket);) lookAround(1);
}

static int lookingScratch(void) { return 64; }

static const Kernels LOOKING = {"looking", lookingRun,  lookingWork,
                                teamStart, teamStop, lookingScratch};

int buildCount(void) { return 1; }

const Kernels *buildAt(int index) {
  (void)index;
  return &LOOKING;
}

int main(void) {
  static float scratch[16];
  const Job job = {&LOOKING, 0, 0, 0};
  openPool();
  for (int threads = 1; threads <= THREADS; threads += THREADS - 1) {
    restoreRounding(FLUSHING);
    runJob(&job, threads, scratch);
    if (stateNow() != FLUSHING) printf("%d threads: the host's floating point state is lost\n", threads);
    restoreRounding(PLAIN);
  }
  sigset_t blocked;
  pthread_sigmask(SIG_BLOCK, 0, &blocked);
  if (sigismember(&blocked, SIGINT)) printf("the caller's signals stay blocked\n");
  if (workersSeen != THREADS - 1) printf("%d workers took part\n", workersSeen);
  if (wrongStates > 0) printf("%d threads computed in the host's floating point state\n", wrongStates);
  if (openSignals > 0) printf("%d workers may get the host's signals\n", openSignals);
  closePool();
  return 0;
}
