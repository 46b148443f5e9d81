/**
 * The native backend in every build that this processor can run, for tests that run once on each of them.
 */
import { openNative as openAddon } from '@vinculum/native';
import type { Backend, Numerics } from 'vinculum';
import { nativeBackend, type NativeKernels } from 'vinculum/internal';

/** One build of the kernels as a backend. */
export interface NativeBuild {
  readonly instructionSet: string;
  readonly backend: Backend;
  readonly kernels: () => NativeKernels;
}

/** The columns of a panel of packed weights, which is two vectors wide. */
export const PANEL_COLUMNS: Readonly<Record<string, number>> = {
  avx512: 32,
  avx2: 16,
  baseline: 8,
  neon: 8,
};

/** Opens the addon of `@vinculum/native` as the type that the core declares for it. */
function openNative(instructionSet?: string): NativeKernels {
  return openAddon(instructionSet) as NativeKernels & ReturnType<typeof openAddon>;
}

/** Every build that this processor can run; an empty list if the addon was not built. */
export function nativeBuilds(): readonly NativeBuild[] {
  let names: readonly string[];
  try {
    names = openAddon('').binding.builds.filter((name) => name !== '');
  } catch {
    return [];
  }
  return names.map((instructionSet) => ({
    instructionSet,
    backend: nativeBackend(() => openNative(instructionSet)),
    kernels: () => openNative(instructionSet),
  }));
}

/** The builds in portable numerics, and those in fused numerics that this processor runs. */
export function inEveryNumerics(
  builds: readonly NativeBuild[],
): readonly (NativeBuild & { readonly numerics: Numerics })[] {
  return builds.flatMap((build) => {
    const { backend } = build;
    const fused = backend.fused?.unavailable() === undefined ? backend.fused : undefined;
    return [
      { ...build, numerics: 'portable' } as const,
      ...(fused ? [{ ...build, numerics: 'fused', backend: fused } as const] : []),
    ];
  });
}
