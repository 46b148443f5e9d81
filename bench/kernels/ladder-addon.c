/*
 * The rungs as an addon of Node: one aligned memory, and calls of rungs with addresses in it, so that ladder.mjs can use the
 * addon like the WebAssembly module. It does not check its arguments.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <node_api.h>
#include <stdlib.h>

#include "rungs.h"

#define ALIGNMENT 64

typedef void Rung(const int32_t *op, double *scalars, char *arena, float *scratch);

int scratchBytes(void);

static char *memory;

/* allocate(bytes: number): ArrayBuffer. Every later call uses this memory. */
static napi_value allocate(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  napi_value buffer = 0;
  uint32_t bytes = 0;
  napi_get_cb_info(env, info, &count, &argument, 0, 0);
  napi_get_value_uint32(env, argument, &bytes);
  memory = aligned_alloc(ALIGNMENT, (size_t)bytes);
  napi_create_external_arraybuffer(env, memory, bytes, 0, 0, &buffer);
  return buffer;
}

/* find(file: string, name: string): External. The rung of that name in this addon, whose path is `file`. */
static napi_value find(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2];
  char file[4096];
  char name[64];
  napi_value result = 0;
  napi_get_cb_info(env, info, &count, arguments, 0, 0);
  napi_get_value_string_utf8(env, arguments[0], file, sizeof file, 0);
  napi_get_value_string_utf8(env, arguments[1], name, sizeof name, 0);
  void *rung = dlsym(dlopen(file, RTLD_NOW), name);
  if (rung != 0) napi_create_external(env, rung, 0, 0, &result);
  return result;
}

/* call(rung: External, turns, op, scalars, arena, scratch: number): void. The last four are offsets in the memory. */
static napi_value call(napi_env env, napi_callback_info info) {
  size_t count = 6;
  napi_value arguments[6];
  void *rung = 0;
  uint32_t numbers[5] = {0};
  napi_get_cb_info(env, info, &count, arguments, 0, 0);
  napi_get_value_external(env, arguments[0], &rung);
  for (int i = 0; i < 5; i++) napi_get_value_uint32(env, arguments[i + 1], &numbers[i]);
  for (uint32_t turn = 0; turn < numbers[0]; turn++) {
    ((Rung *)rung)((const int32_t *)(memory + numbers[1]), (double *)(memory + numbers[2]),
                   memory + numbers[3], (float *)(memory + numbers[4]));
  }
  return 0;
}

static void setFunction(napi_env env, napi_value exports, const char *name, napi_callback function) {
  napi_value value;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, function, 0, &value);
  napi_set_named_property(env, exports, name, value);
}

NAPI_MODULE_INIT() {
  napi_value scratch;
  setFunction(env, exports, "allocate", allocate);
  setFunction(env, exports, "find", find);
  setFunction(env, exports, "call", call);
  napi_create_int32(env, scratchBytes(), &scratch);
  napi_set_named_property(env, exports, "scratchBytes", scratch);
  return exports;
}
