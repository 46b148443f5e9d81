/**
 * The names that choose what computes, as lists. They stand apart from the registry, because the registry brings
 * the backends with it and a command that only prints its help needs the names alone.
 */

/** The backends that belong to vinculum, the preferred first. */
export const BACKEND_NAMES = ['native', 'wasm', 'reference'] as const;

/** The backends that can compute with more than one thread. */
export const THREADED_BACKENDS: readonly string[] = ['native', 'wasm'];

/** The builds of the native kernels, as `VINCULUM_ISA` names them. */
export const INSTRUCTION_SETS = ['avx512', 'avx2', 'baseline', 'neon'] as const;
