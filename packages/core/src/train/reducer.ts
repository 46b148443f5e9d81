/**
 * The part between the backward pass and the finite check: a batch is divided into S shards. The adjoints, losses and
 * metrics of the shards are joined in a binary-counter tree. Therefore the result depends only on S, and not on how many
 * processes share the shards. The validation rows are divided and joined in the same way. Joining in the order older +
 * newer, level by level, needs ⌈log₂ S⌉ + 1 buffers in addition to the working buffer.
 *
 * A run with several processes has its own reducer: every process computes the shards [first, end), and `finish` gives the
 * same adjoints and sums to all of them. Then all record the same history, take the same steps and stop at the same epoch.
 */
import type { Ending } from '../model/runner.ts';
import type { RealArray } from '../program/memory.ts';
import { spareAdjoints } from '../program/names.ts';
import type { RowSums } from './row-sums.ts';

/** Joins the shards of a batch, or of the validation rows; one process or several may compute them. */
export interface Reducer {
  /** The shards that this process computes: [first, end). */
  readonly first: number;
  readonly end: number;
  /**
   * Before {@link add}, the sums of the shard: they are empty, and the caller adds its rows. After {@link finish}, the sums
   * of all shards of all processes. The object differs from shard to shard.
   */
  readonly sums: RowSums;
  /** Begins a batch. Without `adjoints` only the sums are joined, and no adjoints are touched. */
  begin(adjoints: boolean): void;
  /** Adds the shard whose adjoints are in the working buffer and whose rows are in {@link sums}. */
  add(): void;
  /** Adds a shard without rows, which contributes +0 to every element. */
  addEmpty(): void;
  /** Writes the joined adjoints of all shards to the working buffer; with other processes it may end later. */
  finish(): Ending;
}

/** What a reducer works with. */
export interface ShardMemory {
  /** S, of all processes. */
  readonly shards: number;
  /** The working buffer, to which each shard writes its adjoints. */
  readonly adjoints: RealArray;
  /** The memory of a spare buffer; there are {@link buffersFor} S of them. */
  view(name: ReturnType<typeof spareAdjoints>): RealArray;
  /** New empty sums. */
  newSums(): RowSums;
}

/** Makes the reducer of a run. */
export type MakeReducer = (memory: ShardMemory) => Reducer;

/** How many spare buffers of adjoints S shards need. */
export function buffersFor(shards: number): number {
  if (shards === 1) return 0;
  let levels = 0;
  while (1 << levels < shards) levels++;
  return levels + 1;
}

/** The shards of one process. */
export class LocalReducer implements Reducer {
  readonly first: number;
  readonly end: number;
  sums: RowSums;
  readonly #adjoints: RealArray;
  readonly #buffers: readonly RealArray[];
  /** The sums of each level. They change places with `sums`, so that nothing is copied. */
  readonly #levels: RowSums[];
  readonly #occupied: boolean[];
  #joinsAdjoints = true;

  /**
   * @param memory - of a run with at least 2 shards
   * @param first - the first shard of this process
   * @param end - the shard after its last one
   */
  constructor(memory: ShardMemory, first = 0, end: number = memory.shards) {
    const count = Math.max(1, buffersFor(end - first));
    this.first = first;
    this.end = end;
    this.sums = memory.newSums();
    this.#adjoints = memory.adjoints;
    this.#buffers = Array.from({ length: count }, (_, level) => memory.view(spareAdjoints(level)));
    this.#levels = Array.from({ length: count }, () => memory.newSums());
    this.#occupied = Array.from({ length: count }, () => false);
  }

  begin(adjoints: boolean): void {
    this.#joinsAdjoints = adjoints;
    this.#occupied.fill(false);
    this.sums.reset();
  }

  add(): void {
    let level = 0;
    while (this.#occupied[level]!) this.#joinLevel(level++);
    if (this.#joinsAdjoints) this.#buffers[level]!.set(this.#adjoints);
    this.#exchange(level);
    this.#occupied[level] = true;
    this.sums.reset();
  }

  addEmpty(): void {
    if (this.#joinsAdjoints) this.#adjoints.fill(0);
    this.add();
  }

  finish(): undefined {
    let level = 0;
    while (!this.#occupied[level]!) level++;
    if (this.#joinsAdjoints) this.#adjoints.set(this.#buffers[level]!);
    this.#exchange(level);
    for (level++; level < this.#buffers.length; level++) {
      if (this.#occupied[level]!) this.#joinLevel(level);
    }
  }

  /** working ← level + working, the older one first; afterwards the level is free. */
  #joinLevel(level: number): void {
    const older = this.#buffers[level]!;
    const working = this.#adjoints;
    const count = this.#joinsAdjoints ? working.length : 0;
    for (let i = 0; i < count; i++) working[i] = older[i]! + working[i]!;
    this.#levels[level]!.join(this.sums);
    this.#exchange(level);
    this.#occupied[level] = false;
  }

  /** The sums of the level become the working sums, and the other way round. */
  #exchange(level: number): void {
    const sums = this.#levels[level]!;
    this.#levels[level] = this.sums;
    this.sums = sums;
  }
}
