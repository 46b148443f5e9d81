/*
 * Tests that the kernels count tensors of 2^31 elements and more, without the memory for such a tensor. Only the first page
 * of the memory may be touched. A kernel that counts right reaches the second page and is stopped there. A kernel whose
 * count has wrapped returns as if its work were done. The program prints a line for each op that returned.
 *
 * Compiled with the kernels by large-tensors.test.ts.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>

#include "kernels.h"

/* 2^20 rows of 2^11 columns are 2^31 elements, one more than the largest int; with twice as many rows the count wraps to 0. */
#define COLUMNS 2048
#define BYTES ((size_t)1 << 34)
#define PAGE 65536

typedef void Kernel(const Run *run, const int32_t *op);

static sigjmp_buf stopped;

static void stop(int signal) { siglongjmp(stopped, signal); }

/* Runs an op on `rows` rows. Returns whether the op returned, and was not stopped. */
static int returns(Kernel *kernel, const int32_t *op, char *arena, int rows) {
  static double scalars[SCALAR_COUNT];
  const Run run = {.arena = arena, .scalars = scalars, .rows = rows, .pieces = 1};
  if (sigsetjmp(stopped, 1) != 0) return 0;
  kernel(&run, op);
  return 1;
}

static void check(const char *name, Kernel *kernel, const int32_t *op, char *arena) {
  for (int rows = 1 << 20; rows <= 1 << 21; rows *= 2) {
    if (returns(kernel, op, arena, rows)) printf("%s, %d rows\n", name, rows);
  }
}

int main(void) {
  char *arena = mmap(0, BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (arena == MAP_FAILED || mprotect(arena, PAGE, PROT_READ | PROT_WRITE) != 0) return 2;
  const struct sigaction action = {.sa_handler = stop};
  sigaction(SIGSEGV, &action, 0);
  sigaction(SIGBUS, &action, 0);
  for (int phi = 0; phi < PHI_COUNT; phi++) {
    const int32_t forward[] = {
        [ACTIVATION_COLUMNS] = COLUMNS, [ACTIVATION_ACTIVATION] = phi, [ACTIVATION_PARAMETER + 1] = 0};
    const int32_t backward[] = {[ACTIVATION_ADJOINT_COLUMNS] = COLUMNS,
                                [ACTIVATION_ADJOINT_ACTIVATION] = phi,
                                [ACTIVATION_ADJOINT_PARAMETER + 1] = 0};
    check("activation", runActivation, forward, arena);
    check("activationAdjoint", runActivationAdjoint, backward, arena);
  }
  for (int kind = 0; kind < LOSS_KIND_COUNT; kind++) {
    for (int labels = 0; labels <= (kind <= LOSS_KIND_BINARY_CROSS_ENTROPY); labels++) {
      const int32_t op[] = {[LOSS_ADJOINT_KIND] = kind,          [LOSS_ADJOINT_LABELS] = labels,
                            [LOSS_ADJOINT_COLUMNS] = COLUMNS,    [LOSS_ADJOINT_ROW_WEIGHTS] = NONE,
                            [LOSS_ADJOINT_PARAMETER + 1] = 0};
      check("lossAdjoint", runLossAdjoint, op, arena);
    }
  }
  const int32_t output[] = {[OUTPUT_COLUMNS] = COLUMNS, [OUTPUT_FUNCTION] = FUNCTION_SIGMOID};
  check("output", runOutput, output, arena);
  const int32_t dropout[] = {[DROPOUT_COLUMNS] = COLUMNS, [DROPOUT_STREAM] = 0};
  check("dropout", runDropout, dropout, arena);
  return 0;
}
