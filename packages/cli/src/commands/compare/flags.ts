/** The command line of `vinculum compare RUN…`. */
import { JSON_FLAGS, type JsonPlan } from '../../command-line/common-flags.ts';
import type { CommandLine } from '../../command-line/definition.ts';
import { repeatedArgument } from '../../command-line/flag.ts';

export interface ComparePlan extends JsonPlan {
  readonly run: readonly string[];
}

export const commandLine: CommandLine<ComparePlan> = {
  example: 'vinculum compare runs/penguins runs/penguins-wide',
  flags: {
    run: repeatedArgument({
      path: 'folder',
      help: "the folders of runs, or their names in 'runs'",
    }),
    ...JSON_FLAGS,
  },
};
