/**
 * The wasm backend: the C kernels of packages/kernels through WebAssembly SIMD128, in float32, on one thread.
 * The default wherever native kernels are missing; the same bits in every engine, since no relaxed SIMD is used.
 */
import type { Program } from '../../program/program.ts';
import type { Backend, HostExecutable } from '../contract.ts';
import { WasmExecutable } from './executable.ts';
import { decodeBase64, KernelPool } from './instance.ts';
import { KERNELS } from './kernels.generated.ts';

/** The least module that uses SIMD128, in base64: () → i8x16.popcnt(i8x16.splat(0)). */
const SIMD_PROBE = 'AGFzbQEAAAABBQFgAAF7AwIBAAoKAQgAQQD9D/1iCw==';

const pool = new KernelPool(KERNELS);

let fault: { readonly line: string | undefined } | undefined;

function findFault(): string | undefined {
  if (typeof WebAssembly === 'undefined') return 'this engine has no WebAssembly.';
  return WebAssembly.validate(decodeBase64(SIMD_PROBE))
    ? undefined
    : 'this engine has no WebAssembly SIMD.';
}

export const wasmBackend: Backend = {
  name: 'wasm',
  precision: 'float32',
  unavailable: () => (fault ??= { line: findFault() }).line,
  describe: () => 'wasm: C kernels through WebAssembly SIMD128, 1 thread',
  compile: (program: Program): HostExecutable => new WasmExecutable(program, pool),
};
