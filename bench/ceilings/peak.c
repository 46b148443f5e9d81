/*
 * Measures the peak of the machine on a number of threads at the same time: multiply-then-add on registers, as the best of
 * 8, 10 and 12 independent chains, and the bandwidth of a triad over arrays that are larger than any cache. A vector has
 * LANES floats. If the compiler may contract expressions, it makes fused multiply-adds of the chains, and they measure the fused peak.
 *
 *     cc -O3 -ffp-contract=off -pthread -DLANES=16 -mavx512f peak.c && ./a.out THREADS
 *     cc -O3 -ffp-contract=fast -pthread -DLANES=16 -mavx512f peak.c && ./a.out THREADS
 *
 * Prints GFLOP/s and GB/s.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define UNROLL _Pragma("GCC unroll 16")
#define TURNS 3000000L
#define ROUNDS 7
#define ELEMENTS (1L << 24)
#define MOST 256

typedef float vector __attribute__((vector_size(4 * LANES)));

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (double)at.tv_sec + 1e-9 * (double)at.tv_nsec;
}

#define CHAINS(count)                                                               \
  static __attribute__((noinline)) float chains##count(long turns, float factor) {  \
    vector sums[count];                                                             \
    const vector scale = factor - (vector){0};                                      \
    UNROLL for (int i = 0; i < count; i++) sums[i] = scale + (float)i;              \
    for (long turn = 0; turn < turns; turn++) {                                     \
      UNROLL for (int i = 0; i < count; i++) sums[i] = sums[i] * scale + scale;     \
    }                                                                               \
    float total = 0;                                                                \
    for (int i = 0; i < count; i++) total += sums[i][0];                            \
    return total;                                                                   \
  }

CHAINS(8)
CHAINS(10)
CHAINS(12)

typedef float Chains(long, float);

static pthread_barrier_t barrier;
static double begun[MOST];
static double ended[MOST];
static Chains *chosen;
static volatile float sink;
static float *arrays[MOST];

static void *multiply(void *index) {
  pthread_barrier_wait(&barrier);
  begun[(size_t)index] = now();
  sink = chosen(TURNS, 0.5f);
  ended[(size_t)index] = now();
  return 0;
}

static void *stream(void *index) {
  float *a = arrays[(size_t)index];
  float *b = a + ELEMENTS;
  float *c = b + ELEMENTS;
  for (long i = 0; i < ELEMENTS; i++) a[i] = b[i] = c[i] = (float)i;
  pthread_barrier_wait(&barrier);
  begun[(size_t)index] = now();
  for (long i = 0; i < ELEMENTS; i++) a[i] = b[i] + 0.5f * c[i];
  ended[(size_t)index] = now();
  return 0;
}

/* The seconds from the start of the first thread to the end of the last, in the fastest of some rounds. */
static double least(void *(*work)(void *), int threads, int rounds) {
  double best = 1e9;
  for (int round = 0; round < rounds; round++) {
    pthread_t handles[MOST];
    for (long t = 0; t < threads; t++) pthread_create(&handles[t], 0, work, (void *)t);
    for (int t = 0; t < threads; t++) pthread_join(handles[t], 0);
    double first = begun[0];
    double last = ended[0];
    for (int t = 1; t < threads; t++) {
      if (begun[t] < first) first = begun[t];
      if (ended[t] > last) last = ended[t];
    }
    if (last - first < best) best = last - first;
  }
  return best;
}

int main(int count, char **arguments) {
  const int threads = count > 1 ? atoi(arguments[1]) : 1;
  pthread_barrier_init(&barrier, 0, (unsigned)threads);
  Chains *all[] = {chains8, chains10, chains12};
  const int sizes[] = {8, 10, 12};
  double peak = 0;
  for (int i = 0; i < 3; i++) {
    chosen = all[i];
    const double rate = 2.0 * LANES * sizes[i] * TURNS * threads / least(multiply, threads, ROUNDS);
    if (rate > peak) peak = rate;
  }
  for (int t = 0; t < threads; t++) arrays[t] = malloc(3 * ELEMENTS * sizeof(float));
  const double bytes = 3.0 * 4 * ELEMENTS * threads;
  printf("%.1f %.1f\n", peak / 1e9, bytes / least(stream, threads, 4) / 1e9);
  return 0;
}
