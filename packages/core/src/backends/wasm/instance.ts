/**
 * Instances of the kernels, each with its own memory that never grows, and the pool from which they come. A dropped
 * WebAssembly memory is freed late (400 memories of 20 MB reached 3.3 GB) and only about 13,000 may exist at once, so
 * memories are returned to the pool and used again by size class.
 */
import { tooLarge } from '../contract.ts';
import { unpackModule, type PackedModule } from './embedding.ts';

const PAGE_BYTES = 65536;

/** The most pages a 32-bit memory has: 4 GiB. */
const MAXIMUM_PAGES = 65536;

/** The most bytes of a memory. */
export const MAXIMUM_BYTES: number = PAGE_BYTES * MAXIMUM_PAGES;

/** If idle memories have more bytes than this in all, the oldest are dropped; a single larger memory is dropped at once. */
const MAXIMUM_IDLE_BYTES = 268435456;

/** The compiled kernels as the build embeds them. */
export interface KernelImage {
  readonly packed: PackedModule;
  /** Bytes of its stack and constants, at the start of the memory. */
  readonly staticBytes: number;
  /** Bytes of scratch that a run needs for each thread. */
  readonly scratchBytes: number;
  /** Bytes of what a team of threads shares. */
  readonly teamBytes: number;
  /** The most threads of a team. */
  readonly mostThreads: number;
  /** Which byte of the module says whether its memory is shared. */
  readonly sharedFlag: number;
}

/** One instance of the kernels and its memory; packages/kernels/src/entries.h declares the functions. */
export interface KernelInstance {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Every argument is an address. */
  readonly run: (
    table: number,
    scalars: number,
    arena: number,
    scratch: number,
    team: number,
  ) => void;
  readonly teamStart: (team: number, threads: number, spins: number) => void;
  readonly teamStop: (team: number, threads: number) => void;
}

/** Limits with a maximum, of a memory that is shared. */
const SHARED = 3;

/**
 * Instances of one module, with or without shared memory. One module is enough for both, because one bit of the import says
 * whether the memory is shared, and engines accept atomic operations on any memory.
 */
export class KernelPool {
  readonly image: KernelImage;
  readonly #shared: boolean;
  #module: WebAssembly.Module | undefined;
  /** The oldest first. */
  readonly #idle: KernelInstance[] = [];

  constructor(image: KernelImage, shared = false) {
    this.image = image;
    this.#shared = shared;
  }

  /** Bytes of the idle memories. */
  get idleBytes(): number {
    return this.#idle.reduce((sum, { memory }) => sum + memory.buffer.byteLength, 0);
  }

  /**
   * An instance whose memory has at least `bytes` bytes; their content is not defined.
   *
   * @throws {RangeError} when there is no such memory
   */
  take(bytes: number): KernelInstance {
    const pages = sizeClass(Math.ceil(bytes / PAGE_BYTES));
    const index = this.#idle.findIndex(
      ({ memory }) => memory.buffer.byteLength === pages * PAGE_BYTES,
    );
    const pooled = index < 0 ? undefined : this.#idle.splice(index, 1)[0];
    return pooled ?? this.#instantiate(pages, bytes);
  }

  /** Takes an instance back; its memory must not be used any more. */
  give(instance: KernelInstance): void {
    if (instance.memory.buffer.byteLength > MAXIMUM_IDLE_BYTES) return;
    this.#idle.push(instance);
    while (this.idleBytes > MAXIMUM_IDLE_BYTES) this.#idle.shift();
  }

  #instantiate(pages: number, bytes: number): KernelInstance {
    const module = (this.#module ??= this.#compile());
    const memory = allocate(pages, bytes, this.#shared);
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    return { module, memory, ...(exports as unknown as Omit<KernelInstance, 'module' | 'memory'>) };
  }

  #compile(): WebAssembly.Module {
    const bytes = unpackModule(this.image.packed).slice();
    if (this.#shared) bytes[this.image.sharedFlag] = SHARED;
    return new WebAssembly.Module(bytes);
  }
}

/**
 * Rounds up to m · 2^k with m of 4, 5, 6, 7, so that at most a quarter of a memory is never used, and runs of
 * about the same size can use each other's memories.
 */
function sizeClass(pages: number): number {
  let unit = 1;
  while (unit * 8 <= pages) unit *= 2;
  const rounded = Math.ceil(pages / unit) * unit;
  return rounded > MAXIMUM_PAGES && pages <= MAXIMUM_PAGES ? MAXIMUM_PAGES : rounded;
}

/** If a machine refuses as few bytes as this, the cause is not a lack of memory. */
const FEW_BYTES = 1 << 28;

/** V8 reserves addresses for the whole range of a 32-bit memory, and more as a guard. */
const ADDRESS_SPACE =
  " A WebAssembly memory of any size takes about 10 GB of addresses, which a limit such as `ulimit -v` may not leave: raise it, or use the backend 'native' or 'reference'.";

function allocate(pages: number, bytes: number, shared: boolean): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch (error) {
    if (pages > MAXIMUM_PAGES) {
      throw tooLarge(`at most ${MAXIMUM_BYTES} bytes`, `${bytes} bytes`, error);
    }
    const rule = 'what this machine can allocate';
    throw tooLarge(rule, `${bytes} bytes`, error, bytes < FEW_BYTES ? ADDRESS_SPACE : undefined);
  }
}
