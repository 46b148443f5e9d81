/**
 * Numbers for tests that look random: evenly spaced in (0, 1), in an order that a seed decides.
 */
import { shuffleRows } from '../src/random/shuffle.ts';

/** `count` different numbers in (0, 1), without order. */
export function uniforms(count: number, seed: number): number[] {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  shuffleRows(order, seed, 0);
  return Array.from(order, (place) => (place + 0.5) / count);
}
