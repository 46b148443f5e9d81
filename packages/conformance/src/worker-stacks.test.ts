/**
 * Each worker of a WebAssembly team uses its own slice of the memory for stacks. If two workers shared a slice, a run would
 * give wrong bits, trap, or wait for ever, and no other test would be certain to find it.
 */
import { describe, expect, it } from 'vitest';
import { aligned, KERNELS, STACK_BYTES, wasmBackend } from 'vinculum/internal';
import { startRun } from './long-run.ts';

const PAINT = 0xa5;

describe('stacks of the workers', () => {
  // With two threads an overlap damages no other worker, so this test ends even if the slices are wrong.
  it('are written by their own worker alone, and never to the end', async () => {
    const threads = 2;
    const { run, advance } = startRun(wasmBackend, threads);
    await run.ready;
    const stacks = aligned(aligned(KERNELS.staticBytes) + KERNELS.teamBytes);
    const sliceOf = (thread: number): Uint8Array =>
      new Uint8Array(run.scalars.buffer, stacks + thread * STACK_BYTES, STACK_BYTES);
    for (let thread = 0; thread < threads; thread++) sliceOf(thread).fill(PAINT);
    advance(10);
    run.close();
    // The calling thread uses the stack of the module; its slice is used in a page only.
    expect(depthOf(sliceOf(0))).toBe(0);
    expect(depthOf(sliceOf(1))).toBeGreaterThan(0);
    expect(depthOf(sliceOf(1))).toBeLessThan(STACK_BYTES / 2);
  });
});

/** Bytes from the top of a stack down to the lowest byte that was written. */
function depthOf(stack: Uint8Array): number {
  const lowest = stack.findIndex((byte) => byte !== PAINT);
  return lowest < 0 ? 0 : stack.length - lowest;
}
