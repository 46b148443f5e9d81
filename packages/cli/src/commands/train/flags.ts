/** The command line of `vinculum train DATA -t TARGET`. */
import {
  COMPUTE_FLAGS,
  CONFIG,
  JSON_FLAGS,
  type ComputePlan,
  type JsonPlan,
} from '../../command-line/common-flags.ts';
import type { CommandLine } from '../../command-line/definition.ts';
import { number, text, toggle, type Flags } from '../../command-line/flag.ts';
import { LEARNING_FLAGS, type LearningPlan } from './learning-flags.ts';
import { ROW_SELECTION_FLAGS, type RowSelection } from './row-flags.ts';

/** The values of the flags of `train`. */
export interface TrainOptions extends RowSelection, LearningPlan, ComputePlan, JsonPlan {
  /** A file of settings; flags override them. */
  readonly config?: string | undefined;
  /** Whether the settings are printed and nothing is trained. */
  readonly printConfig: boolean;
  readonly output?: string | undefined;
  readonly noReport: boolean;
  readonly tensorboard: boolean;
  readonly timeLimit?: number | undefined;
}

const flags: Flags<TrainOptions> = {
  ...ROW_SELECTION_FLAGS,
  config: CONFIG,
  printConfig: toggle({ help: 'print the settings for --config, and train nothing' }),
  output: text({
    short: 'o',
    word: 'dir',
    path: 'folder',
    help: 'the folder of the run: the model, its report, record, curves, predictions and card',
    defaultText: 'runs/<data name>',
  }),
  noReport: toggle({ help: 'make no report.html, which takes a second for a large model' }),
  tensorboard: toggle({ help: 'write the curves as events for TensorBoard too' }),
  ...LEARNING_FLAGS,
  timeLimit: number({
    above: 0,
    word: 'seconds',
    help: 'begin no further network after this time, and keep those that are whole',
    defaultText: 'none',
    example: '60',
  }),
  ...COMPUTE_FLAGS,
  ...JSON_FLAGS,
};

export const commandLine: CommandLine<TrainOptions> = {
  example: 'vinculum train examples/data/penguins.csv -t species',
  flags,
};
