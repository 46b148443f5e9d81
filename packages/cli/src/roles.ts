/**
 * Roles of columns: what a column is for if it is neither an input nor a target. This file reads the values of a role, and
 * writes the roles of a model to its file and back.
 */
import { cellAt, classColumn, type Column, type Label, type Table } from 'vinculum';
import { isRecord } from 'vinculum/internal';
import { dataFailure, type CommandFailure } from './failure.ts';
import type { LabelledRows } from './labelled-rows.ts';

/** The columns of each role, by name. */
export interface Roles {
  /** Columns that tell rows apart: they are not learned from, and predictions have them first. */
  readonly id: readonly string[];
  /** How much each row counts. */
  readonly weight?: string | undefined;
  /** Which rows belong together: no split divides a group. */
  readonly group?: string | undefined;
  /** When each row was: splits hold the last rows out. */
  readonly time?: string | undefined;
}

/** A model without roles. */
export const NO_ROLES: Roles = { id: [] };

/** The roles in a document; nothing if there are none. */
export function rolesDocument({ id, weight, group, time }: Roles): { readonly roles?: object } {
  const roles = { ...(id.length === 0 ? {} : { id }), weight, group, time };
  return Object.values(roles).some((role) => role !== undefined) ? { roles } : {};
}

/** The roles in the text of a model file. */
export function rolesIn(text: string | undefined): Roles {
  if (text === undefined) return NO_ROLES;
  const parsed: unknown = JSON.parse(text);
  if (!isRecord(parsed)) return NO_ROLES;
  const nameOf = (role: string): string | undefined => {
    const name = parsed[role];
    return typeof name === 'string' ? name : undefined;
  };
  const { id } = parsed as { readonly id?: unknown };
  return {
    id: Array.isArray(id) ? id.filter((name): name is string => typeof name === 'string') : [],
    weight: nameOf('weight'),
    group: nameOf('group'),
    time: nameOf('time'),
  };
}

/**
 * The weights of the rows; undefined if no column has that role.
 *
 * @throws {CommandFailure} exit 3 when a weight is missing, negative or no number
 */
export function weightsOf(labelled: LabelledRows, { weight }: Roles): Float64Array | undefined {
  const column = roleColumn(labelled.roles, weight);
  if (column === undefined) return undefined;
  if (column.kind !== 'number') {
    throw dataFailure(
      `--weight: column '${column.name}' must hold numbers; it holds ${somethingElse(column)}.`,
      { hint: 'name a column that says how often each row counts' },
    );
  }
  const bad = column.values.findIndex((value) => !(value >= 0));
  if (bad === -1) return column.values;
  const value = column.values[bad] ?? NaN;
  throw cellFailure(
    labelled,
    { row: bad, column },
    `a weight, a number that is at least 0; ${Number.isNaN(value) ? 'it is missing' : `got ${value}`}`,
  );
}

/**
 * The rule by which splits hold rows out, in the form of the library.
 *
 * @throws {CommandFailure} exit 3 when a group or a time is missing, or a time is neither date nor number
 */
export function splitRolesOf(
  labelled: LabelledRows,
  { group, time }: Roles,
): { readonly groups?: Label[]; readonly time?: Float64Array } {
  const groups = roleColumn(labelled.roles, group);
  if (groups !== undefined) return { groups: groupsIn(labelled, groups) };
  const times = roleColumn(labelled.roles, time);
  return times === undefined ? {} : { time: timesIn(labelled, times) };
}

function groupsIn(labelled: LabelledRows, column: Column): Label[] {
  const spelled = classColumn(column);
  return Array.from(labelled.numbers, (_, row) => {
    const group = cellAt(spelled, row);
    if (group !== null) return group;
    throw cellFailure(labelled, { row, column }, 'a group; it is missing');
  });
}

function timesIn(labelled: LabelledRows, column: Column): Float64Array {
  if (column.kind !== 'date' && column.kind !== 'number') {
    throw dataFailure(
      `--time: column '${column.name}' must hold dates or numbers; it holds ${somethingElse(column)}.`,
      {
        hint:
          column.kind === 'text'
            ? `if they are dates, add --kinds ${column.name}=date; other forms must be changed in the file`
            : 'name the column that says when each row was',
      },
    );
  }
  const row = column.values.findIndex((value) => Number.isNaN(value));
  if (row === -1) return column.values;
  throw cellFailure(labelled, { row, column }, 'a time; it is missing');
}

function roleColumn(table: Table | undefined, name: string | undefined): Column | undefined {
  return name === undefined ? undefined : table?.columns.find((column) => column.name === name);
}

function somethingElse(column: Column): string {
  if (column.kind === 'boolean') return 'true or false';
  if (column.kind !== 'text') return `a ${column.kind}`;
  return `text such as '${column.values.find((value) => value !== null) ?? ''}'`;
}

function cellFailure(
  { numbers }: LabelledRows,
  { row, column }: { readonly row: number; readonly column: Column },
  rule: string,
): CommandFailure {
  return dataFailure(`row ${numbers[row]}, column '${column.name}': must be ${rule}.`, {
    hint: 'correct the file there, or leave such rows out, and run the command again',
  });
}
