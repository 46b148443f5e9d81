/**
 * A run without a fixed number of threads may take another number for every phase. Here each phase gets a number that is drawn,
 * so the bits must stay the same however the machine makes the choice. Predictions on threads must have the bits of one thread too.
 */
import { describe, expect, it } from 'vitest';
import { dense, network, predictor, registerBackend, type Backend } from 'vinculum';
import {
  KernelPool,
  KERNELS,
  NativeExecutable,
  WasmExecutable,
  wasmBackend,
  type ThreadSource,
} from 'vinculum/internal';
import { Draws } from './draws.ts';
import { HASH_OF_LONG_RUN, hashOfLongRun } from './long-run.ts';
import { nativeBuilds } from './native-builds.ts';

/** More than this machine has, so that threads lose their processors too. */
const MOST = 4;

/** Another number of threads for every run of a phase; the numbers are noted in `drawn`. */
function drawnThreads(drawn: Set<number>): () => ThreadSource {
  const draws = new Draws(8);
  return () => ({
    timed: false,
    threadsFor() {
      const threads = draws.integer(1, MOST);
      drawn.add(threads);
      return threads;
    },
    ran() {},
  });
}

const sharedPool = new KernelPool(KERNELS, true);

/** The backends, with threads as a source says. */
const SWITCHING: readonly { name: string; backend: (source: () => ThreadSource) => Backend }[] = [
  {
    name: 'wasm',
    backend: (source) => ({
      ...wasmBackend,
      compile: (program) => new WasmExecutable(program, sharedPool, MOST, source),
    }),
  },
  ...nativeBuilds().map(({ instructionSet, backend, kernels }) => ({
    name: instructionSet,
    backend: (source: () => ThreadSource): Backend => ({
      ...backend,
      compile: (program) => new NativeExecutable(program, kernels(), MOST, source),
    }),
  })),
];

describe.each(SWITCHING)('on $name', ({ name, backend }) => {
  it('a thousand steps have the same bits if the number of threads changes at every phase', async () => {
    const drawn = new Set<number>();
    expect(await hashOfLongRun(backend(drawnThreads(drawn)))).toBe(HASH_OF_LONG_RUN);
    expect(drawn).toEqual(new Set([1, 2, 3, 4]));
  });

  it('predictions have the same bits if the number of threads changes at every tile', () => {
    const drawn = new Set<number>();
    registerBackend({ ...backend(drawnThreads(drawn)), name: `switching-${name}` });
    const { net, x } = largePrediction();
    using alone = predictor(net, { maxRows: 64, backend: 'wasm', threads: 1 });
    using switching = predictor(net, { maxRows: 64, backend: `switching-${name}` });
    expect(switching.predict(x)).toEqual(alone.predict(x));
    expect(drawn.size).toBe(MOST);
  });
});

/** A prediction that is worth several threads. */
function largePrediction() {
  const draws = new Draws(3);
  const net = network({
    inputs: 190,
    layers: [dense(250, { activation: 'tanh' }), dense(11)],
    output: 'softmax',
    seed: 3,
  });
  const data = Float32Array.from({ length: 1000 * 190 }, () => draws.normal());
  return { net, x: { data, shape: [1000, 190] } };
}
