/*
 * Tests how the threads of a team claim pieces, in three parts. First the workers never start, so thread 0 must find every
 * piece alone. Then thread 1 is late: two stages go by between its look at the number of the stage and its look at the stage.
 * Then there are many short jobs, whose number of threads changes and whose threads come late at random points.
 *
 * The program prints how many pieces thread 0 finds alone. Then it prints which pieces the late thread and thread 0 claim of the
 * stage in which the late thread wakes up. Then it prints how many pieces of all jobs were not computed exactly once, how many
 * belonged to another stage than the present one, and whether workers computed any.
 *
 * Compiled with team.c and waiting.c by claims.test.ts.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>

#include "entries.h"
#include "team.h"

#define PAGE 65536
#define THREADS 4
#define JOBS 20000
#define STAGES 5

static Team *team;
/* The stages of a job are the words of its table; the last one ends it. */
static int32_t tables[2][STAGES];
/* How often each piece of the present stage was computed. */
static int computed[THREADS * MOST_PIECES];
static int present;
static int repeated, misplaced, byWorkers;

static unsigned draw(unsigned *state) {
  *state = *state * 1664525u + 1013904223u;
  return *state >> 16;
}

/* How many pieces a stage has: a number that both sides know. */
static int piecesOf(int32_t stage) { return 1 + (int)((unsigned)stage * 2654435761u >> 20) % (team->threads * MOST_PIECES); }

static void beginStage(int thread, const int32_t *op) {
  const int pieces = *op < 0 ? 0 : piecesOf(*op);
  __atomic_store_n(&present, *op, __ATOMIC_SEQ_CST);
  openStage(team, thread, op, pieces);
}

static void join(int thread, unsigned *state) {
  Piece piece;
  while (claimPiece(team, thread, &piece)) {
    if (__atomic_load_n(&present, __ATOMIC_SEQ_CST) != *piece.op) __atomic_fetch_add(&misplaced, 1, __ATOMIC_SEQ_CST);
    if (draw(state) % 64 == 0) sched_yield();
    __atomic_fetch_add(&computed[piece.piece], 1, __ATOMIC_SEQ_CST);
    if (thread > 0) __atomic_fetch_add(&byWorkers, 1, __ATOMIC_SEQ_CST);
    if (!finishPiece(team)) continue;
    for (int i = 0; i < THREADS * MOST_PIECES; i++) {
      repeated += computed[i] != (i < piece.pieces);
      computed[i] = 0;
    }
    beginStage(thread, piece.op + 1);
  }
}

static void *live(void *argument) {
  const int thread = *(const int *)argument;
  unsigned state = (unsigned)thread;
  for (int32_t ticket = 0; awaitJob(team, thread, &ticket);) {
    /* It comes late, perhaps to the next job. */
    if (draw(&state) % 8 == 0) sched_yield();
    join(thread, &state);
  }
  return 0;
}

/* Thread 0 finds every piece of a stage alone. */
static void claimAlone(void) {
  Piece piece;
  int alone = 0;
  teamStart(team, THREADS, 0);
  openStage(team, 0, tables[0], THREADS * MOST_PIECES);
  do {
    claimPiece(team, 0, &piece);
    alone++;
  } while (!finishPiece(team));
  printf("%d of %d\n", alone, piece.pieces);
  openStage(team, 0, tables[0], 0);
}

/* The page of `stages` and the rest of the team. It may not be read while the late thread begins its claim. */
static char *closedPage;

/* Thread 0 ends the present stage, of one piece, and another one; the third has two pieces for each of two threads. */
static void goOn(int signal) {
  (void)signal;
  Piece piece;
  mprotect(closedPage, PAGE, PROT_READ | PROT_WRITE);
  for (int pieces = 1; pieces <= 4; pieces += 3) {
    claimPiece(team, 0, &piece);
    finishPiece(team);
    openStage(team, 0, tables[0], pieces);
  }
}

/* Thread 1 claims late, and then thread 0 claims all that is left. */
static void claimLate(void) {
  Piece late, piece;
  const struct sigaction action = {.sa_handler = goOn};
  sigaction(SIGSEGV, &action, 0);
  sigaction(SIGBUS, &action, 0);
  teamStart(team, 2, 0);
  openStage(team, 0, tables[0], 1);
  mprotect(closedPage, PAGE, PROT_NONE);
  claimPiece(team, 1, &late);
  printf("late: %d, then", late.piece);
  for (int left = 3; left > 0; left--) {
    claimPiece(team, 0, &piece);
    printf(" %d", piece.piece);
  }
  printf("\n");
  while (!finishPiece(team)) continue;
  openStage(team, 0, tables[0], 0);
}

/* Jobs whose stages are the words of a table. */
static void claimTogether(void) {
  unsigned state = 0;
  int stage = 0;
  int numbers[THREADS];
  pthread_t threads[THREADS];
  for (int thread = 1; thread < THREADS; thread++) {
    numbers[thread] = thread;
    pthread_create(&threads[thread], 0, live, &numbers[thread]);
  }
  for (int job = 0; job < JOBS || !__atomic_load_n(&byWorkers, __ATOMIC_SEQ_CST); job++) {
    int32_t *table = tables[job % 2];
    const int stages = 1 + (int)(draw(&state) % (STAGES - 1));
    for (int i = 0; i < stages; i++) table[i] = ++stage;
    table[stages] = -1;
    teamStart(team, 1 + (int)(draw(&state) % THREADS), draw(&state) % 4 == 0 ? 0 : 200);
    beginStage(0, table);
    callWorkers(team);
    join(0, &state);
  }
  teamStop(team, THREADS);
  for (int thread = 1; thread < THREADS; thread++) pthread_join(threads[thread], 0);
  printf("%d repeated or missing, %d misplaced, workers: %s\n", repeated, misplaced, byWorkers > 0 ? "some" : "none");
}

int main(void) {
  char *memory = mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 2;
  /* The team begins so that its `stages` are the first words of the second page. */
  closedPage = memory + PAGE;
  team = (Team *)(closedPage - offsetof(Team, stages));
  claimAlone();
  claimLate();
  claimTogether();
  return 0;
}
