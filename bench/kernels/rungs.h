/*
 * The declarations that the rungs of the ladders share. A rung has the signature of `run` in packages/kernels and reads the
 * same op table, so that it can replace the kernel that ships. It computes the ops of one ladder, on one thread.
 */
#ifndef VINCULUM_RUNGS_H
#define VINCULUM_RUNGS_H

#include "kernels.h"

#ifdef __wasm__
#define EXPORTED(name) __attribute__((export_name(#name)))
#else
#define EXPORTED(name) __attribute__((visibility("default")))
#endif

/* RUNG(name) { … } defines a rung. Its body has `run`, the memory in the form that a kernel gets, and `op`, the first op. */
#define RUNG(name)                                                                          \
  static void name##Rung(const Run *run, const int32_t *op);                                \
  EXPORTED(name)                                                                            \
  void name(const int32_t *op, double *scalars, char *arena, float *scratch) {              \
    const Run alone = {.arena = arena,                                                      \
                       .scalars = scalars,                                                  \
                       .scratch = scratch,                                                  \
                       .rows = (int)scalars[SCALAR_ROWS],                                   \
                       .pieces = 1};                                                       \
    name##Rung(&alone, op);                                                                 \
  }                                                                                         \
  static void name##Rung(const Run *run, const int32_t *op)

static inline const int32_t *opAfter(const int32_t *op) { return op + op[OP_LENGTH]; }

/* The entry point of packages/kernels, which runs the ops of a table. */
void run(const int32_t *table, double *scalars, char *arena, float *scratch, Team *team);

/* Runs the kernels that ship, from an op to the end of its table. */
static inline void runShipped(const Run *memory, const int32_t *op) {
  run(op, memory->scalars, memory->arena, memory->scratch, 0);
}

/* The elementary functions of one number, for plain loops: elementary.h with one lane. */
double expOf(double x);
double log1pOf(double x);
double tanhOf(double x);
double sigmoidOf(double x);
double erfcOf(double x);

/* The chains of rungs-peak.c, and those of fused-peak.c. */
float peak8(int turns, float factor);
float peak10(int turns, float factor);
float peak12(int turns, float factor);
float fusedPeak8(int turns, float factor);
float fusedPeak10(int turns, float factor);
float fusedPeak12(int turns, float factor);

#endif
