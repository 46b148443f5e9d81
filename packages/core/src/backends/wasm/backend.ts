/**
 * The wasm backend: the C kernels of packages/kernels through WebAssembly SIMD128, in float32. It is the default if there
 * are no native kernels. It gives the same bits in every engine, because it uses no relaxed SIMD, and on any number of
 * threads.
 */
import type { Program } from '../../program/program.ts';
import { workOf, type Backend, type CompileOptions } from '../contract.ts';
import { fixedThreads, numbersUpTo, ThreadChoice, type ThreadSource } from '../thread-choice.ts';
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
 * Below this number of operations in a step, or in a tile of a prediction, one thread is as fast, because starting the others
 * takes some milliseconds once.
 */
const WORTH_A_TEAM = 1e7;

/** Below this number of operations a phase has one thread, because waking the others takes some microseconds each time. */
const WORTH_WAKING = 1e6;

/**
 * The most threads for a program: the requested number, or one for each processor if there is enough work. A caller on a page's
 * main thread that cannot wait for a phase has one, because that thread may not wait for workers.
 */
function threadsFor(
  { phases, capacity }: Program,
  { threads: asked, asynchronous = false }: CompileOptions,
): number {
  if (threadsFault() !== undefined) return 1;
  if (isPage() && !asynchronous) return 1;
  if (asked !== undefined) return Math.min(asked, KERNELS.mostThreads);
  const trains = phases.update.length > 0;
  const { perRow, fixed } = workOf(
    trains ? [...phases.gradients, ...phases.update] : [...phases.forward, ...phases.evaluate],
  );
  if (perRow * capacity + fixed < WORTH_A_TEAM) return 1;
  // The workers of predictions sleep while this thread does anything else.
  return trains ? 1 + freeProcessors() : processorCount();
}

/** The threads of a phase if nobody fixes their number. */
function adaptiveThreads(most: number): ThreadSource {
  return new ThreadChoice(numbersUpTo(most), most, WORTH_WAKING);
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
    const source = options.threads === undefined ? adaptiveThreads : fixedThreads;
    return new WasmExecutable(program, threads > 1 ? sharedPool : pool, threads, source);
  },
};
