/*
 * How the threads of a team wait for one another: at the barrier within a job, and for the next job. run.c says what they do
 * in a job.
 */
#include "team.h"

#include "entries.h"
#include "waiting.h"

/* After this many polls a thread yields, because the thread for which it waits may need its processor. */
#define POLLS_BETWEEN_YIELDS 256

/* Waits until *word is no longer `value`, or the team is stopped: polls first, then sleeps. */
static void await(Team *team, int32_t *word, int32_t value) {
  for (int turn = team->spins; turn > 0; turn--) {
    if (__atomic_load_n(word, __ATOMIC_ACQUIRE) != value) return;
    pauseBriefly();
    if (turn % POLLS_BETWEEN_YIELDS == 0) yieldToOthers();
  }
  __atomic_fetch_add(&team->sleepers, 1, __ATOMIC_SEQ_CST);
  while (__atomic_load_n(word, __ATOMIC_SEQ_CST) == value &&
         !__atomic_load_n(&team->stopped, __ATOMIC_SEQ_CST)) {
    sleepWhile(word, value);
  }
  __atomic_fetch_sub(&team->sleepers, 1, __ATOMIC_SEQ_CST);
}

/* Changes *word and wakes the threads that sleep on it. */
static void advance(Team *team, int32_t *word) {
  __atomic_fetch_add(word, 1, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&team->sleepers, __ATOMIC_SEQ_CST) > 0) wakeAll(word);
}

void meet(Team *team) {
  /* Read before the arrival: once all have arrived, the host may start the next job with another number of threads. */
  const int32_t threads = team->threads;
  const int32_t generation = __atomic_load_n(&team->generation, __ATOMIC_ACQUIRE);
  if (__atomic_add_fetch(&team->arrived, 1, __ATOMIC_ACQ_REL) == threads) {
    __atomic_store_n(&team->arrived, 0, __ATOMIC_RELAXED);
    advance(team, &team->generation);
  } else {
    await(team, &team->generation, generation);
  }
}

void callWorkers(Team *team) {
  for (int thread = 1; thread < team->threads; thread++) {
    advance(team, &team->mailboxes[thread].ticket);
  }
}

int awaitJob(Team *team, int thread, int32_t jobs) {
  await(team, &team->mailboxes[thread].ticket, jobs);
  return !__atomic_load_n(&team->stopped, __ATOMIC_SEQ_CST);
}

int teamBytes(void) { return (int)sizeof(Team); }

int mostThreads(void) { return MOST_THREADS; }

void teamStart(Team *team, int threads, int spins) {
  team->threads = threads;
  team->spins = spins;
}

void teamStop(Team *team, int threads) {
  __atomic_store_n(&team->stopped, 1, __ATOMIC_SEQ_CST);
  for (int thread = 1; thread < threads; thread++) advance(team, &team->mailboxes[thread].ticket);
  wakeAll(&team->generation);
}
