/*
 * Workers are started when a job first needs them, and sleep between jobs. They run the build of the kernels that
 * started them. If a process changes its instruction set, as tests do, it gets new workers.
 */
#define _GNU_SOURCE
#include "pool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__APPLE__)
#include <sys/sysctl.h>
#endif

#include "rounding.h"

#define ALIGNMENT 64

/*
 * Polls before a waiting thread sleeps, each of 15 to 60 ns: longer than the host needs between two phases of a step, and so
 * short that a thread that waits for one without a processor soon leaves its own processor to others.
 */
#define SPINS 2000

typedef struct {
  Team *team;
  const Kernels *kernels;
  int thread;
} Worker;

/* Whoever holds `busy` owns the rest. */
static struct {
  int busy;
  const Kernels *kernels;
  Team *team;
  /* The number of threads, including the caller; 0 and 1 mean that there are no workers. */
  int threads;
  pthread_t handles[MOST_THREADS];
  Worker workers[MOST_THREADS];
  float *scratch;
  /* The processor that the workers are kept off, or -1. */
  int callersProcessor;
} pool = {.callersProcessor = -1};

/* Environments, and the lock of their number. */
static pthread_mutex_t environmentsLock = PTHREAD_MUTEX_INITIALIZER;
static int environments;

int processorCount(void) {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  const long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (int)online : 1;
}

/* Bytes of the second cache of a processor; 0 if the system does not say. */
static long secondCacheBytes(void) {
#if defined(_SC_LEVEL2_CACHE_SIZE)
  return sysconf(_SC_LEVEL2_CACHE_SIZE);
#elif defined(__APPLE__)
  int64_t bytes = 0;
  size_t size = sizeof bytes;
  return sysctlbyname("hw.l2cachesize", &bytes, &size, 0, 0) == 0 ? (long)bytes : 0;
#else
  return 0;
#endif
}

void describeCaches(void) {
  const long bytes = secondCacheBytes();
  for (int i = 0; i < buildCount(); i++) {
    if (bytes > 0 && bytes <= INT32_MAX) buildAt(i)->useCache((int)bytes);
  }
}

size_t ownScratchBytes(void) {
  size_t most = 0;
  for (int i = 0; i < buildCount(); i++) {
    const size_t bytes = (size_t)buildAt(i)->scratchBytes();
    if (bytes > most) most = bytes;
  }
  return most;
}

static void *live(void *argument) {
  const Worker *worker = argument;
  setPlainRounding();
  worker->kernels->work(worker->team, worker->thread);
  return 0;
}

/* Ends the workers. The caller owns the pool. */
static void dismissWorkers(void) {
  if (pool.threads > 1) {
    pool.kernels->teamStop(pool.team, pool.threads);
    for (int thread = 1; thread < pool.threads; thread++) pthread_join(pool.handles[thread], 0);
  }
  free(pool.team);
  free(pool.scratch);
  pool.team = 0;
  pool.scratch = 0;
  pool.threads = 0;
}

/* Starts one worker with every signal blocked: signals are the host's. */
static int startWorker(int thread) {
  Worker *worker = &pool.workers[thread];
  *worker = (Worker){pool.team, pool.kernels, thread};
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const int fault = pthread_create(&pool.handles[thread], 0, live, worker);
  pthread_sigmask(SIG_SETMASK, &before, 0);
  return fault;
}

/*
 * Keeps the workers off the caller's processor. A scheduler likes to wake a thread where its waker runs; two that poll
 * for each other on one processor then lose a millisecond a step. The caller owns the pool.
 */
static void makeRoomForCaller(void) {
#if defined(__linux__)
  const int processor = sched_getcpu();
  if (processor == pool.callersProcessor) return;
  pool.callersProcessor = processor;
  cpu_set_t set;
  if (processor < 0 || sched_getaffinity(0, sizeof set, &set) != 0 || CPU_COUNT(&set) < 2) return;
  CPU_CLR(processor, &set);
  for (int thread = 1; thread < pool.threads; thread++) {
    pthread_setaffinity_np(pool.handles[thread], sizeof set, &set);
  }
#endif
}

/* A team of up to `threads` threads, or fewer if the system refuses more. The caller owns the pool. */
static int recruit(const Kernels *kernels, int threads) {
  if (pool.kernels == kernels && pool.threads >= threads) return threads;
  const int wanted = pool.kernels == kernels && pool.threads > threads ? pool.threads : threads;
  dismissWorkers();
  pool.kernels = kernels;
  pool.team = aligned_alloc(ALIGNMENT, sizeof(Team));
  pool.scratch = aligned_alloc(ALIGNMENT, (size_t)wanted * (size_t)kernels->scratchBytes());
  if (pool.team == 0 || pool.scratch == 0) {
    dismissWorkers();
    return 1;
  }
  memset(pool.team, 0, sizeof(Team));
  pool.threads = 1;
  pool.callersProcessor = -1;
  while (pool.threads < wanted && startWorker(pool.threads) == 0) pool.threads++;
  return pool.threads < threads ? pool.threads : threads;
}

void runJob(const Job *job, int threads, float *scratch) {
  const uint64_t rounding = setPlainRounding();
  Team *team = 0;
  int taken = 0;
  if (threads > 1 && __atomic_exchange_n(&pool.busy, 1, __ATOMIC_ACQUIRE) == 0) {
    taken = 1;
    const int there = recruit(job->kernels, threads < MOST_THREADS ? threads : MOST_THREADS);
    if (there > 1) {
      static int processors;
      if (processors == 0) processors = processorCount();
      team = pool.team;
      scratch = pool.scratch;
      if (there <= processors) makeRoomForCaller();
      job->kernels->teamStart(team, there, there > processors ? 0 : SPINS);
    }
  }
  job->kernels->run(job->table, job->scalars, job->arena, scratch, team);
  if (taken) __atomic_store_n(&pool.busy, 0, __ATOMIC_RELEASE);
  restoreRounding(rounding);
}

void openPool(void) {
  pthread_mutex_lock(&environmentsLock);
  environments++;
  pthread_mutex_unlock(&environmentsLock);
}

void closePool(void) {
  pthread_mutex_lock(&environmentsLock);
  /* This is the last environment, so no other thread can hold the pool. */
  if (--environments == 0) dismissWorkers();
  pthread_mutex_unlock(&environmentsLock);
}
