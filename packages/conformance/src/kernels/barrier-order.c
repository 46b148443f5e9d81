/*
 * Tests that the barrier reads the number of threads before it announces that its thread has arrived. After that the job
 * may be over, and the host may have started the next job with another number of threads. A thread that compares with
 * the new number may wrongly take itself for the last one and open a barrier at which no thread waits.
 *
 * At first the number lies in a page that may not be read. When `meet` reads it, the signal handler stores how many threads
 * had arrived. The program prints that count, which must be 0.
 *
 * Compiled with team.c by barrier-order.test.ts.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>

#include "team.h"

#define PAGE 65536

static Team *team;
static char *closedPage;
static int arrivedAtRead = -1;

static void noteRead(int signal) {
  (void)signal;
  arrivedAtRead = team->arrived;
  mprotect(closedPage, PAGE, PROT_READ | PROT_WRITE);
}

int main(void) {
  char *memory = mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 2;
  /* Place the team so that its field `threads` is the first word of the second page. */
  closedPage = memory + PAGE;
  team = (Team *)(closedPage - offsetof(Team, threads));
  team->threads = 1;
  const struct sigaction action = {.sa_handler = noteRead};
  sigaction(SIGSEGV, &action, 0);
  sigaction(SIGBUS, &action, 0);
  if (mprotect(closedPage, PAGE, PROT_NONE) != 0) return 2;
  meet(team);
  printf("%d\n", arrivedAtRead);
  return 0;
}
