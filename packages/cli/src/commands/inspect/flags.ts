/** The command line of `vinculum inspect MODEL`. */
import { JSON_FLAGS, MODEL_ARGUMENT, type JsonPlan } from '../../command-line/common-flags.ts';
import type { CommandLine } from '../../command-line/definition.ts';
import type { Flags } from '../../command-line/flag.ts';

/** The model to show. */
export interface InspectPlan extends JsonPlan {
  readonly model: string;
}

const flags: Flags<InspectPlan> = { model: MODEL_ARGUMENT, ...JSON_FLAGS };

export const commandLine: CommandLine<InspectPlan> = {
  example: 'vinculum inspect runs/penguins/model.safetensors',
  flags,
};
