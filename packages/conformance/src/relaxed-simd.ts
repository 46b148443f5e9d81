/**
 * The wasm backend in fused numerics for tests and scripts. Node 20 has relaxed SIMD only behind a flag of V8, which is set here, so
 * that the module is tested in every Node.
 */
import { setFlagsFromString } from 'node:v8';
import type { Backend } from 'vinculum';
import { FUSED_KERNELS } from 'vinculum/fused';
import { isFusing, useFusedKernels, wasmBackend } from 'vinculum/internal';

/** The smallest module with a relaxed instruction: () → v128; f32x4.relaxed_madd of three v128.const 0. */
const RELAXED = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0, 65, 0, 253, 17,
  65, 0, 253, 17, 65, 0, 253, 17, 253, 133, 2, 11,
]);

/** The backend; undefined if this processor has no fused multiply-add. */
export function fusedWasmBackend(): Backend | undefined {
  if (!WebAssembly.validate(RELAXED)) setFlagsFromString('--experimental-wasm-relaxed-simd');
  if (!WebAssembly.validate(RELAXED)) throw new Error('this engine must have relaxed SIMD.');
  useFusedKernels(() => FUSED_KERNELS);
  return isFusing() === true ? wasmBackend.fused : undefined;
}
