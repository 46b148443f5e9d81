/**
 * `vinculum completion SHELL`: prints the script by which a shell completes the names of commands and flags, the words of
 * a flag and paths. It is made of the tables of flags, so it cannot fall behind them.
 */
import { nearest } from 'vinculum/internal';
import type { CommandRow } from '../../command-line/definition.ts';
import { EXIT, usageFailure } from '../../failure.ts';
import type { Host } from '../../host.ts';
import type { CompletionPlan } from './flags.ts';
import { bashScript, fishScript, zshScript, type KnownCommand } from './scripts.ts';

const SCRIPTS: ReadonlyMap<string, (commands: readonly KnownCommand[]) => string> = new Map([
  ['bash', bashScript],
  ['zsh', zshScript],
  ['fish', fishScript],
]);

/** Runs the command. */
export async function completion(
  { shell }: CompletionPlan,
  host: Host,
  rows: readonly CommandRow[],
): Promise<number> {
  const script = SCRIPTS.get(shell);
  if (script === undefined) {
    const right = nearest(shell, [...SCRIPTS.keys()]) ?? 'bash';
    throw usageFailure(`SHELL must be one of bash, zsh and fish; got '${shell}'.`, {
      hint: `vinculum completion ${right}`,
      replace: { wrong: shell, right },
    });
  }
  const commands = await Promise.all(
    rows.map(async ({ name, summary, load }): Promise<KnownCommand> => ({
      name,
      summary,
      entries: (await load()).command.entries,
    })),
  );
  host.stdout.write(script(commands));
  return EXIT.ok;
}
