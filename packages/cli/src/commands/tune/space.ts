/** What `vinculum tune` tries, by the names of the flags. A flag that is given is not searched. */
import type { SearchSpace } from 'vinculum';
import { optimizersWith } from '../../choices.ts';
import type { LearningPlan } from '../train/learning-flags.ts';
import type { TuneOptions } from './flags.ts';

/** The flags that are searched. */
type Searched = Pick<
  LearningPlan,
  'hidden' | 'activation' | 'learningRate' | 'batchSize' | 'weightDecay' | 'dropout'
>;

/** Values of flags that were drawn. */
export type Drawn = Partial<Searched>;

const SPACE: SearchSpace<Searched> = {
  hidden: [[64], [128], [256], [64, 32], [128, 64], [256, 128], [128, 128, 128], [256, 256, 256]],
  // relu is twice in the list, because it is as good as the others on most tables and the fastest.
  activation: ['relu', 'relu', 'silu', 'gelu', 'tanh'],
  learningRate: { min: 3e-4, max: 1e-2, scale: 'log' },
  batchSize: [16, 32, 64, 128],
  weightDecay: { min: 1e-5, max: 1e-1, scale: 'log' },
  dropout: [0, 0, 0.1, 0.2, 0.3],
};

/** From so many rows on steps have more rows, because small ones would take long. */
const MANY_ROWS = 10_000;
const LARGE_BATCHES = [128, 256, 512, 1024];

/** The rates of an optimiser without running means of squares. */
const PLAIN_RATES = { min: 1e-3, max: 1e-1, scale: 'log' } as const;

/**
 * The space for some flags.
 *
 * @param rows - to learn from
 */
export function spaceFor(flags: TuneOptions, rows: number): SearchSpace<Searched> {
  const decays = optimizersWith('weightDecay').includes(flags.optimizer);
  const all: Readonly<Record<string, unknown>> = {
    ...SPACE,
    ...(rows < MANY_ROWS ? {} : { batchSize: LARGE_BATCHES }),
    ...(flags.optimizer === 'sgd' ? { learningRate: PLAIN_RATES } : {}),
    ...(decays ? {} : { weightDecay: undefined }),
  };
  const given: Readonly<Record<string, unknown>> = { ...flags };
  const open = Object.entries(all).filter(
    ([name, values]) => given[name] === undefined && values !== undefined,
  );
  return Object.fromEntries(open);
}
