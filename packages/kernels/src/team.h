/*
 * The threads that work through one op table together. The table is cut into stages: ops that need nothing of one another. The
 * work of a stage is cut into pieces, shares of the output elements of its ops, and a thread claims one piece after another: first
 * those that are set aside for it, so that it finds in its caches what it wrote a stage before, then those of the others. Whoever
 * ends the last piece of a stage opens the next. Therefore nobody waits for a thread that holds no piece, whether it has lost its
 * processor or has not started yet, and a thread that loses its processor within a piece delays the others by that piece only.
 * The sum of an element is never split between pieces, so neither the number of threads nor who computes what changes a result.
 *
 * A waiting thread polls `spins` times and then sleeps in the kernel of the system (futex, memory.atomic.wait32): the pauses
 * between the stages of a step are shorter than going to sleep and waking up, the pauses between two runs are longer. It never
 * yields instead, because a busy neighbour on the same processor would take a whole time slice for each yield. With more threads
 * than processors the host sets `spins` to 0, because a polling thread could prevent the thread for which it waits from running.
 */
#ifndef VINCULUM_TEAM_H
#define VINCULUM_TEAM_H

#include <stdint.h>

#define CACHE_LINE _Alignas(64)

/* The most threads of a team. */
#define MOST_THREADS 256

/* The most pieces of a stage for each of its threads. */
#define MOST_PIECES 8

/* What belongs to one thread, with a cache line to itself. */
typedef struct {
  /* Which of the thread's own pieces are claimed, by any thread: the number of the stage in the upper 48 bits, how many in the lower 16. */
  CACHE_LINE uint64_t claims;
  /* It grows with each job for which the thread is called. */
  int32_t ticket;
  /* 1 while the thread sleeps on its ticket. */
  int32_t asleep;
} Mailbox;

/* A stage as it is published. */
typedef struct {
  /* Its first op. */
  const int32_t *op;
  /* How many pieces there are; 0 in the stage that ends a job. */
  int32_t pieces;
  int32_t threads;
} Stage;

/* What the threads of a team share; zeroed memory is a team that was not started. */
typedef struct Team {
  Mailbox mailboxes[MOST_THREADS];
  /*
   * The number of the present stage, which only grows. Its low half, which comes first on every machine that runs this, is the
   * word on which threads sleep.
   */
  CACHE_LINE uint64_t stage;
  /* Threads that sleep until the stage changes. */
  int32_t sleepers;
  int32_t stopped;
  /* The present stage is stages[stage % 2]; a thread that is late may read a later one, and then sees that it is late. */
  CACHE_LINE Stage stages[2];
  /* Pieces of the present stage that are not finished. */
  CACHE_LINE int32_t unfinished;
  CACHE_LINE int32_t threads;
  int32_t spins;
  /* The job. Only a thread that holds a piece may read it, because the job may be over for the others. */
  double *scalars;
  char *arena;
  /* Of thread 0; the others' follow. */
  float *scratch;
} Team;

/* A piece of a stage. */
typedef struct {
  const int32_t *op;
  int32_t piece;
  int32_t pieces;
} Piece;

/* The units of work [from, to) of one piece. */
typedef struct {
  int from;
  int to;
} Share;

/* A fair share of `count` units for piece `piece` of `pieces`. */
static inline Share shareOf(int count, int piece, int pieces) {
  const int each = count / pieces;
  const int more = count % pieces;
  const int from = piece * each + (piece < more ? piece : more);
  return (Share){from, from + each + (piece < more)};
}

/*
 * Publishes the next stage, which begins with `op`. It may be called by thread 0 between two jobs, and by the thread that
 * finished the last piece of a stage. No pieces: the job has ended.
 */
void openStage(Team *team, int thread, const int32_t *op, int pieces);

/* Claims a piece for a thread, and waits for the next stage while there is none. Returns 0 if the job has ended. */
int claimPiece(Team *team, int thread, Piece *piece);

/* Says that a piece is finished; 1 if it was the last one of its stage. */
int finishPiece(Team *team);

/* Calls the workers to the present job. */
void callWorkers(Team *team);

/* Waits until worker `thread` is called, if `ticket` is the last one that it has seen. Returns 0 once the team is stopped. */
int awaitJob(Team *team, int thread, int32_t *ticket);

#endif
