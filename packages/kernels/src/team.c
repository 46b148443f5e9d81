/*
 * How the threads of a team claim pieces of work and wait for one another. run.c says what the stages of a job are.
 *
 * A thread may lose its processor anywhere and come back in a later stage, or in another job. Whatever it has read by then may be
 * out of date, so a claim counts only if the stage is still the same after it: the claim names its stage, and a stage in which
 * a piece is claimed cannot end before that piece is finished. A claim for a stage that has ended changes nothing, because the
 * counters of later stages ignore it.
 */
#include "team.h"

#include "entries.h"
#include "waiting.h"

/* Bits of Mailbox.claims that count the claims of a stage. */
#define COUNT_BITS 16

/* The word of the stage on which threads sleep. */
static int32_t *stageWord(Team *team) { return (int32_t *)&team->stage; }

static uint64_t presentStage(const Team *team) {
  return __atomic_load_n(&team->stage, __ATOMIC_SEQ_CST);
}

static int isStopped(const Team *team) { return __atomic_load_n(&team->stopped, __ATOMIC_SEQ_CST); }

/* Waits until *word is no longer `value`, or the team is stopped: polls first, then sleeps. */
static void await(Team *team, int32_t *word, int32_t value, int32_t *sleepers) {
  for (int turn = team->spins; turn > 0; turn--) {
    if (__atomic_load_n(word, __ATOMIC_ACQUIRE) != value) return;
    pauseBriefly();
  }
  __atomic_fetch_add(sleepers, 1, __ATOMIC_SEQ_CST);
  while (__atomic_load_n(word, __ATOMIC_SEQ_CST) == value && !isStopped(team)) sleepWhile(word, value);
  __atomic_fetch_sub(sleepers, 1, __ATOMIC_SEQ_CST);
}

static void wake(int32_t *word, const int32_t *sleepers) {
  if (__atomic_load_n(sleepers, __ATOMIC_SEQ_CST) > 0) wakeAll(word);
}

void openStage(Team *team, int thread, const int32_t *op, int pieces) {
  const uint64_t next = team->stage + 1;
  Stage *stage = &team->stages[next % 2];
  __atomic_store_n(&stage->op, op, __ATOMIC_RELAXED);
  __atomic_store_n(&stage->pieces, pieces, __ATOMIC_RELAXED);
  __atomic_store_n(&stage->threads, team->threads, __ATOMIC_RELAXED);
  __atomic_store_n(&team->unfinished, pieces, __ATOMIC_RELAXED);
  __atomic_store_n(&team->stage, next, __ATOMIC_SEQ_CST);
  /* One piece is for the caller, and at the end of a job only thread 0 must know. */
  if (pieces > 1 || (pieces == 0 && thread != 0)) wake(stageWord(team), &team->sleepers);
}

/* The stage with a number, unless it has ended: then the result means nothing, and the caller sees that it has ended. */
static Stage stageAt(const Team *team, uint64_t number) {
  const Stage *stage = &team->stages[number % 2];
  const Stage copy = {
      .op = __atomic_load_n(&stage->op, __ATOMIC_RELAXED),
      .pieces = __atomic_load_n(&stage->pieces, __ATOMIC_RELAXED),
      .threads = __atomic_load_n(&stage->threads, __ATOMIC_RELAXED),
  };
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  return copy;
}

/* Claims the next of the pieces that are set aside for `owner`; -1 if all are claimed, or the stage has ended. */
static int claimOf(Team *team, int owner, uint64_t number, const Stage *stage) {
  const Share own = shareOf(stage->pieces, owner, stage->threads);
  uint64_t *claims = &team->mailboxes[owner].claims;
  uint64_t seen = __atomic_load_n(claims, __ATOMIC_ACQUIRE);
  for (;;) {
    const uint64_t of = seen >> COUNT_BITS;
    const int claimed = of == number ? (int)(seen & ((1u << COUNT_BITS) - 1)) : 0;
    if (of > number || own.from + claimed >= own.to) return -1;
    const uint64_t claim = number << COUNT_BITS | (uint64_t)(claimed + 1);
    if (__atomic_compare_exchange_n(claims, &seen, claim, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
      return own.from + claimed;
    }
  }
}

int claimPiece(Team *team, int thread, Piece *piece) {
  while (!isStopped(team)) {
    const uint64_t number = presentStage(team);
    const Stage stage = stageAt(team, number);
    const int takesPart = stage.pieces > 0 && thread < stage.threads;
    for (int i = 0; takesPart && i < stage.threads; i++) {
      const int owner = thread + i < stage.threads ? thread + i : thread + i - stage.threads;
      const int claimed = claimOf(team, owner, number, &stage);
      if (claimed < 0) continue;
      if (presentStage(team) != number || isStopped(team)) break;
      *piece = (Piece){stage.op, claimed, stage.pieces};
      return 1;
    }
    if (presentStage(team) != number) continue;
    if (!takesPart) return 0;
    await(team, stageWord(team), (int32_t)number, &team->sleepers);
  }
  return 0;
}

int finishPiece(Team *team) { return __atomic_sub_fetch(&team->unfinished, 1, __ATOMIC_ACQ_REL) == 0; }

void callWorkers(Team *team) {
  for (int thread = 1; thread < team->threads; thread++) {
    Mailbox *mailbox = &team->mailboxes[thread];
    __atomic_fetch_add(&mailbox->ticket, 1, __ATOMIC_SEQ_CST);
    wake(&mailbox->ticket, &mailbox->asleep);
  }
}

int awaitJob(Team *team, int thread, int32_t *ticket) {
  Mailbox *mailbox = &team->mailboxes[thread];
  await(team, &mailbox->ticket, *ticket, &mailbox->asleep);
  *ticket = __atomic_load_n(&mailbox->ticket, __ATOMIC_SEQ_CST);
  return !isStopped(team);
}

int teamBytes(void) { return (int)sizeof(Team); }

int mostThreads(void) { return MOST_THREADS; }

void teamStart(Team *team, int threads, int spins) {
  team->threads = threads;
  team->spins = spins;
}

void teamStop(Team *team, int threads) {
  __atomic_store_n(&team->stopped, 1, __ATOMIC_SEQ_CST);
  for (int thread = 1; thread < threads; thread++) {
    Mailbox *mailbox = &team->mailboxes[thread];
    __atomic_fetch_add(&mailbox->ticket, 1, __ATOMIC_SEQ_CST);
    wakeAll(&mailbox->ticket);
  }
  /* A thread that did not see `stopped` and is about to sleep now finds another stage; claimPiece looks at `stopped` again. */
  __atomic_fetch_add(&team->stage, 1, __ATOMIC_SEQ_CST);
  wakeAll(stageWord(team));
}
