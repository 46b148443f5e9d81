/**
 * The settings of a command as JSON: what a configuration file holds, and what `--print-config` prints. A setting has the name of its
 * flag in camelCase, as options in the library have it, and the value of the flag: a number, a text, true or false, or a list. Values
 * go through the readers of the flags, so a file and a command line follow the same rules.
 */
import { readFile } from 'node:fs/promises';
import { readReason } from '@vinculum/io';
import { isRecord, nearest, listed, show } from 'vinculum/internal';
import { dataFailure, faultOfWord, usageFailure } from '../failure.ts';
import type { Entry, Flag } from './flag.ts';

/** A value in JSON. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** Settings by name. */
export type Settings = ReadonlyMap<string, Json>;

/** The flags that say where settings come from or go to, and are no settings. */
const OF_THE_COMMAND_LINE = ['config', 'printConfig', 'json', 'quiet', 'debug'];

/** Settings, and the values of the flags that they mean. */
export interface ReadSettings {
  readonly settings: Settings;
  readonly values: ReadonlyMap<string, unknown>;
}

/**
 * The settings in a file.
 *
 * @param entries - of the command
 * @param environment - a setting that a variable of the environment gives too is left out, because the variable is nearer
 * @throws {CommandFailure} exit 3 when the file cannot be read or is no JSON; exit 2 when a setting is unknown or has a wrong value
 */
export async function readSettings(
  path: string,
  entries: readonly Entry[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ReadSettings> {
  const parsed = await readJson(path);
  const flags = settingFlags(entries);
  const settings = new Map<string, Json>();
  const values = new Map<string, unknown>();
  for (const [name, value] of Object.entries(parsed)) {
    const flag = flags.get(name);
    if (flag === undefined) throw unknownSetting(path, name, [...flags.keys()]);
    const { environment: variable } = flag;
    if (value === null || (variable !== undefined && (environment[variable] ?? '') !== ''))
      continue;
    settings.set(name, value);
    values.set(name, valueOf(flag, value, `${path}: ${name}`));
  }
  return { settings, values };
}

/** The flags of a command that are settings, by name. */
function settingFlags(entries: readonly Entry[]): Map<string, Flag<unknown>> {
  return new Map(
    entries.flatMap(({ key, source }) =>
      source.kind === 'flag' && !OF_THE_COMMAND_LINE.includes(key) ? [[key, source] as const] : [],
    ),
  );
}

/**
 * The settings that words of the command line mean.
 *
 * @param words - by name: the words of each flag that was given, or true for a flag without a word
 */
export function settingsOfWords(
  entries: readonly Entry[],
  words: ReadonlyMap<string, readonly string[] | true>,
): Settings {
  const flags = settingFlags(entries);
  return new Map(
    [...words].flatMap(([name, given]): [string, Json][] => {
      const flag = flags.get(name);
      if (flag === undefined) return [];
      if (given === true) return [[name, true]];
      const values = given.map((word) => jsonOfWord(flag, word, name));
      return [[name, flag.repeats === true ? values : (values.at(-1) ?? null)]];
    }),
  );
}

/** The settings that are in force if nothing is given. */
export function defaultSettings(entries: readonly Entry[]): Settings {
  const given = [...settingFlags(entries)].filter(([, flag]) => flag.default !== undefined);
  return new Map(given.map(([name, flag]) => [name, flag.default as Json]));
}

/** Settings as the text of a file, in the order of the help; without those that no flag can say. */
export function settingsText(entries: readonly Entry[], settings: Settings): string {
  const flags = settingFlags(entries);
  const names = [...flags.keys()].filter((name) => {
    const setting = settings.get(name);
    return setting !== undefined && isReadable(flags.get(name), setting, name);
  });
  const ordered = Object.fromEntries(names.map((name) => [name, settings.get(name)]));
  return `${JSON.stringify(ordered, undefined, 2)}\n`;
}

async function readJson(path: string): Promise<Readonly<Record<string, Json>>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw dataFailure(`'${path}' must be a readable configuration file; ${readReason(error)}.`, {
      cause: error,
      hint: "'vinculum train DATA --print-config' prints one",
    });
  }
  try {
    const parsed: unknown = JSON.parse(text);
    if (isRecord(parsed) && !Array.isArray(parsed)) return parsed as Readonly<Record<string, Json>>;
  } catch (error) {
    throw dataFailure(
      `'${path}' must hold JSON; ${error instanceof Error ? error.message : String(error)}.`,
      {
        cause: error,
        hint: "'vinculum train DATA --print-config' prints a file that is right",
      },
    );
  }
  throw dataFailure(`'${path}' must hold one JSON object of settings by name.`, {
    hint: 'such as {"hidden": [64, 32], "epochs": 100}',
  });
}

function unknownSetting(path: string, name: string, names: readonly string[]): Error {
  const near = nearest(name, names);
  return usageFailure(
    `${path}: there is no setting '${name}'. ${near === undefined ? `The settings are ${listed([...names], { most: 60 })}.` : `Did you mean '${near}'?`}`,
    { hint: "a setting has the name of its flag, as in 'vinculum train DATA --print-config'" },
  );
}

/** Whether a file of settings may hold a value. Some values of presets have no word on the command line. */
function isReadable(flag: Flag<unknown> | undefined, setting: Json, name: string): boolean {
  if (flag === undefined) return false;
  try {
    valueOf(flag, setting, name);
    return true;
  } catch {
    return false;
  }
}

/** The value of a flag that a setting means. */
function valueOf(flag: Flag<unknown>, setting: Json, name: string): unknown {
  const { read, repeats, word } = flag;
  if (read === undefined || word === undefined) {
    if (typeof setting === 'boolean') return setting;
    throw usageFailure(`${name} must be true or false; got ${show(setting)}.`, {
      hint: `correct it in the file`,
    });
  }
  const words = wordsOf(setting, name);
  if (repeats === true) return words.flatMap((one) => readWord(read, one, name) as unknown[]);
  // A list in place of a text is what the command line writes with commas.
  return readWord(read, words.join(','), name);
}

function readWord(
  read: (word: string, flag: string) => unknown,
  word: string,
  name: string,
): unknown {
  try {
    return read(word, name);
  } catch (error) {
    throw faultOfWord(error, 'correct it in the file');
  }
}

/** A setting as words of a command line: an object of kinds by column as `column=kind`. */
function wordsOf(setting: Json, name: string): string[] {
  const list: readonly Json[] = Array.isArray(setting)
    ? (setting as readonly Json[])
    : isRecord(setting)
      ? Object.entries(setting).map(
          ([key, value]) => `${key}=${JSON.stringify(value).replaceAll('"', '')}`,
        )
      : [setting];
  return list.map((one) => {
    if (typeof one === 'string' || typeof one === 'number') return String(one);
    throw usageFailure(`${name} must be a text, a number or a list of them; got ${show(one)}.`, {
      hint: 'correct it in the file',
    });
  });
}

/** A word as JSON: a number if the flag reads it as that, else the text. */
function jsonOfWord({ read }: Flag<unknown>, word: string, name: string): Json {
  const value = read?.(word, name);
  return typeof value === 'number' ? value : word;
}
