/**
 * The part between the backward pass and the finite check: a batch is divided into S shards, and the adjoints and losses
 * of the shards are merged in a binary-counter tree. Therefore the result depends only on S, and not on how many
 * processes share the shards. Merging in the order older + newer, level by level, needs ⌈log₂ S⌉ + 1 buffers in
 * addition to the working buffer.
 */
import type { Ending } from '../model/runner.ts';
import type { RealArray } from '../program/memory.ts';
import { spareAdjoints } from '../program/names.ts';

/** Merges the shards of a batch; one process or several may compute them. */
export interface Reducer {
  /** The shards that this process computes: [first, end). */
  readonly first: number;
  readonly end: number;
  /** Σ w ℓ of the whole batch, after {@link finish}. */
  readonly loss: number;
  /** Begins a batch. Without `adjoints` only the losses are merged, and no buffer is touched. */
  begin(adjoints?: boolean): void;
  /** Adds the shard whose adjoints are in the working buffer. */
  add(loss: number): void;
  /** Adds a shard without rows, which contributes +0 to every element. */
  addEmpty(): void;
  /** Writes the merged adjoints of all shards to the working buffer; with other processes it may end later. */
  finish(): Ending;
}

/** How many spare buffers of adjoints S shards need. */
export function buffersFor(shards: number): number {
  if (shards === 1) return 0;
  let levels = 0;
  while (1 << levels < shards) levels++;
  return levels + 1;
}

/** All shards in one process. */
export class LocalReducer implements Reducer {
  readonly first = 0;
  readonly end: number;
  loss = 0;
  readonly #adjoints: RealArray;
  readonly #buffers: readonly RealArray[];
  readonly #losses: Float64Array;
  readonly #occupied: boolean[];
  #mergesAdjoints = true;

  /**
   * @param adjoints - the working buffer, to which each shard writes its adjoints
   * @param shards - S
   * @param view - gives the memory of a spare buffer
   */
  constructor(
    adjoints: RealArray,
    shards: number,
    view: (name: ReturnType<typeof spareAdjoints>) => RealArray,
  ) {
    const count = buffersFor(shards);
    this.end = shards;
    this.#adjoints = adjoints;
    this.#buffers = Array.from({ length: count }, (_, level) => view(spareAdjoints(level)));
    this.#losses = new Float64Array(count);
    this.#occupied = Array.from({ length: count }, () => false);
  }

  begin(adjoints = true): void {
    this.#mergesAdjoints = adjoints;
    this.#occupied.fill(false);
  }

  add(loss: number): void {
    this.loss = loss;
    let level = 0;
    while (this.#occupied[level]!) this.#mergeLevel(level++);
    if (this.#mergesAdjoints) this.#buffers[level]!.set(this.#adjoints);
    this.#losses[level] = this.loss;
    this.#occupied[level] = true;
  }

  addEmpty(): void {
    if (this.#mergesAdjoints) this.#adjoints.fill(0);
    this.add(0);
  }

  finish(): undefined {
    let level = 0;
    while (!this.#occupied[level]!) level++;
    if (this.#mergesAdjoints) this.#adjoints.set(this.#buffers[level]!);
    this.loss = this.#losses[level]!;
    for (level++; level < this.#buffers.length; level++) {
      if (this.#occupied[level]!) this.#mergeLevel(level);
    }
  }

  /** working ← level + working, the older one first; afterwards the level is free. */
  #mergeLevel(level: number): void {
    const older = this.#buffers[level]!;
    const working = this.#adjoints;
    const count = this.#mergesAdjoints ? working.length : 0;
    for (let i = 0; i < count; i++) working[i] = older[i]! + working[i]!;
    this.loss = this.#losses[level]! + this.loss;
    this.#occupied[level] = false;
  }
}
