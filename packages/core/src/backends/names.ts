/**
 * Lists of the names of backends and instruction sets. They are not in the registry, because the registry imports the
 * backends, and a command that only prints its help needs no more than the names.
 */

/** The backends that belong to vinculum, the preferred first. */
export const BACKEND_NAMES = ['native', 'wasm', 'reference'] as const;

/** The backends that can compute with more than one thread. */
export const THREADED_BACKENDS: readonly string[] = ['native', 'wasm'];

/** The builds of the native kernels, as `VINCULUM_ISA` names them. */
export const INSTRUCTION_SETS = ['avx512', 'avx2', 'baseline', 'neon'] as const;
