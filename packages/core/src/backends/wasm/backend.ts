/**
 * The wasm backend: the C kernels of packages/kernels through WebAssembly SIMD128, in float32. It is the default if there
 * are no native kernels. It gives the same bits in every engine, because it uses no relaxed SIMD, and on any number of
 * threads.
 */
import type { Program } from '../../program/program.ts';
import { workOf, type Backend, type CompileOptions } from '../contract.ts';
import { WasmExecutable } from './executable.ts';
import { KernelPool } from './instance.ts';
import { KERNELS } from './kernels.generated.ts';
import { freeProcessors, isPage, processorCount, threadsFault } from './workers.ts';

/** The smallest module that uses SIMD128: magic number and version; () → v128; i8x16.popcnt(i8x16.splat(0)). */
const SIMD_PROBE = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15,
  253, 98, 11,
]);

const pool = new KernelPool(KERNELS);
const sharedPool = new KernelPool(KERNELS, true);

/**
 * Below this number of operations in a step one thread is as fast, because waking the others takes some microseconds in
 * each step, and starting them takes some milliseconds once.
 */
const WORTH_A_TEAM = 1e7;

/**
 * The number of threads for a program: the requested number, or one for each processor if training has enough work. A
 * prediction has one thread, because it ends before a worker would have started. A caller on a page's main thread that
 * cannot wait for a phase also has one, because that thread may not wait for workers.
 */
function threadsFor(
  { phases, capacity }: Program,
  { threads: asked, asynchronous = false }: CompileOptions,
): number {
  if (phases.update.length === 0 || threadsFault() !== undefined) return 1;
  if (isPage() && !asynchronous) return 1;
  if (asked !== undefined) return Math.min(asked, KERNELS.mostThreads);
  const { perRow, fixed } = workOf([...phases.gradients, ...phases.update]);
  return perRow * capacity + fixed < WORTH_A_TEAM ? 1 : 1 + freeProcessors();
}

function describeThreads(): string {
  const alone = threadsFault();
  return alone === undefined ? `up to ${processorCount()} threads` : `1 thread: ${alone}`;
}

let fault: { readonly line: string | undefined } | undefined;

function findFault(): string | undefined {
  if (typeof WebAssembly === 'undefined') return 'this engine has no WebAssembly.';
  return WebAssembly.validate(SIMD_PROBE) ? undefined : 'this engine has no WebAssembly SIMD.';
}

export const wasmBackend: Backend = {
  name: 'wasm',
  precision: 'float32',
  unavailable: () => (fault ??= { line: findFault() }).line,
  describe: () => `wasm: C kernels through WebAssembly SIMD128, ${describeThreads()}`,
  compile(program, options = {}) {
    const threads = threadsFor(program, options);
    return new WasmExecutable(program, threads > 1 ? sharedPool : pool, threads);
  },
};
