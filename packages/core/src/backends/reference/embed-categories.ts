/**
 * A learned row for each category in place of its number: forward, eq. (47), the adjoint of the rows, eq. (48), and the adjoint
 * of the other columns, eq. (49). Letters: n a row of the batch, c the place of a column among the embedded ones, i a column of
 * the input, k a learned number.
 */
import type {
  Category,
  EmbedCategoriesInputAdjointOp,
  EmbedCategoriesOp,
  EmbedCategoriesWeightAdjointOp,
} from '../../program/program.ts';
import { columnsOf } from '../contract.ts';
import type { Memory, Run } from './memory.ts';

/** For each embedded column the first of its rows of E; and the columns that are not embedded. */
function placesOf(
  categories: readonly Category[],
  columns: number,
): { readonly starts: readonly number[]; readonly others: readonly number[] } {
  let start = 0;
  const starts = categories.map(({ levels }) => (start += levels) - levels);
  const embedded = new Set(categories.map(({ column }) => column));
  const all = Array.from({ length: columns }, (_, i) => i);
  return { starts, others: all.filter((i) => !embedded.has(i)) };
}

/** Whether a number is a level. */
function isLevel(x: number, levels: number): boolean {
  return Number.isInteger(x) && x >= 0 && x < levels;
}

/** h = (the columns that are not embedded, the row of E of each category): eq. (47). A number that is no level becomes NaN. */
export function embedCategories(op: EmbedCategoriesOp, memory: Memory): Run {
  const { out, input, weight } = memory.of(op);
  const { categories, size } = op;
  const [columns, width] = [columnsOf(op.input), columnsOf(op.out)];
  const { starts, others } = placesOf(categories, columns);
  return () => {
    for (let n = 0; n < memory.rows(); n++) {
      for (const [place, i] of others.entries()) out[n * width + place] = input[n * columns + i]!;
      for (const [c, { column, levels }] of categories.entries()) {
        const x = input[n * columns + column]!;
        for (let k = 0; k < size; k++) {
          const at = n * width + others.length + c * size + k;
          out[at] = isLevel(x, levels) ? weight[(starts[c]! + x) * size + k]! : NaN;
        }
      }
    }
  };
}

/** Ē[x] = Σ h̄ over the rows of that category: eq. (48). Overwrites. */
export function embedCategoriesWeightAdjoint(
  op: EmbedCategoriesWeightAdjointOp,
  memory: Memory,
): Run {
  const { weightBar, outBar, input } = memory.of(op);
  const { categories, size } = op;
  const [columns, width] = [columnsOf(op.input), columnsOf(op.outBar)];
  const { starts, others } = placesOf(categories, columns);
  return () => {
    weightBar.fill(0);
    for (let n = 0; n < memory.rows(); n++) {
      for (const [c, { column, levels }] of categories.entries()) {
        const x = input[n * columns + column]!;
        if (!isLevel(x, levels)) continue;
        for (let k = 0; k < size; k++) {
          weightBar[(starts[c]! + x) * size + k]! +=
            outBar[n * width + others.length + c * size + k]!;
        }
      }
    }
  };
}

/** x̄: that of the copied columns, and 0 for the categories: eq. (49). */
export function embedCategoriesInputAdjoint(
  op: EmbedCategoriesInputAdjointOp,
  memory: Memory,
): Run {
  const { inputBar, outBar } = memory.of(op);
  const [columns, width] = [columnsOf(op.inputBar), columnsOf(op.outBar)];
  const { others } = placesOf(op.categories, columns);
  return () => {
    for (let n = 0; n < memory.rows(); n++) {
      for (let i = 0; i < columns; i++) inputBar[n * columns + i] = 0;
      for (const [place, i] of others.entries()) {
        inputBar[n * columns + i] = outBar[n * width + place]!;
      }
    }
  };
}
