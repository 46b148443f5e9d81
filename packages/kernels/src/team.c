/*
 * The barrier of a team, and the life of its workers.
 */
#include "team.h"

#include "kernels.h"
#include "waiting.h"

/* A thread that shares its processor with the one it waits for lets that run after so many polls. */
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

/* Changes *word; whoever sleeps on it wakes. */
static void advance(Team *team, int32_t *word) {
  __atomic_fetch_add(word, 1, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&team->sleepers, __ATOMIC_SEQ_CST) > 0) wakeAll(word);
}

void meet(Team *team) {
  const int32_t generation = __atomic_load_n(&team->generation, __ATOMIC_ACQUIRE);
  if (__atomic_add_fetch(&team->arrived, 1, __ATOMIC_ACQ_REL) == team->threads) {
    __atomic_store_n(&team->arrived, 0, __ATOMIC_RELAXED);
    advance(team, &team->generation);
  } else {
    await(team, &team->generation, generation);
  }
}

/* Walks the job's table as one of its threads; all are done when it returns. */
static void join(Team *team, int thread) {
  const Run state = {
      .arena = team->arena,
      .scalars = team->scalars,
      .scratch = team->scratch + (uintptr_t)thread * SCRATCH_FLOATS,
      .rows = (int)team->scalars[SCALAR_ROWS],
      .thread = thread,
      .threads = team->threads,
      .team = team,
  };
  walk(&state, team->table);
  meet(team);
}

/* Bytes of a team; the host provides them zeroed and 64-byte aligned. */
int teamBytes(void) { return (int)sizeof(Team); }

/* How many threads take part in the jobs to come, the caller of `run` included. All of them must be there. */
void teamStart(Team *team, int threads, int spins) {
  team->threads = threads;
  team->spins = spins;
}

/* The life of worker `thread`, 1 or more: runs every job of a team of so many threads, returns after teamStop. */
void work(Team *team, int thread) {
  int32_t *ticket = &team->mailboxes[thread].ticket;
  for (int32_t done = 0;; done++) {
    await(team, ticket, done);
    if (__atomic_load_n(&team->stopped, __ATOMIC_SEQ_CST)) return;
    join(team, thread);
  }
}

/*
 * Lets the first `threads` - 1 workers go. Should a job be running, because one of them was lost, the others leave it
 * unfinished.
 */
void teamStop(Team *team, int threads) {
  __atomic_store_n(&team->stopped, 1, __ATOMIC_SEQ_CST);
  for (int thread = 1; thread < threads; thread++) advance(team, &team->mailboxes[thread].ticket);
  wakeAll(&team->generation);
}

/*
 * Runs the ops of `table` in order, with the caller as thread 0 of `team`, or alone where that is null.
 *
 * scalars: SCALAR_COUNT doubles, 8-byte aligned; inputs are read, results written.
 * arena:   the tensors, 64-byte aligned.
 * scratch: scratchBytes() bytes a thread, 64-byte aligned, overwritten.
 */
void run(const int32_t *table, double *scalars, char *arena, float *scratch, Team *team) {
  if (team == 0) {
    const Run alone = {arena, scalars, scratch, (int)scalars[SCALAR_ROWS], 0, 1, 0};
    walk(&alone, table);
    return;
  }
  team->table = table;
  team->scalars = scalars;
  team->arena = arena;
  team->scratch = scratch;
  for (int thread = 1; thread < team->threads; thread++) {
    advance(team, &team->mailboxes[thread].ticket);
  }
  join(team, 0);
}
