/** A number of a record, which is JSON and therefore has no NaN. */

/** A number; `null` if it does not exist, such as the precision of a class that is never predicted. */
export type Figure = number | null;
