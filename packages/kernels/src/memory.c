/*
 * memcpy and memset for a module without a C library: compilers may turn any loop or struct copy into a call
 * of them.
 */
#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t bytes) {
  unsigned char *out = to;
  const unsigned char *in = from;
  for (size_t i = 0; i < bytes; i++) out[i] = in[i];
  return to;
}

void *memset(void *to, int value, size_t bytes) {
  unsigned char *out = to;
  for (size_t i = 0; i < bytes; i++) out[i] = (unsigned char)value;
  return to;
}
