/** The command line of `vinculum export MODEL`. */
import { JSON_FLAGS, MODEL_ARGUMENT, type JsonPlan } from '../../command-line/common-flags.ts';
import type { CommandLine } from '../../command-line/definition.ts';
import { choice, text, toggle, type Flags } from '../../command-line/flag.ts';
import { MODEL_FORMAT_NAMES } from '../../model-formats.ts';

/** Which model becomes which file. */
export interface ExportPlan extends JsonPlan {
  readonly model: string;
  readonly format?: string | undefined;
  readonly output?: string | undefined;
  readonly noPreparation: boolean;
}

const flags: Flags<ExportPlan> = {
  model: MODEL_ARGUMENT,
  format: choice(MODEL_FORMAT_NAMES, {
    short: 'f',
    word: 'name',
    help: 'the format',
    defaultText: 'what the ending of -o says, else onnx',
  }),
  output: text({
    short: 'o',
    word: 'file',
    path: 'file',
    help: 'the file to write',
    defaultText: 'beside MODEL, with the ending of the format',
    example: 'model.onnx',
  }),
  noPreparation: toggle({
    help: 'the networks alone, with the prepared matrix as their input',
  }),
  ...JSON_FLAGS,
};

export const commandLine: CommandLine<ExportPlan> = {
  example: 'vinculum export runs/penguins/model.safetensors -f onnx -o penguins.onnx',
  flags,
};
