/*
 * Sleeping on a word of memory until another thread changes it: the one thing that threads need from the
 * system. A wake-up may be spurious, so callers look again.
 */
#ifndef VINCULUM_WAITING_H
#define VINCULUM_WAITING_H

#include <stdint.h>

#if defined(__wasm__)

static inline void sleepWhile(int32_t *word, int32_t value) {
  __builtin_wasm_memory_atomic_wait32(word, value, -1);
}

static inline void wakeAll(int32_t *word) { __builtin_wasm_memory_atomic_notify(word, ~0u); }

static inline void pauseBriefly(void) {}

#else

void sleepWhile(int32_t *word, int32_t value);
void wakeAll(int32_t *word);

static inline void pauseBriefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#endif

#endif
