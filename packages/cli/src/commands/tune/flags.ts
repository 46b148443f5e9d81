/** The command line of `vinculum tune DATA -t TARGET`. */
import { listed, SEARCH_METHODS } from 'vinculum/internal';
import { ACTIVATIONS } from '../../choices.ts';
import {
  COMPUTE_FLAGS,
  CONFIG,
  JSON_FLAGS,
  type ComputePlan,
  type JsonPlan,
} from '../../command-line/common-flags.ts';
import type { CommandLine } from '../../command-line/definition.ts';
import { choice, text, whole } from '../../command-line/flag.ts';
import { LEARNING_FLAGS, type LearningPlan } from '../train/learning-flags.ts';
import { ROW_SELECTION_FLAGS, type RowSelection } from '../train/row-flags.ts';

/** The values of the flags of `tune`: those of `train`, of which those that are given are not searched. */
export interface TuneOptions
  extends RowSelection, Omit<LearningPlan, 'activation'>, ComputePlan, JsonPlan {
  readonly activation?: LearningPlan['activation'] | undefined;
  readonly config?: string | undefined;
  readonly trials: number;
  readonly method: (typeof SEARCH_METHODS)[number];
  readonly folds: number;
  readonly output?: string | undefined;
}

export const commandLine: CommandLine<TuneOptions> = {
  example: 'vinculum tune examples/data/penguins.csv -t species --trials 20',
  flags: {
    ...ROW_SELECTION_FLAGS,
    trials: whole({
      min: 1,
      word: 'n',
      help: 'settings that are tried, the first of them those of train',
      default: 20,
      example: '20',
    }),
    method: choice(SEARCH_METHODS, {
      word: 'name',
      help: `${listed(SEARCH_METHODS, { last: 'or' })}: all trials in full, or only the best third of them with three times the epochs, and so on`,
      default: 'random',
    }),
    folds: whole({
      min: 2,
      word: 'n',
      help: 'each trial is measured on so many parts of the rows, by models trained on the others',
      default: 3,
      example: '3',
    }),
    output: text({
      short: 'o',
      word: 'dir',
      path: 'folder',
      help: 'train the winner too, and save it there',
      defaultText: 'none: the settings are printed alone',
    }),
    config: CONFIG,
    ...LEARNING_FLAGS,
    activation: choice(ACTIVATIONS, {
      word: 'name',
      help: 'of the hidden layers',
      defaultText: 'searched',
    }),
    ...COMPUTE_FLAGS,
    ...JSON_FLAGS,
  },
};
