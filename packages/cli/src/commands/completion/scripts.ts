/**
 * The scripts of completion, one function a shell. They hold names and words only and run nothing of the command, so that a
 * completion comes at once.
 */
import { flagName } from '../../command-line/flag-name.ts';
import type { Entry, Flag } from '../../command-line/flag.ts';

/** A command with its command line. */
export interface KnownCommand {
  readonly name: string;
  readonly summary: string;
  readonly entries: readonly Entry[];
}

/** A script for bash: a function that knows the flags of each command and the words of each flag. */
export function bashScript(commands: readonly KnownCommand[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  return `${[
    '_vinculum() {',
    '  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" flags=""',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W "${names} help --help --version" -- "$current"))`,
    '    return',
    '  fi',
    '  case "${COMP_WORDS[1]} $previous" in',
    ...commands.flatMap(({ name, entries }) => bashWords(name, entries)),
    '  esac',
    '  case "${COMP_WORDS[1]}" in',
    ...commands.map(
      ({ name, entries }) => `    ${name}) flags="${flagNames(entries).join(' ')}" ;;`,
    ),
    '  esac',
    '  case "$current" in',
    '    -*) COMPREPLY=($(compgen -W "$flags --help" -- "$current")) ;;',
    '    *) COMPREPLY=($(compgen -f -- "$current")) ;;',
    '  esac',
    '}',
    'complete -o filenames -F _vinculum vinculum',
  ].join('\n')}\n`;
}

/** One case for each flag that takes one of some words. */
function bashWords(name: string, entries: readonly Entry[]): string[] {
  return flagsOf(entries).flatMap(({ key, flag }) => {
    if (flag.choices === undefined) return [];
    const patterns = namesOf(key, flag).map((one) => `"${name} ${one}"`);
    const words = `compgen -W "${flag.choices.join(' ')}" -- "$current"`;
    return [`    ${patterns.join(' | ')}) COMPREPLY=($(${words})); return ;;`];
  });
}

/** A script for zsh, which runs the one for bash. */
export function zshScript(commands: readonly KnownCommand[]): string {
  return `#compdef vinculum\nautoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${bashScript(commands)}`;
}

/** A script for fish: a line for each flag. */
export function fishScript(commands: readonly KnownCommand[]): string {
  const lines = commands.flatMap(({ name, summary, entries }) => [
    `complete -c vinculum -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`,
    ...flagsOf(entries).map(({ key, flag }) => {
      const { short, help, choices, word } = flag;
      const argument = choices === undefined ? '-r' : `-x -a ${quoted(choices.join(' '))}`;
      return [
        `complete -c vinculum -n '__fish_seen_subcommand_from ${name}'`,
        ...(short === undefined ? [] : [`-s ${short}`]),
        `-l ${flagName(key).slice(2)}`,
        ...(word === undefined ? [] : [argument]),
        `-d ${quoted(help)}`,
      ].join(' ');
    }),
  ]);
  return `${lines.join('\n')}\n`;
}

interface NamedFlag {
  readonly key: string;
  readonly flag: Flag<unknown>;
}

function flagsOf(entries: readonly Entry[]): NamedFlag[] {
  return entries.flatMap(({ key, source }) =>
    source.kind === 'flag' ? [{ key, flag: source }] : [],
  );
}

function flagNames(entries: readonly Entry[]): string[] {
  return flagsOf(entries).map(({ key }) => flagName(key));
}

/** Every name of a flag: `-t --target`. */
function namesOf(key: string, { short, also }: Flag<unknown>): string[] {
  return [
    flagName(key),
    ...(short === undefined ? [] : [`-${short}`]),
    ...(also === undefined ? [] : [`--${also}`]),
  ];
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
