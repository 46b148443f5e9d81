/*
 * The interface of the addon to Node. The addon is context-aware: every environment (the main thread, each worker thread)
 * that loads it has its own scratch, and all environments share the threads. It checks nothing, because
 * packages/native/src/index.ts and the core's executable pass it valid typed arrays, which stay alive as long as the jobs
 * that use them.
 */
#define _GNU_SOURCE
#include <node_api.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pool.h"
#include "scalars.h"
#include "shuffle.h"
#include "table.h"

/*
 * Grows when the functions below change; the op table and the scalars have a version of their own, which the build computes.
 * The same number stands in packages/native/src/index.ts.
 */
#define ABI 7

#define ALIGNMENT 64

/* What an environment owns. */
typedef struct {
  float *scratch;
} Environment;

static void endEnvironment(void *data) {
  Environment *environment = data;
  closePool();
  free(environment->scratch);
  free(environment);
}

/* The memory of a typed array. */
static void *memoryOf(napi_env env, napi_value array) {
  void *data = 0;
  napi_get_typedarray_info(env, array, 0, 0, &data, 0, 0);
  return data;
}

/* misalignment(bytes: Uint8Array): number. How far its start lies behind a multiple of 64. */
static napi_value misalignment(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  napi_value result;
  napi_get_cb_info(env, info, &count, &argument, 0, 0);
  napi_create_int32(env, (int32_t)((uintptr_t)memoryOf(env, argument) % ALIGNMENT), &result);
  return result;
}

/*
 * useLargePages(bytes: Uint8Array): void. Asks the system for pages of 2 MiB under a large array that has not been touched yet: a
 * product reads its factors across hundreds of small pages, more than the processor keeps the addresses of. It is only a wish.
 */
static napi_value useLargePages(napi_env env, napi_callback_info info) {
#if defined(MADV_HUGEPAGE)
  size_t count = 1;
  napi_value argument;
  void *data = 0;
  size_t length = 0;
  napi_get_cb_info(env, info, &count, &argument, 0, 0);
  napi_get_typedarray_info(env, argument, 0, &length, &data, 0, 0);
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  const uintptr_t from = ((uintptr_t)data + page - 1) / page * page;
  const uintptr_t to = ((uintptr_t)data + length) / page * page;
  if (to > from) madvise((void *)from, to - from, MADV_HUGEPAGE);
#else
  (void)env;
  (void)info;
#endif
  return 0;
}

/*
 * bind(job: Uint8Array, build: number, table: Int32Array, scalars: Float64Array, arena: Uint8Array): number. Writes the job
 * into `job` and returns its address, for `run`. The job lies in memory of JavaScript's, so that nothing here must be freed:
 * finalizers of Node-API wait for the event loop to turn, and a loop that makes executables may never let it.
 */
static napi_value bindPhase(napi_env env, napi_callback_info info) {
  size_t count = 5;
  napi_value arguments[5];
  napi_get_cb_info(env, info, &count, arguments, 0, 0);
  int32_t build = 0;
  napi_get_value_int32(env, arguments[1], &build);
  if (count < 5 || build < 0 || build >= buildCount() || !isRunnable(build)) {
    napi_throw_range_error(env, 0, "bind: build must be one that this processor runs.");
    return 0;
  }
  Job *job = memoryOf(env, arguments[0]);
  *job = (Job){buildAt(build), memoryOf(env, arguments[2]), memoryOf(env, arguments[3]),
               memoryOf(env, arguments[4])};
  napi_value address;
  napi_create_double(env, (double)(uintptr_t)job, &address);
  return address;
}

/* A job and its number of threads, as the first two arguments of a call say. */
typedef struct {
  const Job *job;
  int32_t threads;
} Call;

static Call readCall(napi_env env, const napi_value *arguments) {
  double address = 0;
  Call call = {0, 1};
  napi_get_value_double(env, arguments[0], &address);
  napi_get_value_int32(env, arguments[1], &call.threads);
  call.job = (const Job *)(uintptr_t)address;
  return call;
}

/* run(job: number, threads: number): void. */
static napi_value runPhase(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2];
  void *environment = 0;
  napi_get_cb_info(env, info, &count, arguments, 0, &environment);
  const Call call = readCall(env, arguments);
  runJob(call.job, call.threads, ((Environment *)environment)->scratch);
  return 0;
}

