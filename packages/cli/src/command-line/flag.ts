/**
 * What a flag or an argument of a command is: a plain record, from which the parser, the help and the completion of
 * names are made. `Flags<Plan>` is the table of a command. It has a row for every key of the plan that the
 * command runs by, so a key without a flag does not compile.
 */
import {
  choiceReader,
  numberReader,
  rowRangeReader,
  type NumberBounds,
  type RowRange,
} from './readers.ts';

/** A flag, such as `--learning-rate`; the key of the plan gives its name. */
export interface Flag<Value> {
  readonly kind: 'flag';
  /** What it is for, in a few words; the default is appended. */
  readonly help: string;
  /** One letter, for `-t`. */
  readonly short?: string;
  /** A second long name, without dashes. */
  readonly also?: string;
  /** The placeholder of its word in help, such as `rate`; absent for a flag without a word. */
  readonly word?: string;
  /** The words that it takes, if they are few and known. */
  readonly choices?: readonly string[];
  /** Whether its word is the path of a file or a folder, for completion. */
  readonly path?: 'file' | 'folder';
  /** Whether it may be given several times; the values are then arrays, which are joined. */
  readonly repeats?: boolean;
  /** The variable of the environment that sets it if no flag does. */
  readonly environment?: string;
  /** What to do in place of giving it twice, if the first value must not be lost in silence. */
  readonly once?: string;
  /** The value if the flag is not given. */
  readonly default?: Value;
  /** The default in help, if it depends on other things or is written differently from the value. */
  readonly defaultText?: string;
  /** The value of a word. @throws {CommandFailure} exit 2 when the flag does not take the word */
  readonly read?: (word: string, flag: string) => Value;
}

/** A word of the command line without a flag before it, such as DATA. They are read in the order of the table. */
export interface Argument {
  readonly kind: 'argument';
  readonly help: string;
  readonly optional?: boolean;
  /** Whether it takes all words that are left, at least one. */
  readonly repeats?: boolean;
  readonly path?: 'file' | 'folder';
}

/** An argument whose key of the plan is a list. */
export type RepeatedArgument = Argument & { readonly repeats: true };

/** What may fill a key of a plan. A key that cannot be left empty needs a flag with a default, or an argument. */
type Source<Value> =
  | (undefined extends Value
      ? Flag<Exclude<Value, undefined>> | null
      : Flag<Value> & { readonly default: Value })
  | (string extends Value ? Argument & { readonly repeats?: never } : never)
  | (readonly string[] extends Value ? RepeatedArgument : never);

/**
 * The command line of a command: one row for every key of its plan, in the order of the help. `null` says that no
 * flag fills the key.
 */
export type Flags<Plan> = {
  readonly [Key in keyof Plan]-?: Source<Plan[Key]>;
};

/** One key of a plan, and the argument or flag that fills it. */
export interface Entry {
  readonly key: string;
  readonly source: Flag<unknown> | Argument;
}

/** What must be given for a flag in addition to its kind. */
type Given<Value> = Omit<Flag<Value>, 'kind' | 'read' | 'choices'>;

/** A flag without a word: false unless it is given. */
export function toggle(given: Omit<Given<boolean>, 'default' | 'word'>): Flag<boolean> & {
  readonly default: false;
} {
  return { kind: 'flag', ...given, default: false };
}

/** A flag that takes any word. */
export function text<const Rest extends Given<string>>(given: Rest): Flag<string> & Rest {
  return { kind: 'flag', read: (word) => word, ...given };
}

/** A flag that takes any word, and may be given several times. */
export function list<const Rest extends Omit<Given<readonly string[]>, 'repeats'>>(
  given: Rest,
): Flag<readonly string[]> & Rest {
  return { kind: 'flag', repeats: true, read: (word) => [word], ...given };
}

/** A flag that takes one of some words. */
export function choice<Choice extends string, const Rest extends Given<Choice>>(
  choices: readonly Choice[],
  given: Rest,
): Flag<Choice> & Rest {
  return {
    kind: 'flag',
    choices,
    read: (word, flag) => choiceReader(flag, choices, given.default)(word),
    ...given,
  };
}

/** A flag that takes a number. */
export function number<const Rest extends Given<number> & NumberBounds>(
  given: Rest,
): Flag<number> & Rest {
  return { kind: 'flag', read: (word, flag) => numberReader(flag, given)(word), ...given };
}

/** A flag that takes an integer. */
export function whole<const Rest extends Given<number> & NumberBounds>(
  given: Rest,
): Flag<number> & Rest {
  const bounds = { ...given, integer: true };
  return { kind: 'flag', read: (word, flag) => numberReader(flag, bounds)(word), ...given };
}

/** A flag that takes a row, `5`, or several, `1-8`. */
export function rows<const Rest extends Given<RowRange>>(given: Rest): Flag<RowRange> & Rest {
  return { kind: 'flag', read: (word, flag) => rowRangeReader(flag)(word), ...given };
}

/** A flag whose word is read by its own function. */
export function reading<Value, const Rest extends Given<Value>>(
  read: (word: string, flag: string) => Value,
  given: Rest,
): Flag<Value> & Rest {
  return { kind: 'flag', read, ...given };
}

/** A word that must be there. */
export function argument(
  given: Omit<Argument, 'kind' | 'repeats'>,
): Argument & { readonly repeats?: never } {
  return { kind: 'argument', ...given };
}

/** One word or more, the last of a command line. */
export function repeatedArgument(
  given: Omit<Argument, 'kind' | 'repeats' | 'optional'>,
): RepeatedArgument {
  return { kind: 'argument', repeats: true, ...given };
}
