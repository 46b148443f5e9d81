/**
 * The wasm backend: the C kernels of packages/kernels through WebAssembly SIMD128, in float32. It is the default if there
 * are no native kernels. In portable numerics it gives the same bits in every engine, because it uses no relaxed SIMD, and on
 * any number of threads. Fused numerics need relaxed SIMD, and a machine on which its multiply-add is fused; their module is
 * loaded only by those who ask for it (`vinculum/fused`), so that no other page carries it.
 */
import type { Program } from '../../program/program.ts';
import { workOf, type Backend, type CompileOptions, type Numerics } from '../contract.ts';
import { fixedThreads, numbersUpTo, ThreadChoice, type ThreadSource } from '../thread-choice.ts';
import { WasmExecutable } from './executable.ts';
import { isFusing } from './fusing.ts';
import { KernelPool, type KernelImage } from './instance.ts';
import { KERNELS } from './kernels.generated.ts';
import { freeProcessors, isPage, processorCount, threadsFault } from './workers.ts';

/** The smallest module that uses SIMD128: magic number and version; () → v128; i8x16.popcnt(i8x16.splat(0)). */
const SIMD_PROBE = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15,
  253, 98, 11,
]);

/** The instances of one module, with memories of one thread and of several. */
interface Pools {
  readonly alone: KernelPool;
  readonly shared: KernelPool;
}

function poolsOf(image: KernelImage): Pools {
  return { alone: new KernelPool(image), shared: new KernelPool(image, true) };
}

const portablePools = poolsOf(KERNELS);

/** Loads the module of fused numerics; undefined while nobody has said how. */
let loadFused: (() => KernelImage) | undefined;
let fusedPools: Pools | undefined;

/** Says how the module of fused numerics is loaded; `vinculum/fused` and the entry for Node call it. */
export function useFusedKernels(load: () => KernelImage): void {
  loadFused = load;
}

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
  return new ThreadChoice(numbersUpTo(most), most, WORTH_WAKING / 1000);
}

function executableOf(
  program: Program,
  { alone, shared }: Pools,
  options: CompileOptions,
): WasmExecutable {
  const threads = threadsFor(program, options);
  const source = options.threads === undefined ? adaptiveThreads : fixedThreads;
  return new WasmExecutable(program, threads > 1 ? shared : alone, threads, source);
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

/** Why there are no fused products here, in one line; undefined if there are. */
function findFusedFault(): string | undefined {
  const fusing = isFusing();
  if (fusing === undefined) return 'this engine has no relaxed SIMD of WebAssembly.';
  if (!fusing) return 'the multiply-add of relaxed SIMD is not fused on this machine.';
  return loadFused === undefined ? "its module is loaded by import 'vinculum/fused'." : undefined;
}

function inNumerics(numerics: Numerics, fused?: Backend): Backend {
  const isFused = numerics === 'fused';
  return {
    name: 'wasm',
    precision: 'float32',
    numerics,
    ...(fused && { fused }),
    unavailable: () =>
      (fault ??= { line: findFault() }).line ?? (isFused ? findFusedFault() : undefined),
    describe: () =>
      `wasm: C kernels through WebAssembly ${isFused ? 'relaxed SIMD' : 'SIMD128'}, ${describeThreads()}`,
    compile(program, options = {}) {
      const pools = isFused ? (fusedPools ??= poolsOf(loadFused!())) : portablePools;
      return executableOf(program, pools, options);
    },
  };
}

export const wasmBackend: Backend = inNumerics('portable', inNumerics('fused'));