/*
 * runOn(job: number, threads: number, rows: Float32Array, first: number): void. The same for a job whose table reads the caller's
 * rows, from element `first` of an array on.
 */
static napi_value runOnRows(napi_env env, napi_callback_info info) {
  size_t count = 4;
  napi_value arguments[4];
  void *environment = 0;
  napi_get_cb_info(env, info, &count, arguments, 0, &environment);
  const Call call = readCall(env, arguments);
  double first = 0;
  napi_get_value_double(env, arguments[3], &first);
  const float *rows = (const float *)memoryOf(env, arguments[2]) + (uintptr_t)first;
  call.job->scalars[SCALAR_CALLERS_ROWS] = (double)(uintptr_t)rows;
  runJob(call.job, call.threads, ((Environment *)environment)->scratch);
  return 0;
}

/* shuffle(rows: Uint32Array, seedLow: number, seedHigh: number, stream: number, part: number, epoch: number): void. */
static napi_value shuffleRows(napi_env env, napi_callback_info info) {
  size_t count = 6;
  napi_value arguments[6];
  napi_get_cb_info(env, info, &count, arguments, 0, 0);
  void *rows = 0;
  size_t length = 0;
  napi_get_typedarray_info(env, arguments[0], 0, &length, &rows, 0, 0);
  uint32_t numbers[5] = {0};
  for (int i = 0; i < 5; i++) napi_get_value_uint32(env, arguments[i + 1], &numbers[i]);
  shuffle(rows, (uint32_t)length, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
  return 0;
}

static void setFunction(napi_env env, napi_value exports, const char *name, napi_callback function,
                        void *data) {
  napi_value value;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, function, data, &value);
  napi_set_named_property(env, exports, name, value);
}

static void setNumber(napi_env env, napi_value exports, const char *name, int number) {
  napi_value value;
  napi_create_int32(env, number, &value);
  napi_set_named_property(env, exports, name, value);
}

/* builds: string[], the fastest first; an empty name stands for one that this processor does not run. fusing: boolean[]. */
static void setBuilds(napi_env env, napi_value exports) {
  napi_value builds;
  napi_value fusing;
  napi_create_array(env, &builds);
  napi_create_array(env, &fusing);
  for (int i = 0; i < buildCount(); i++) {
    napi_value name;
    napi_create_string_utf8(env, isRunnable(i) ? buildAt(i)->name : "", NAPI_AUTO_LENGTH, &name);
    napi_set_element(env, builds, (uint32_t)i, name);
    napi_value fuses;
    napi_get_boolean(env, isFusing(i), &fuses);
    napi_set_element(env, fusing, (uint32_t)i, fuses);
  }
  napi_set_named_property(env, exports, "builds", builds);
  napi_set_named_property(env, exports, "fusing", fusing);
}

NAPI_MODULE_INIT() {
  Environment *environment = malloc(sizeof *environment);
  float *scratch = aligned_alloc(ALIGNMENT, ownScratchBytes());
  if (environment == 0 || scratch == 0) {
    free(environment);
    free(scratch);
    napi_throw_error(env, 0, "@vinculum/native: there is no memory for its scratch.");
    return 0;
  }
  environment->scratch = scratch;
  describeCaches();
  openPool();
  napi_add_env_cleanup_hook(env, endEnvironment, environment);
  setNumber(env, exports, "abi", ABI);
  setNumber(env, exports, "tableVersion", TABLE_VERSION);
  setNumber(env, exports, "processors", processorCount());
  setNumber(env, exports, "mostThreads", MOST_THREADS);
  setNumber(env, exports, "jobBytes", (int)sizeof(Job));
  setBuilds(env, exports);
  setFunction(env, exports, "misalignment", misalignment, 0);
  setFunction(env, exports, "useLargePages", useLargePages, 0);
  setFunction(env, exports, "bind", bindPhase, 0);
  setFunction(env, exports, "run", runPhase, environment);
  setFunction(env, exports, "runOn", runOnRows, environment);
  setFunction(env, exports, "shuffle", shuffleRows, 0);
  return exports;
}
