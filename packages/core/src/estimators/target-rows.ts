/** Rows and targets in the form of the recipe. */
import type { Matrix } from '../arrays/matrix.ts';
import type { SplitRule } from '../arrays/split-rule.ts';
import type { Table } from '../tables/table.ts';

/** Targets as numbers, row-major: class indices (Int32Array, one column), real rows, or rows of labels that are 0 or 1. */
export type NumericTargets = Int32Array | Float64Array;

/** Rows and targets of one set. */
export interface TargetRows {
  readonly rows: Table | Matrix;
  readonly targets: NumericTargets;
  /** Targets of a row. */
  readonly columns: number;
  /** How much each row counts in the loss and in metrics; absent, each counts once. */
  readonly sampleWeights?: ArrayLike<number> | undefined;
  /** What a split of the rows respects in addition to their classes. */
  readonly split?: SplitRule | undefined;
}

/** The targets of the rows at the given indices. */
export function pickTargets({ targets, columns }: TargetRows, rows: Uint32Array): NumericTargets {
  return targets
    .slice(0, rows.length * columns)
    .map((_, i) => targets[rows[Math.floor(i / columns)]! * columns + (i % columns)]!);
}
