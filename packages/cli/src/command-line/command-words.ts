/**
 * The command line of a run, written again from what it said: the arguments first, then the flags in the order of the help. A run
 * keeps it, so that the run can be repeated by copying one line.
 */
import { shellWord } from '../rendering/shell-word.ts';
import { flagName } from './flag-name.ts';
import type { Entry } from './flag.ts';
import type { Settings } from './settings.ts';

/** The flags that say how much is printed; they do not change what a run leaves. */
const OF_THE_OUTPUT = ['json', 'quiet', 'debug'];

/** What was said. */
export interface SaidWords {
  /** Of the command. */
  readonly name: string;
  readonly entries: readonly Entry[];
  /** By the keys of the plan; those of the arguments are read. */
  readonly values: ReadonlyMap<string, unknown>;
  /** The words of each flag that was given, or true for a flag without a word. */
  readonly words: ReadonlyMap<string, readonly string[] | true>;
}

/**
 * The command line, with the quotes that a shell needs.
 *
 * @param more - settings that are written too if no flag gave them
 */
export function commandLineOf(
  { name, entries, values, words }: SaidWords,
  more: Settings = new Map(),
): string {
  const given = entries.flatMap(({ key, source }) =>
    source.kind === 'argument' ? asWords(values.get(key)) : [],
  );
  const flags = entries.flatMap(({ key, source }) => {
    if (source.kind === 'argument' || OF_THE_OUTPUT.includes(key)) return [];
    const said = words.get(key) ?? asWords(more.get(key));
    if (said === true) return [flagName(key)];
    return said.flatMap((word) => [flagName(key), word]);
  });
  return ['vinculum', name, ...given, ...flags].map(shellWord).join(' ');
}

/** The words of an argument, or of a setting that is a text or a number. */
function asWords(value: unknown): string[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.flatMap((one) =>
    typeof one === 'string' || typeof one === 'number' ? [String(one)] : [],
  );
}
