/**
 * Loads the native addon: a prebuilt one that was installed for this platform as an optional dependency, or the one that
 * the build of this package compiled. The core asks for it when it first looks for a backend; nobody else needs it.
 *
 * A CommonJS module, since the core loads it synchronously with `require`, which Node 20 has for no other kind.
 */
/** The addon as it is; addon/addon.c tells what its functions do. It checks nothing. */
export interface NativeBinding {
  /** Must be {@link ABI}. */
  readonly abi: number;
  /** Processors that this process may run on. */
  readonly processors: number;
  /** The most threads of a run. */
  readonly mostThreads: number;
  /** Builds of the kernels, the fastest first; '' where this processor does not run one. */
  readonly builds: readonly string[];
  /** How many bytes an array begins behind a multiple of 64. */
  misalignment(bytes: Uint8Array): number;
  /** Binds the memory of one phase of a Program; the arrays must stay alive as long as the result. */
  bind(build: number, table: Int32Array, scalars: Float64Array, arena: Uint8Array): object;
  /** Runs a phase on up to `threads` threads. Allocates nothing. */
  run(bound: object, threads: number): void;
  /** `shuffleRows` of `random/shuffle.ts`; `stream` is the last word of the counter. */
  shuffle(
    rows: Uint32Array,
    seedLow: number,
    seedHigh: number,
    stream: number,
    part: number,
    epoch: number,
  ): void;
}

/** An addon, and the build of its kernels that was chosen. */
export interface NativeKernels {
  readonly binding: NativeBinding;
  /** Index in `binding.builds`. */
  readonly build: number;
  /** 'avx512', 'avx2', 'baseline' or 'neon'. */
  readonly instructionSet: string;
}

/** The version of the addon's functions and of the op table that this package and the core agree on. */
const ABI = 2;

/**
 * Loads the addon and chooses the fastest build that this processor runs.
 *
 * @param instructionSet - forces one; by default the environment's `VINCULUM_ISA`, else the fastest
 * @throws {Error} with one line that says why there is none
 */
export function openNative(
  instructionSet: string | undefined = process.env['VINCULUM_ISA'],
): NativeKernels {
  const binding = loadBinding();
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

/** Where an addon may be, in this order; docs/releasing.md tells how the first kind is made. */
function places(): readonly string[] {
  return [`@vinculum/native-${process.platform}-${process.arch}`, '../build/vinculum.node'];
}

function loadBinding(): NativeBinding {
  for (const place of places()) {
    let binding: NativeBinding;
    try {
      binding = require(place) as NativeBinding;
    } catch (error) {
      if (isMissing(error)) continue;
      throw new Error(`the addon could not be loaded: ${(error as Error).message}`, {
        cause: error,
      });
    }
    if (binding.abi === ABI) return binding;
    throw new Error(
      `the addon has version ${binding.abi} of its interface; this needs ${ABI}. Build it again.`,
    );
  }
  throw new Error(
    'the addon was not built; it needs a C compiler (cc) when the packages are built, by `npm run build`.',
  );
}

function isMissing(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'MODULE_NOT_FOUND';
}
