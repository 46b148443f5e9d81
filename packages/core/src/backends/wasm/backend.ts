/**
 * The wasm backend: the C kernels of packages/kernels through WebAssembly SIMD128, in float32, on one thread.
 * The default wherever native kernels are missing; the same bits in every engine, since no relaxed SIMD is used.
 */
import type { Program } from '../../program/program.ts';
import type { Backend, HostExecutable } from '../contract.ts';
import { WasmExecutable } from './executable.ts';
import { KernelPool } from './instance.ts';
import { KERNELS } from './kernels.generated.ts';

/** The least module that uses SIMD128: magic number and version; () → v128; i8x16.popcnt(i8x16.splat(0)). */
const SIMD_PROBE = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15,
  253, 98, 11,
]);

const pool = new KernelPool(KERNELS);

let fault: { readonly line: string | undefined } | undefined;

function findFault(): string | undefined {
  if (typeof WebAssembly === 'undefined') return 'this engine has no WebAssembly.';
  return WebAssembly.validate(SIMD_PROBE) ? undefined : 'this engine has no WebAssembly SIMD.';
}

export const wasmBackend: Backend = {
  name: 'wasm',
  precision: 'float32',
  unavailable: () => (fault ??= { line: findFault() }).line,
  describe: () => 'wasm: C kernels through WebAssembly SIMD128, 1 thread',
  compile: (program: Program): HostExecutable => new WasmExecutable(program, pool),
};
