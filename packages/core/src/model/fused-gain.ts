/**
 * What fused numerics would give on this machine, from a measurement of some milliseconds: the time of a forward pass in portable
 * numerics divided by its time in fused ones. The pass is nearly all matrix products, so a run gains at most this factor.
 */
import type { Backend } from '../backends/contract.ts';
import { dense } from '../network/layers/dense.ts';
import { SCALARS } from '../program/scalars.ts';
import { layoutOf } from '../network/layout.ts';
import { atOnce, Runner } from './runner.ts';

/** Wide enough for the products to take nearly all of the time, and small enough for the second cache. */
const WIDTH = 256;
const ROWS = 128;

/** Passes of each numerics, in turn; the least time of each counts, because other work can only make a pass slower. */
const ROUNDS = 12;

/**
 * @param backend - in portable numerics
 * @returns the ratio of the times; undefined if the backend has no fused numerics here
 * @example
 * const gains = registeredBackends().map((backend) => fusedGain(backend));
 */
export function fusedGain(backend: Backend): number | undefined {
  const { fused } = backend;
  if (fused === undefined || fused.unavailable() !== undefined) return undefined;
  const [portable, other] = [passOf(backend), passOf(fused)];
  const least = { portable: Infinity, fused: Infinity };
  for (let round = 0; round < ROUNDS; round++) {
    least.portable = Math.min(least.portable, portable.seconds());
    least.fused = Math.min(least.fused, other.seconds());
  }
  portable.close();
  other.close();
  return least.portable / least.fused;
}

/** A forward pass that can be timed. */
interface Pass {
  seconds(): number;
  close(): void;
}

function passOf(backend: Backend): Pass {
  const layers = [dense(WIDTH), dense(WIDTH)];
  const spec = { inputs: WIDTH, layers, seed: 0, dtype: 'float32' } as const;
  const parameters = new Float32Array(layoutOf(spec).parameterCount).fill(1 / WIDTH);
  const runner = new Runner({ spec, purpose: 'predict', capacity: ROWS, backend, parameters });
  runner.view('x').fill(1);
  runner.scalars[SCALARS.rows] = ROWS;
  atOnce(runner.run('prepare'));
  return {
    seconds() {
      const begun = performance.now();
      atOnce(runner.run('forward'));
      return performance.now() - begun;
    },
    close: () => runner.close(),
  };
}
