/**
 * The rows by which networks are judged that hold them out: all known rows, or every n-th of them if there are so many that their predictions
 * would fill the memory.
 */
import type { Matrix } from '../arrays/matrix.ts';
import type { OutOfFold } from './out-of-fold.ts';
import { pickTargets, pickWeights } from './prepared-rows.ts';
import type { TargetRows } from './recipe-request.ts';
import { countRows } from './rows.ts';

/** The inputs of the rows that may be judged. */
export interface JudgedInputs {
  readonly inputs: Matrix;
  /** Every how many known rows there is one, from the first on. */
  readonly every: number;
}

/** The rows that may be judged, with their targets and weights. */
export function judgedRows(known: TargetRows, { inputs, every }: JudgedInputs): TargetRows {
  if (every === 1) return known;
  const count = Math.ceil(countRows(known.rows) / every);
  const rows = Uint32Array.from({ length: count }, (_, place) => place * every);
  return {
    rows: inputs,
    targets: pickTargets(known, rows),
    columns: known.columns,
    sampleWeights: pickWeights(known.sampleWeights, rows),
  };
}

/** The places of rows among those that may be judged; rows that are not judged are left out. */
export function placesAmong(rows: Uint32Array, every: number): Uint32Array {
  return every === 1 ? rows : rows.filter((row) => row % every === 0).map((row) => row / every);
}

/** What is said of judged rows, by their indices among all known rows. */
export function ofAllRows(said: OutOfFold | undefined, every: number): OutOfFold | undefined {
  if (said === undefined || every === 1) return said;
  return { ...said, rows: said.rows.map((place) => place * every) };
}
