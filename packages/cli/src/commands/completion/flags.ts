/** The command line of `vinculum completion SHELL`. */
import { MESSAGE_FLAGS, type MessagePlan } from '../../command-line/common-flags.ts';
import { defineCommand, type Command } from '../../command-line/definition.ts';
import { argument, type Flags } from '../../command-line/flag.ts';

/** The shell to write for. */
export interface CompletionPlan extends MessagePlan {
  readonly shell: string;
}

const flags: Flags<CompletionPlan> = {
  shell: argument({ help: 'bash, zsh or fish' }),
  ...MESSAGE_FLAGS,
};

export const command: Command = defineCommand<CompletionPlan>({
  example: 'vinculum completion bash > ~/.local/share/bash-completion/completions/vinculum',
  flags,
  load: async () => (await import('./command.ts')).completion,
});
