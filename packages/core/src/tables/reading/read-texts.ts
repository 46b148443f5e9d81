/**
 * Columns of text from a source that has types, such as records or JSON Lines: `'21'` in a form or a database is a number
 * all the same. Where a cell has two readings, or only a few cells break the rule, the column is refused by its name.
 */
import { dataError } from '../../words/fault.ts';
import { show } from '../../words/messages.ts';
import type { Column, TextColumn } from '../table.ts';
import { decideColumn } from './decide.ts';
import { decimalMarkOf, evidenceOf, type SourceRules } from './decimal-mark.ts';
import { studyOf } from './study.ts';

const ONLY_EMPTY: ReadonlySet<string> = new Set(['']);

/**
 * The columns with texts that are numbers or dates read as such.
 *
 * @param where - the public function, for messages
 * @throws {DataError} when a column is numbers with a few other texts, or has two readings
 */
export function readTexts(where: string, columns: readonly Column[]): Column[] {
  const studies = columns.map((column) =>
    column.kind === 'text' && hasDigits(column)
      ? studyOf({ name: column.name, texts: trimmed(column), missing: ONLY_EMPTY })
      : undefined,
  );
  const rules = typedRules(where);
  const { mark } = decimalMarkOf(
    studies.flatMap((study) => (study === undefined ? [] : (evidenceOf(study) ?? []))),
    rules,
  );
  return columns.map((column, index) => {
    const study = studies[index];
    if (study === undefined || study.present === 0) return column;
    const decided = decideColumn(study, mark, rules);
    // Text that stays text keeps every character, also the spaces at its ends.
    if (decided.kind === 'number' || decided.kind === 'date') return decided;
    const { reading } = decided;
    return reading === undefined || reading.code === 'some-numbers'
      ? column
      : { ...column, reading };
  });
}

function hasDigits({ values }: TextColumn): boolean {
  return values.some((text) => text !== null && /\d/.test(text));
}

function trimmed({ values }: TextColumn): (string | null)[] {
  return values.map((text) => (text === null ? null : text.trim()));
}

function typedRules(where: string): SourceRules {
  return {
    decimal: 'auto',
    usualDecimal: '.',
    unclearMark: ',',
    commaDelimited: false,
    typed: true,
    ownMissing: true,
    fault: ({ column, row, text, rule, remedy, remedyInCode }) =>
      dataError(
        {
          where,
          subject: `column ${show(column)}`,
          rule: `must be ${rule}`,
          got: `${show(text)} in row ${row + 1}`,
          remedy,
          remedyInCode: remedyInCode ?? ' Give numbers, or null where there is none.',
        },
        { row: row + 1, column },
      ),
  };
}
