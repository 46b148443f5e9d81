/**
 * Every backend of this engine and processor that promises bits, in each numerics that it has here, and the hash of the long run
 * that the numerics promises.
 */
import type { Backend, Numerics } from 'vinculum';
import { wasmBackend } from 'vinculum/internal';
import { HASH_OF_FUSED_RUN, HASH_OF_LONG_RUN } from './long-run.ts';
import { inEveryNumerics, nativeBuilds } from './native-builds.ts';
import { fusedWasmBackend } from './relaxed-simd.ts';

/** A backend of a list that a test or a script goes through. */
export interface PromisingBackend {
  /** 'wasm', or the instruction set of a native build. */
  readonly name: string;
  readonly numerics: Numerics;
  readonly backend: Backend;
}

/** Both numerics have a hash of {@link hashOfLongRun}. */
export const HASHES: Readonly<Record<Numerics, string>> = {
  portable: HASH_OF_LONG_RUN,
  fused: HASH_OF_FUSED_RUN,
};

/** WebAssembly in fused numerics is missing if this processor does not fuse it. */
export function everyBackend(): readonly PromisingBackend[] {
  const fusedWasm = fusedWasmBackend();
  return [
    { name: 'wasm', numerics: 'portable', backend: wasmBackend },
    ...(fusedWasm ? [{ name: 'wasm', numerics: 'fused', backend: fusedWasm } as const] : []),
    ...inEveryNumerics(nativeBuilds()).map(({ instructionSet, ...rest }) => ({
      name: instructionSet,
      ...rest,
    })),
  ];
}
