/**
 * The flags of every command that reads DATA as a table: the options of the reader, under their names in the library.
 */
import type { KnownKind, TableOptions } from '@vinculum/io';
import { DATE_FORMATS, faultOf, listed, printFault, type DateFormatName } from 'vinculum/internal';
import { flagName } from './flag-name.ts';
import { usageFailure } from '../failure.ts';
import { choice, list, reading, text, toggle, whole, type Flags } from './flag.ts';

/** How DATA is read. */
export interface ReaderPlan {
  readonly missing?: readonly string[] | undefined;
  readonly decimal?: '.' | ',' | undefined;
  readonly thousands?: string | undefined;
  readonly delimiter?: string | undefined;
  readonly encoding?: string | undefined;
  readonly skipRows?: number | undefined;
  readonly comment?: string | undefined;
  readonly noHeader: boolean;
  readonly names?: readonly string[] | undefined;
  readonly kinds?: readonly GivenKind[] | undefined;
}

/** A column and its kind. */
type GivenKind = readonly [name: string, kind: KnownKind];

const KINDS = ['number', 'text', 'boolean', 'date'] as const;
const OTHER_WORDS: ReadonlyMap<string, (typeof KINDS)[number]> = new Map([
  ['category', 'text'],
  ['numeric', 'number'],
]);

export const READER_FLAGS: Flags<ReaderPlan> = {
  missing: list({
    word: 'words',
    help: 'what means "missing" besides the empty cell, with commas between',
    defaultText: 'NA, N/A, null, None, ? and the like',
  }),
  decimal: choice(['.', ','], {
    word: 'mark',
    help: 'the decimal mark',
    defaultText: 'the cells tell',
  }),
  thousands: text({ word: 'mark', help: 'the mark between groups of three digits' }),
  delimiter: text({
    word: 'character',
    help: "between columns; also 'tab' and 'space'",
    defaultText: 'the first lines tell',
  }),
  encoding: text({ word: 'name', help: 'of the text, such as windows-1252', defaultText: 'utf-8' }),
  skipRows: whole({ min: 0, word: 'n', help: 'lines above the table', example: '3' }),
  comment: text({ word: 'text', help: 'leave out lines that begin with it' }),
  noHeader: toggle({ help: "the first line is data; columns are called '0', '1', …" }),
  names: reading((word) => word.split(','), {
    word: 'names',
    help: 'of the columns, in place of those in the file, with commas between',
  }),
  kinds: reading(readKinds, {
    word: 'column=kind',
    help: 'number, text, boolean, date or date:dmy; may be repeated',
    repeats: true,
  }),
};

/** `a=number,b=text`; the format of a date follows a colon. */
function readKinds(word: string, flag: string): readonly GivenKind[] {
  return word.split(',').map((part): GivenKind => {
    const at = part.lastIndexOf('=');
    const [given = '', format] = part
      .slice(at + 1)
      .trim()
      .split(':');
    const kind = OTHER_WORDS.get(given) ?? KINDS.find((known) => known === given);
    const formats = DATE_FORMATS.map(({ name }) => name);
    const known = formats.find((name): name is DateFormatName => name === format);
    if (at < 1 || kind === undefined || (format !== undefined && known === undefined)) {
      throw usageFailure(
        `${flag} must be a column and its kind: ${listed(KINDS, { last: 'or' })}, or date: and one of ${listed(formats, { last: 'or' })}; got '${part}'.`,
        { hint: `such as ${flag} zip=text,day=date:dmy` },
      );
    }
    return [part.slice(0, at).trim(), known === undefined ? kind : { kind, format: known }];
  });
}

const DELIMITER_WORDS: ReadonlyMap<string, string> = new Map([
  ['tab', '\t'],
  ['\\t', '\t'],
  ['comma', ','],
  ['semicolon', ';'],
  ['pipe', '|'],
  ['spaces', 'space'],
]);

/** The options of the reader that the flags give. */
export function readerOptions(plan: ReaderPlan): TableOptions {
  const { missing, decimal, thousands, delimiter, encoding, skipRows, comment, noHeader } = plan;
  const words = missing?.flatMap((word) => word.split(',').map((one) => one.trim()));
  const options = {
    missing: words === undefined ? undefined : ['', ...words],
    decimal,
    thousands,
    delimiter: delimiter === undefined ? undefined : (DELIMITER_WORDS.get(delimiter) ?? delimiter),
    encoding,
    skipRows,
    comment,
    noHeader: noHeader ? true : undefined,
    names: plan.names,
    kinds: plan.kinds === undefined ? undefined : new Map(plan.kinds),
  };
  // An option that a flag does not give must be absent, because a format refuses options that are not its own.
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** What an error of the reader means to the user of the command, if a flag gave the option. */
export function asFlagFailure(error: unknown): unknown {
  const fault =
    error instanceof TypeError || error instanceof RangeError ? faultOf(error) : undefined;
  const option = fault?.subject.replace(/^option '(.*)'$/, '$1');
  if (fault === undefined || option === undefined || !Object.hasOwn(READER_FLAGS, option)) {
    return error;
  }
  const flag = flagName(option);
  return usageFailure(printFault({ ...fault, where: '', subject: flag }), {
    hint: `leave ${flag} off`,
    cause: error,
  });
}
