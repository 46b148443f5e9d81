/**
 * The flags that give columns of DATA a role, and what they mean for a table: which columns are not learned from, and what a
 * user should know of it.
 */
import { columnNames } from '@vinculum/io';
import type { DataNote, Table } from 'vinculum';
import { findColumn, quoted } from '../../labelled-rows.ts';
import { usageFailure } from '../../failure.ts';
import { list, reading, text, type Flags } from '../../command-line/flag.ts';
import { listed } from 'vinculum/internal';
import type { Roles } from '../../roles.ts';

/** The columns with a role, as the user wrote them. */
export interface RoleSelection {
  readonly drop?: readonly string[] | undefined;
  readonly id?: readonly string[] | undefined;
  readonly weight?: string | undefined;
  readonly group?: string | undefined;
  readonly time?: string | undefined;
  readonly text?: readonly TextUse[] | undefined;
}

const TEXT_USES = ['ignore', 'category'] as const;

/** A column of text, and whether it is left out or read as categories. */
export type TextUse = readonly [column: string, use: (typeof TEXT_USES)[number]];

export const ROLE_FLAGS: Flags<RoleSelection> = {
  drop: list({ word: 'columns', help: 'columns to leave out, with commas between them' }),
  id: list({
    word: 'columns',
    help: 'columns that tell rows apart: not learned from, and written before predictions',
  }),
  weight: text({
    word: 'column',
    help: 'how much each row counts, in the loss and in every score',
    once: 'rows have one weight: multiply the columns in the file',
  }),
  group: text({
    word: 'column',
    help: 'rows that belong together: no split divides them; not learned from',
    once: 'rows have one group: join the columns in the file',
  }),
  time: text({
    word: 'column',
    help: 'the last rows by this column are held out; still an input, unless --drop names it',
    once: 'rows have one time: join the columns in the file',
  }),
  text: reading(readTextUses, {
    word: 'column=use',
    help: `a column of text: ${listed(TEXT_USES, { last: 'or' })}; may be repeated`,
    repeats: true,
  }),
};

/** `notes=ignore,zip=category`. */
function readTextUses(word: string, flag: string): readonly TextUse[] {
  return word.split(',').map((part): TextUse => {
    const at = part.lastIndexOf('=');
    const use = TEXT_USES.find((known) => known === part.slice(at + 1).trim());
    if (at > 0 && use !== undefined) return [part.slice(0, at).trim(), use];
    throw usageFailure(
      `${flag} must be a column and its use, ${listed(TEXT_USES, { last: 'or' })}; got '${part}'.`,
      { hint: `such as ${flag} notes=ignore,zip=category` },
    );
  });
}

/** The columns that a use of `--text` names. */
export function textColumns({ text: uses = [] }: RoleSelection, use: TextUse[1]): string[] {
  return uses.filter(([, one]) => one === use).map(([column]) => column);
}

/** What the flags mean for a table. */
export interface AssignedRoles {
  readonly roles: Roles;
  /** The columns that are not learned from, in addition to the targets. */
  readonly leftOut: readonly string[];
  /** The columns whose values splits, losses and scores need. */
  readonly needed: readonly string[];
  readonly notes: readonly DataNote[];
}

/**
 * The roles that the flags give to the columns of a table.
 *
 * @throws {CommandFailure} exit 3 when there is no such column; exit 2 when a column has two roles that exclude each other
 */
export function assignRoles(
  table: Table,
  targets: readonly string[],
  selection: RoleSelection,
): AssignedRoles {
  const { drop, id, weight, group, time } = selection;
  const ignored = textColumns(selection, 'ignore');
  const categories = textColumns(selection, 'category');
  const dropped = columnsOf(table, drop, '--drop');
  const ids = columnsOf(table, id, '--id');
  const uses: [flag: string, columns: readonly string[]][] = [
    ['--drop', dropped],
    ['--id', ids],
    ['--weight', weight === undefined ? [] : [weight]],
    ['--group', group === undefined ? [] : [group]],
    ['--time', time === undefined ? [] : [time]],
    ['--text', [...ignored, ...categories]],
  ];
  for (const [flag, columns] of uses) {
    for (const name of columns) {
      findColumn(table, name, flag);
      if (!targets.includes(name)) continue;
      throw usageFailure(`${flag} must not name the target; got '${name}'.`, {
        hint: `leave it out of ${flag}: the target is never an input`,
      });
    }
  }
  if (group !== undefined && time !== undefined) {
    throw usageFailure(
      '--group does not go with --time, because the last rows need not be whole groups.',
      {
        hint: 'leave one of them off',
      },
    );
  }
  if (weight !== undefined && (weight === group || weight === time)) {
    throw usageFailure(
      `--weight and --${weight === group ? 'group' : 'time'} must name two columns; both name '${weight}'.`,
      {
        hint: 'leave one of them off',
      },
    );
  }
  const roles: Roles = { id: ids, weight, group, time };
  const needed = [weight, group, time].filter((name) => name !== undefined);
  const both = categories.find((name) => [...dropped, ...ids, ...ignored].includes(name));
  if (both !== undefined) {
    throw usageFailure(
      `--text ${both}=category goes with a column that is learned from; got it among those left out too.`,
      {
        hint: `leave '${both}' out of the other flag`,
      },
    );
  }
  const leftOut = [...dropped, ...ids, ...ignored, weight, group].filter(
    (name) => name !== undefined,
  );
  return {
    roles,
    leftOut: [...new Set(leftOut)],
    needed,
    notes: [...notesOf(roles), ...ignored.map(textNote)],
  };
}

/** Names of columns. A name with commas is not divided if there is a column of that name. */
export function columnsOf(
  table: Table,
  words: readonly string[] | undefined,
  flag: string,
): string[] {
  const known = new Set(columnNames(table));
  const names = (words ?? []).flatMap((word) =>
    known.has(word) ? [word] : word.split(',').map((name) => name.trim()),
  );
  for (const name of names) findColumn(table, name, flag);
  return [...new Set(names)];
}

function textNote(column: string): DataNote {
  return {
    code: 'role-text',
    column,
    message: `column '${column}' is text that is not learned from`,
  };
}

function notesOf({ id, weight, group, time }: Roles): DataNote[] {
  const notes: (readonly [code: string, column: string | undefined, says: string])[] = [
    ['role-weight', weight, 'says how much each row counts; it is not learned from'],
    ['role-group', group, 'says which rows belong together; it is not learned from'],
    ['role-time', time, 'orders the rows; the last ones are held out'],
  ];
  const ids =
    id.length === 0
      ? []
      : [
          {
            code: 'role-id',
            message: `${id.length === 1 ? 'column' : 'columns'} ${quoted(id)} ${id.length === 1 ? 'tells' : 'tell'} rows apart and ${id.length === 1 ? 'is' : 'are'} not learned from`,
          },
        ];
  return [
    ...ids,
    ...notes.flatMap(([code, column, says]) =>
      column === undefined ? [] : [{ code, column, message: `column '${column}' ${says}` }],
    ),
  ];
}
