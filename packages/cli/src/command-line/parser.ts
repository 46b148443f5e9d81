/**
 * The parser, made of the tables of flags: commander reads the words, and the help, its defaults and its choices come
 * from the same rows. Only the commands that the words name are loaded.
 */
import { Command as Parser, Option } from 'commander';
import { usageFailure } from '../failure.ts';
import type { Host } from '../host.ts';
import { commandVersion } from '../version.ts';
import type { Command, CommandRow } from './definition.ts';
import type { Entry, Flag } from './flag.ts';
import { flagName } from './flag-name.ts';

/** The commands that the words name, by their names. */
export async function loadNamed(
  commands: readonly CommandRow[],
  words: readonly string[],
): Promise<ReadonlyMap<string, Command>> {
  const named = commands.filter(({ name }) => words.includes(name));
  return new Map(
    await Promise.all(
      named.map(async ({ name, load }): Promise<[string, Command]> => [
        name,
        (await load()).command,
      ]),
    ),
  );
}

/**
 * The parser of the command line. It writes through `host` and never ends the process: errors are thrown.
 *
 * @param loaded - of `commands`, those whose flags are needed
 * @param setExitCode - called with the exit code of the command that ran
 */
export function buildParser(
  commands: readonly CommandRow[],
  loaded: ReadonlyMap<string, Command>,
  host: Host,
  setExitCode: (code: number) => void,
): Parser {
  const parser = new Parser('vinculum')
    .description('Feed-forward neural networks: train, run and look inside, on your own tables.')
    .version(commandVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .showSuggestionAfterError(true)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: () => undefined,
      outputError: () => undefined,
      getOutHelpWidth: () => host.stdout.columns,
      getErrHelpWidth: () => host.stderr.columns,
    })
    .addHelpText(
      'before',
      'Examples:\n  $ vinculum train data.csv -t target\n  $ vinculum predict runs/data/model.safetensors new.csv\n',
    )
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 wrong command line, 3 bad data, 4 diverged, 5 below --fail-under, 129, 130 or 143 ended by a signal.',
    );
  for (const { name, summary } of commands) {
    const child = parser.command(name).description(summary).allowExcessArguments(false);
    const command = loaded.get(name);
    if (command === undefined) continue;
    child.addHelpText('before', `Example:\n  $ ${command.example}\n`);
    const words = new Map<string, readonly string[] | true>();
    for (const entry of command.entries) addEntry(child, entry, words);
    child.action(async () => {
      const values = valuesOf(child, command);
      for (const [key, value] of values) if (value === true) words.set(key, true);
      setExitCode(await command.run(values, words, host, commands));
    });
  }
  return parser;
}

/** @param words - receives the words of the flag */
function addEntry(
  parser: Parser,
  { key, source }: Entry,
  words: Map<string, readonly string[] | true>,
): void {
  if (source.kind === 'argument') {
    const name = source.repeats === true ? `${key}...` : key;
    parser.argument(source.optional === true ? `[${name}]` : `<${name}>`, source.help);
    return;
  }
  const name = flagName(key);
  const option = new Option(syntaxOf(name, source), helpOf(source));
  // Commander reads `--no-header` as `header: false`, but a flag is a flag: it is true if it is given.
  option.negate = false;
  const { read, repeats, once } = source;
  if (read !== undefined) {
    option.argParser((word: string, before: unknown) => {
      if (once !== undefined && before !== undefined) {
        throw usageFailure(`${name} must be given once; got '${before as string}' and '${word}'.`, {
          hint: once,
        });
      }
      const value = read(word, name);
      const earlier = words.get(key);
      words.set(key, [...(Array.isArray(earlier) ? (earlier as readonly string[]) : []), word]);
      return repeats === true && Array.isArray(before)
        ? [...before, ...(value as unknown[])]
        : value;
    });
  }
  parser.addOption(option);
}

/** `-t, --target <column>` */
function syntaxOf(name: string, { short, also, word }: Flag<unknown>): string {
  const names = [
    ...(short === undefined ? [] : [`-${short}`]),
    ...(also === undefined ? [] : [`--${also}`]),
    name,
  ];
  return names.join(', ') + (word === undefined ? '' : ` <${word}>`);
}

/** `how weights are updated: adam, adamw, sgd (default: adam)` */
function helpOf({ help, choices, word, default: value, defaultText }: Flag<unknown>): string {
  const list = choices === undefined ? '' : `: ${choices.join(', ')}`;
  const shown =
    defaultText ?? (word === undefined || value === undefined ? '' : `${value as string | number}`);
  return `${help}${list}${shown === '' ? '' : ` (default: ${shown})`}`;
}

/** The values on the command line, by the keys of the plan. */
function valuesOf(parser: Parser, { entries }: Command): ReadonlyMap<string, unknown> {
  const words = entries.filter(({ source }) => source.kind === 'argument');
  return new Map<string, unknown>([
    ...Object.entries(parser.opts<Record<string, unknown>>()),
    ...words.map(({ key, source }, index): [string, unknown] => [
      key,
      source.repeats === true ? parser.args.slice(index) : parser.args[index],
    ]),
  ]);
}
