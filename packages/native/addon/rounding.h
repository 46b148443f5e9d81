/*
 * The floating point state that the kernels assume: round to nearest even, subnormal numbers kept, no traps. The host
 * may have set another, so every run sets its own and puts the host's back.
 */
#ifndef VINCULUM_ROUNDING_H
#define VINCULUM_ROUNDING_H

#include <stdint.h>

#if defined(__x86_64__)

/* Every exception masked, nearest even, neither flush-to-zero nor denormals-are-zero. */
#define PLAIN_MXCSR 0x1f80u

static inline uint64_t setPlainRounding(void) {
  const uint64_t before = __builtin_ia32_stmxcsr();
  __builtin_ia32_ldmxcsr(PLAIN_MXCSR);
  return before;
}

static inline void restoreRounding(uint64_t before) { __builtin_ia32_ldmxcsr((unsigned)before); }

#elif defined(__aarch64__)

static inline uint64_t setPlainRounding(void) {
  uint64_t before;
  __asm__ volatile("mrs %0, fpcr" : "=r"(before));
  __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)0));
  return before;
}

static inline void restoreRounding(uint64_t before) {
  __asm__ volatile("msr fpcr, %0" : : "r"(before));
}

#else

static inline uint64_t setPlainRounding(void) { return 0; }

static inline void restoreRounding(uint64_t before) { (void)before; }

#endif

#endif
