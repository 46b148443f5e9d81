/**
 * A long training run that uses everything that could change a bit: dropout, a new shuffle in each epoch, clipping, Adam,
 * a partial last batch, and layers whose width is no multiple of any tile. Its hash is compared across backends,
 * instruction sets, thread counts and engines.
 */
import { createHash } from 'node:crypto';
import {
  type Backend,
  categoryEmbedding,
  dense,
  dropout,
  type Layer,
  layerNormalization,
  network,
  periodicEmbedding,
  readMatrix,
  scaling,
} from 'vinculum';
import {
  atOnce,
  DataSet,
  readStepSettings,
  readTargets,
  shuffleRows,
  stateOf,
  TrainingRun,
} from 'vinculum/internal';
import { withCategories } from './category-rows.ts';
import { Draws } from './draws.ts';

const INPUTS = 45;
const CLASSES = 11;
const ROWS = 213;
const BATCH = 48;
const LOSS = 'softmax-cross-entropy';
const LAYERS: readonly Layer[] = [
  dense(70, { activation: 'relu' }),
  dropout(0.3),
  dense(37, { activation: 'gelu' }),
  dense(33, { activation: 'tanh' }),
  dropout(0.1),
  dense(CLASSES),
];

/** The layers of a network that has every kind of layer, for {@link LongRun.layers}. */
export const EVERY_KIND: readonly Layer[] = [
  periodicEmbedding({ columns: [0, 3, 4, 44], frequencies: 11, units: 5 }),
  categoryEmbedding({
    columns: [
      { column: 5, levels: 7 },
      { column: 20, levels: 1 },
      { column: 43, levels: 90 },
    ],
    size: 5,
  }),
  scaling(),
  layerNormalization(),
  dropout(0.1),
  dense(37, { activation: 'relu' }),
  layerNormalization({ affine: false }),
  dense(33),
  scaling(),
  layerNormalization(),
  dense(CLASSES),
];

/**
 * The hash that every backend, instruction set, thread count and engine must give. A different hash means that the
 * numerics changed. Such a change must be named in the changelog.
 */
export const HASH_OF_LONG_RUN = '02229bdecdffa6d837bf9f91317d7b964781f7434c7383c9ca2adb6e4f1fce80';

/** The hash in fused numerics, on every backend whose products fuse. */
export const HASH_OF_FUSED_RUN = '0ea65fec14e345f9f5427f879cdef16993cb736bf9fcdccefdd3057d2040fcb4';

/** How long a run is, and on how many threads. */
export interface LongRun {
  readonly threads?: number;
  /** Optimiser steps; default 1,000. */
  readonly steps?: number;
  /** The layers of the network; default those that {@link HASH_OF_LONG_RUN} belongs to. */
  readonly layers?: readonly Layer[];
}

/** A network in training, with the loop over its batches. The caller closes `run`. */
export function startRun(
  backend: Backend,
  threads: number | undefined,
  layers: readonly Layer[] = LAYERS,
): { readonly run: TrainingRun; readonly advance: (steps: number) => void } {
  const draws = new Draws(20);
  const x = readMatrix({
    data: withCategories(
      Float32Array.from({ length: ROWS * INPUTS }, () => draws.normal()),
      { inputs: INPUTS, layers },
    ),
    shape: [ROWS, INPUTS],
  });
  const y = Array.from({ length: ROWS }, () => draws.integer(0, CLASSES - 1));
  const targets = readTargets('test', y, { loss: LOSS, outputs: CLASSES, rows: ROWS });
  const net = network({ inputs: INPUTS, layers, seed: 4 });
  const state = stateOf('test', net);
  const settings = readStepSettings(
    'test',
    { loss: LOSS, seed: 2 ** 40 + 7, clip: { globalNorm: 0.5 }, l2: 1e-4 },
    state,
  );
  const run = new TrainingRun({
    where: 'test',
    network: state,
    settings: { ...settings, threads },
    backend,
    data: new DataSet([{ matrix: x, targets, weights: undefined }], backend.precision),
    capacity: BATCH,
  });
  const rows = Uint32Array.from({ length: ROWS }, (_, row) => row);
  const order = rows.slice();
  let epoch = 0;
  let next = ROWS;
  const advance = (steps: number): void => {
    for (let step = 0; step < steps; step++) {
      if (next >= ROWS) {
        order.set(rows);
        shuffleRows(order, 5, epoch++);
        next = 0;
      }
      atOnce(run.step(order, next, Math.min(BATCH, ROWS - next)));
      next += BATCH;
    }
  };
  return { run, advance };
}

/** The SHA-256 of parameters and moments after a long run, which begins when all its threads have started. */
export async function hashOfLongRun(
  backend: Backend,
  { threads, steps = 1000, layers }: LongRun = {},
): Promise<string> {
  const { run, advance } = startRun(backend, threads, layers);
  await run.ready;
  advance(steps);
  const hash = createHash('sha256');
  for (const name of ['parameters', 'firstMoments', 'secondMoments'] as const)
    hash.update(run.view(name).slice());
  run.close();
  return hash.digest('hex');
}
