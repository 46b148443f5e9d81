/** The command line of `vinculum completion SHELL`. */
import { MESSAGE_FLAGS, type MessagePlan } from '../../command-line/common-flags.ts';
import type { CommandLine } from '../../command-line/definition.ts';
import { argument, type Flags } from '../../command-line/flag.ts';

/** The shell to write for. */
export interface CompletionPlan extends MessagePlan {
  readonly shell: string;
}

const flags: Flags<CompletionPlan> = {
  shell: argument({ help: 'bash, zsh or fish' }),
  ...MESSAGE_FLAGS,
};

export const commandLine: CommandLine<CompletionPlan> = {
  example: 'vinculum completion bash > ~/.local/share/bash-completion/completions/vinculum',
  flags,
};
