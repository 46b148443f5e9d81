/**
 * Loads the native addon: a prebuilt one that was installed for this platform as an optional dependency, or the one that
 * the build of this package compiled. Only the core uses it, when it first looks for a backend.
 *
 * It is a CommonJS module, because the core loads it synchronously with `require`, and `require` of Node 20 loads no other kind.
 */
/**
 * The addon, as far as this package looks at it. Its other functions are for the core, which says what they are
 * (packages/core/src/backends/native/binding.ts); packages/native/addon/addon.c implements them.
 */
export interface NativeAddon {
  /** Must be {@link ABI}. */
  readonly abi: number;
  /** Builds of the kernels, the fastest first; '' in place of one that this processor does not run. */
  readonly builds: readonly string[];
}

/** An addon, and the build of its kernels that was chosen. */
export interface NativeKernels {
  readonly binding: NativeAddon;
  /** Index in `binding.builds`. */
  readonly build: number;
  /** 'avx512', 'avx2', 'baseline' or 'neon'. */
  readonly instructionSet: string;
}

/** The version of the addon's functions that the core and addon/addon.c agree on; the same number stands there. */
const ABI = 7;

/**
 * Loads the addon and chooses the fastest build that this processor runs.
 *
 * @param instructionSet - forces one; by default the environment's `VINCULUM_ISA`, else the fastest
 * @throws {Error} with one line that says why there is none
 */
export function openNative(
  instructionSet: string | undefined = process.env['VINCULUM_ISA'],
): NativeKernels {
  const binding = loadAddon();
  const runnable = binding.builds.filter((name) => name !== '');
  const wanted =
    instructionSet === undefined || instructionSet === '' ? runnable[0]! : instructionSet;
  if (!runnable.includes(wanted)) {
    throw new Error(
      `VINCULUM_ISA must be one of ${runnable.join(', ')} on this processor; got '${wanted}'.`,
    );
  }
  return { binding, build: binding.builds.indexOf(wanted), instructionSet: wanted };
}

/** The places where an addon may be, in this order; docs/releasing.md says how the first kind is made. */
function places(): readonly string[] {
  return [`@vinculum/native-${process.platform}-${process.arch}`, '../build/vinculum.node'];
}

function loadAddon(): NativeAddon {
  for (const place of places()) {
    let addon: NativeAddon;
    try {
      addon = require(place) as NativeAddon;
    } catch (error) {
      if (isMissing(error)) continue;
      throw new Error(`the addon could not be loaded: ${(error as Error).message}`, {
        cause: error,
      });
    }
    if (addon.abi === ABI) return addon;
    throw new Error(
      `the addon has version ${addon.abi} of its interface; this needs ${ABI}. Build it again.`,
    );
  }
  throw new Error(
    'the addon was not built; it needs a C compiler (cc) when the packages are built, by `npm run build`.',
  );
}

function isMissing(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'MODULE_NOT_FOUND';
}
