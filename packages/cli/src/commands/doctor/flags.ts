/** The command line of `vinculum doctor`. */
import { JSON_FLAGS, type JsonPlan } from '../../command-line/common-flags.ts';
import { defineCommand, type Command } from '../../command-line/definition.ts';

export const command: Command = defineCommand<JsonPlan>({
  example: 'vinculum doctor',
  flags: JSON_FLAGS,
  load: async () => (await import('./command.ts')).doctor,
});
