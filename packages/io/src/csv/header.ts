/**
 * The names of the columns of a CSV file: checked, given by the caller, or made where there is no header. Each refusal comes
 * with an option that works for this file, because the file may belong to somebody else.
 */
import type { DataError } from 'vinculum';
import { dataError, formOf, show, type Choice } from 'vinculum/internal';
import type { OpenSource } from '../source.ts';

/** The most columns, so that a broken file fails early. */
const MAX_COLUMNS = 1 << 16;

/** How the header is to be taken. */
export interface HeaderRules {
  readonly noHeader: boolean;
  /** Names in place of those in the file. */
  readonly names: readonly string[] | undefined;
}

/** Names by position: '0', '1', … as those of rows that are arrays. */
export function positionNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index));
}

/**
 * Checks the names. A name may be empty: whether such a column holds anything is known at the end of the file.
 *
 * @throws {DataError} when there are too many, or two are equal
 */
export function checkNames(source: OpenSource, names: readonly string[]): void {
  const { where, name } = source;
  if (names.length > MAX_COLUMNS) {
    throw dataError({
      where,
      subject: name,
      rule: `must have at most ${MAX_COLUMNS} columns`,
      got: names.length,
    });
  }
  const firstAt = new Map<string, number>();
  names.forEach((column, index) => {
    const before = firstAt.get(column);
    firstAt.set(column, index);
    if (column === '' || before === undefined) return;
    throw dataError(
      {
        where,
        subject: name,
        rule: `must have column names that differ; columns ${before + 1} and ${index + 1} are both ${show(column)}`,
        choices: isHeaderOfNumbers(names)
          ? [WITHOUT_HEADER]
          : [namesChoice(distinctNames(names), 'names them apart')],
      },
      { column },
    );
  });
}

/** The error for an unnamed column that holds values. */
export function unnamedColumn(
  { where, name }: OpenSource,
  names: readonly string[],
  index: number,
): DataError {
  return dataError(
    {
      where,
      subject: name,
      rule: `must name every column in its first line; column ${index + 1} of ${names.length} has no name`,
      choices: [namesChoice(distinctNames(names), 'names it')],
    },
    { column: index },
  );
}

/**
 * Refuses a first line that is probably data: at least half of its cells are numbers, and not 0, 1, 2, … or years in a row,
 * which are names.
 *
 * @throws {DataError} with both ways on
 */
export function refuseNumbersAsNames({ where, name }: OpenSource, names: readonly string[]): void {
  if (!isHeaderOfNumbers(names)) return;
  const first = names.find((one) => formOf(one).is === 'number');
  throw dataError({
    where,
    subject: name,
    rule: 'must name its columns in its first line, and this line looks like data',
    got: show(first),
    choices: [WITHOUT_HEADER, namesChoice(names, 'says that these are the names')],
  });
}

const WITHOUT_HEADER: Choice = {
  option: 'noHeader',
  value: '',
  does: "takes the first line as data and names the columns '0', '1', …",
  inCode: 'noHeader: true',
};

function isHeaderOfNumbers(names: readonly string[]): boolean {
  const numbers = names.filter((name) => formOf(name).is === 'number').map(Number);
  if (numbers.length === 0 || 2 * numbers.length < names.length) return false;
  const step = numbers.length < 2 ? 0 : numbers[1]! - numbers[0]!;
  const isSequence = numbers.every(
    (value, index) => Number.isInteger(value) && value === numbers[0]! + index * step,
  );
  return !(isSequence && (step > 0 || numbers.length === 1));
}

/** The same names, with a number behind those that occur before, and one for those without any. */
function distinctNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name, index) => {
    const begin = name === '' ? `column_${index + 1}` : name;
    let next = begin;
    for (let count = 2; taken.has(next); count++) next = `${begin}_${count}`;
    taken.add(next);
    return next;
  });
}

function namesChoice(names: readonly string[], does: string): Choice {
  return {
    option: 'names',
    value: names.join(','),
    does,
    inCode: `names: ${JSON.stringify(names)}`,
  };
}
