/** The command line of `vinculum import FILE`. */
import { JSON_FLAGS, type JsonPlan } from '../../command-line/common-flags.ts';
import type { CommandLine } from '../../command-line/definition.ts';
import { argument, choice, text, type Flags } from '../../command-line/flag.ts';
import { MODEL_FORMAT_NAMES } from '../../model-formats.ts';

/** Which file becomes which model. */
export interface ImportPlan extends JsonPlan {
  readonly file: string;
  readonly format?: string | undefined;
  readonly output?: string | undefined;
}

const flags: Flags<ImportPlan> = {
  file: argument({ help: 'a model of another program, such as model.onnx', path: 'file' }),
  format: choice(MODEL_FORMAT_NAMES, {
    short: 'f',
    word: 'name',
    help: 'the format',
    defaultText: 'what the ending of FILE says',
  }),
  output: text({
    short: 'o',
    word: 'model',
    path: 'file',
    help: 'the model to write',
    defaultText: 'beside FILE, with the ending .safetensors',
    example: 'model.safetensors',
  }),
  ...JSON_FLAGS,
};

export const commandLine: CommandLine<ImportPlan> = {
  example: 'vinculum import model.onnx -o model.safetensors',
  flags,
};
