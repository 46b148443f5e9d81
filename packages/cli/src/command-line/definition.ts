/**
 * What the parser needs to know about a command: an example, the rows of its table of flags, and how it runs. The type of
 * its plan is hidden, so that commands with different plans can be in one list.
 */
import type { Host } from '../host.ts';
import { commandLineOf } from './command-words.ts';
import type { Argument, Entry, Flag, Flags } from './flag.ts';
import {
  defaultSettings,
  readSettings,
  settingsOfWords,
  settingsText,
  type Settings,
} from './settings.ts';

/**
 * What a command does: follows its plan, and resolves to the exit code.
 *
 * @param rows - every command, for those that speak of all
 * @param settings - what the plan was made of, for a command with a configuration file
 */
export type RunCommand<Plan> = (
  plan: Plan,
  host: Host,
  rows: readonly CommandRow[],
  settings: SettingsInForce,
) => Promise<number>;

/** The settings of a run, as `--print-config` prints them. */
export interface SettingsInForce {
  /** Those of the flags and of the file, and the defaults of flags. */
  readonly settings: Settings;
  /** The text of a file of settings. */
  textOf(settings: Settings): string;
  /**
   * The command line of the run, without what says only how much is printed.
   *
   * @param more - settings that are written too if no flag gave them
   */
  commandLine(more?: Settings): string;
}

/** A row of the list of commands. */
export interface CommandRow {
  readonly name: string;
  /** What it does, in half a sentence. */
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: Command }>;
}

/** A command, whatever its plan. */
export interface Command {
  /** A command line that works, for help and hints. */
  readonly example: string;
  /** In the order of the help. */
  readonly entries: readonly Entry[];
  /**
   * Runs the command.
   *
   * @param values - what the command line says, by the keys of the plan; the configuration file and the defaults fill the rest
   * @param words - the words of the flags that were given, by the keys of the plan
   */
  run(
    values: ReadonlyMap<string, unknown>,
    words: ReadonlyMap<string, readonly string[] | true>,
    host: Host,
    rows: readonly CommandRow[],
  ): Promise<number>;
}

/** The command line of a command: an example of it, and the table that maps it to the plan. */
export interface CommandLine<Plan> {
  readonly example: string;
  readonly flags: Flags<Plan>;
}

/** What a row of the list of commands is made of. */
export interface CommandDefinition<Plan> {
  readonly name: string;
  readonly summary: string;
  /** Loads the command line, which help and completion need too. */
  readonly line: () => Promise<{ readonly commandLine: CommandLine<Plan> }>;
  /** Loads the code of the command, which takes longer. */
  readonly run: () => Promise<RunCommand<Plan>>;
}

/** The row of a command; that command line and command have one plan is checked here. */
export function defineCommand<Plan>({
  name,
  summary,
  line,
  run,
}: CommandDefinition<Plan>): CommandRow {
  const load = async (): Promise<{ readonly command: Command }> => ({
    command: commandOf(name, (await line()).commandLine, run),
  });
  return { name, summary, load };
}

function commandOf<Plan>(
  name: string,
  { example, flags }: CommandLine<Plan>,
  load: () => Promise<RunCommand<Plan>>,
): Command {
  const table: Readonly<Record<string, Flag<unknown> | Argument | null>> = flags;
  const entries = Object.entries(table).flatMap(([key, source]) =>
    source === null ? [] : [{ key, source }],
  );
  return {
    example,
    entries,
    async run(given, words, host, rows) {
      const run = await load();
      const path = given.get('config');
      const file =
        typeof path === 'string'
          ? await readSettings(path, entries, host.environment)
          : { settings: new Map(), values: new Map() };
      const values = new Map([...file.values, ...given]);
      const inForce = [
        ...defaultSettings(entries),
        ...file.settings,
        ...settingsOfWords(entries, words),
      ];
      const plan = Object.fromEntries(
        entries.flatMap(({ key, source }) => {
          const fallback = source.kind === 'flag' ? source.default : undefined;
          const value = values.get(key) ?? fallback;
          return value === undefined ? [] : [[key, value]];
        }),
      );
      // `Flags<Plan>` demands a source of the right type for every key, so the record is a plan.
      return run(plan as Plan, host, rows, {
        settings: new Map(inForce),
        textOf: (settings) => settingsText(entries, settings),
        commandLine: (more) => commandLineOf({ name, entries, values: given, words }, more),
      });
    },
  };
}
