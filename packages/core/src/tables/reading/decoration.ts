/**
 * What a decoration is: something that people write around a number and that does not change its digits, such as a
 * currency sign. One file makes such a record, and `decorations.ts` lists it.
 */

/** A number without one of its decorations. */
export interface Undecorated {
  readonly rest: string;
  /** Whether the decoration means "below zero". */
  readonly negative?: boolean;
  /** What the number counts, such as `%` or `€`; all cells of a column must have the same. */
  readonly unit?: string;
}

/** A row of the table of decorations. */
export interface Decoration {
  /** What people call it, for the reason that a column carries. */
  readonly title: string;
  /** Takes the decoration off; undefined if the text has none. */
  remove(text: string): Undecorated | undefined;
}
