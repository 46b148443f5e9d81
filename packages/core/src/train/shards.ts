/**
 * Sharded gradients: a batch is cut in S shards whose adjoints and losses are merged in a binary-counter
 * tree, so that the result depends on S and on nothing else: not on how many machines share the shards.
 * Merging in the order older + newer, level by level, needs ⌈log₂ S⌉ + 1 buffers beside the working one.
 */
type RealArray = Float32Array | Float64Array;

/** Merges the adjoints of the shards of one batch. */
export class ShardMerge {
  readonly #adjoints: RealArray;
  readonly #buffers: readonly RealArray[];
  readonly #losses: Float64Array;
  readonly #occupied: boolean[];
  #loss = 0;
  #mergesAdjoints = true;

  /** How many spare buffers S shards need. */
  static buffersFor(shards: number): number {
    if (shards === 1) return 0;
    let levels = 0;
    while (1 << levels < shards) levels++;
    return levels + 1;
  }

  constructor(adjoints: RealArray, shards: number, view: (name: string) => RealArray) {
    const count = ShardMerge.buffersFor(shards);
    this.#adjoints = adjoints;
    this.#buffers = Array.from({ length: count }, (_, level) => view(`adjoints.${level}`));
    this.#losses = new Float64Array(count);
    this.#occupied = Array.from({ length: count }, () => false);
  }

  /** Begins a batch; without `adjoints` the losses alone are merged, and no buffer is touched. */
  begin(adjoints = true): void {
    this.#mergesAdjoints = adjoints;
    this.#occupied.fill(false);
  }

  /** Takes in the shard whose adjoints stand in the working buffer. */
  add(loss: number): void {
    this.#loss = loss;
    let level = 0;
    while (this.#occupied[level]!) this.#mergeLevel(level++);
    if (this.#mergesAdjoints) this.#buffers[level]!.set(this.#adjoints);
    this.#losses[level] = this.#loss;
    this.#occupied[level] = true;
  }

  /** A shard without rows contributes +0 everywhere. */
  addEmpty(): void {
    if (this.#mergesAdjoints) this.#adjoints.fill(0);
    this.add(0);
  }

  /** Leaves the merged adjoints in the working buffer; returns the merged loss. */
  finish(): number {
    let level = 0;
    while (!this.#occupied[level]!) level++;
    if (this.#mergesAdjoints) this.#adjoints.set(this.#buffers[level]!);
    this.#loss = this.#losses[level]!;
    for (level++; level < this.#buffers.length; level++) {
      if (this.#occupied[level]!) this.#mergeLevel(level);
    }
    return this.#loss;
  }

  /** working ← level + working, older first; the level is free then. */
  #mergeLevel(level: number): void {
    const older = this.#buffers[level]!;
    const working = this.#adjoints;
    const count = this.#mergesAdjoints ? working.length : 0;
    for (let i = 0; i < count; i++) working[i] = older[i]! + working[i]!;
    this.#loss = this.#losses[level]! + this.#loss;
    this.#occupied[level] = false;
  }
}
