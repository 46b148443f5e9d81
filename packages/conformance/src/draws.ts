/**
 * Seeded draws for tests, small and portable. A test prints its seed when it fails, and the same seed draws the same
 * case again. This is not vinculum's own generator, so that a fault in that generator cannot hide itself here.
 *
 * Source: "mulberry32", Tommy Ettinger 2017 (public domain).
 */
export class Draws {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 32 random bits. */
  word(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return (z ^ (z >>> 14)) >>> 0;
  }

  /** In [low, high). */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.word() / 2 ** 32);
  }

  /** In low … high, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  /** In low … high, both included; the logarithm is uniform, so 1–10 is as likely as 10–100. */
  logInteger(low: number, high: number): number {
    const drawn = Math.exp(this.uniform(Math.log(low), Math.log(high + 1)));
    return Math.min(high, Math.max(low, Math.floor(drawn)));
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  choice<Item>(items: readonly Item[]): Item {
    return items[this.integer(0, items.length - 1)]!;
  }

  /** Standard normal, by Box and Muller. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Some of the numbers from 0 to `count` − 1, ascending, each with a probability; the last one if there were none. */
  indices(count: number, probability: number): number[] {
    const all = Array.from({ length: count }, (_, index) => index);
    const some = all.filter(() => this.chance(probability));
    return some.length === 0 ? [count - 1] : some;
  }

  /** `size` numbers, each made by `make`. */
  array(size: number, make: () => number): Float64Array {
    return Float64Array.from({ length: size }, make);
  }
}
