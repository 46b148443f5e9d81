/**
 * The types of the package `@vinculum/native`: an addon with the C kernels, and the name of the chosen build. They are
 * here, because the core must compile without that package; packages/native/addon/addon.c implements them.
 */

/** The functions of the addon; it checks nothing. */
export interface NativeBinding {
  /** `tableVersion()` of the core that the addon was compiled for. */
  readonly tableVersion: number;
  /** Of each build, whether this processor runs its fused tiles. */
  readonly fusing: readonly boolean[];
  /** Processors that this process may run on. */
  readonly processors: number;
  /** The most threads of a run. */
  readonly mostThreads: number;
  /** The address of an array modulo 64. */
  misalignment(bytes: Uint8Array): number;
  /** Asks the system for large pages under an array that was not touched yet; only a wish. */
  useLargePages(bytes: Uint8Array): void;
  /** Bytes of a job: one phase with its memory. */
  readonly jobBytes: number;
  /**
   * Writes a job and returns its address. All the arrays, including `job`, must stay alive as long as the job may be run.
   *
   * @param job - `jobBytes` bytes, 8-byte aligned
   */
  bind(
    job: Uint8Array,
    build: number,
    table: Int32Array,
    scalars: Float64Array,
    arena: Uint8Array,
  ): number;
  /** Runs a job, by its address, on up to `threads` threads. Allocates nothing. */
  run(job: number, threads: number): void;
  /** The same for a job whose table reads the caller's rows, from element `first` of an array on. */
  runOn(job: number, threads: number, rows: Float32Array, first: number): void;
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

/** An addon and a build of its kernels. */
export interface NativeKernels {
  readonly binding: NativeBinding;
  readonly build: number;
  /** 'avx512', 'avx2', 'baseline' or 'neon'. */
  readonly instructionSet: string;
}
