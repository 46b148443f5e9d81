/** The command line of `vinculum runs [DIR]`. */
import { JSON_FLAGS, type JsonPlan } from '../../command-line/common-flags.ts';
import type { CommandLine } from '../../command-line/definition.ts';
import { argument } from '../../command-line/flag.ts';

export interface RunsPlan extends JsonPlan {
  readonly dir?: string | undefined;
}

export const commandLine: CommandLine<RunsPlan> = {
  example: 'vinculum runs',
  flags: {
    dir: argument({
      optional: true,
      path: 'folder',
      help: "the folder of the runs' folders (default: runs)",
    }),
    ...JSON_FLAGS,
  },
};
