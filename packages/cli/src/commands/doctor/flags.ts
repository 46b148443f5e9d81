/** The command line of `vinculum doctor`. */
import { JSON_FLAGS, type JsonPlan } from '../../command-line/common-flags.ts';
import type { CommandLine } from '../../command-line/definition.ts';

export const commandLine: CommandLine<JsonPlan> = {
  example: 'vinculum doctor',
  flags: JSON_FLAGS,
};
