/** The command line of `vinculum cv DATA -t TARGET`. */
import {
  COMPUTE_FLAGS,
  CONFIG,
  JSON_FLAGS,
  type ComputePlan,
  type JsonPlan,
} from '../../command-line/common-flags.ts';
import type { CommandLine } from '../../command-line/definition.ts';
import { whole } from '../../command-line/flag.ts';
import { LEARNING_FLAGS, type LearningPlan } from '../train/learning-flags.ts';
import { KNOWN_ROW_FLAGS, type KnownRows } from '../train/row-flags.ts';

/** The values of the flags of `cv`: those of `train`, without those of its test rows and of its model. */
export interface CvOptions extends KnownRows, LearningPlan, ComputePlan, JsonPlan {
  readonly config?: string | undefined;
  readonly folds: number;
}

export const commandLine: CommandLine<CvOptions> = {
  example: 'vinculum cv examples/data/penguins.csv -t species --folds 5',
  flags: {
    ...KNOWN_ROW_FLAGS,
    folds: whole({
      min: 2,
      word: 'n',
      help: 'parts of the rows; each is predicted by a model that was trained on the others',
      default: 5,
      example: '5',
    }),
    config: CONFIG,
    ...LEARNING_FLAGS,
    ...COMPUTE_FLAGS,
    ...JSON_FLAGS,
  },
};
