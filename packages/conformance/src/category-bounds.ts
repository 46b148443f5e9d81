/** The error bounds of the category embedding, eq. (47)–(49): it copies exactly, and the adjoint of a row is a sum over rows. */
import { columnsOf, type BoundAccess, type OpOf } from './bound-access.ts';

/** The columns of the input that are not embedded. */
function othersOf(
  { categories }: Pick<OpOf<'embedCategories'>, 'categories'>,
  columns: number,
): number[] {
  const embedded = new Set(categories.map(({ column }) => column));
  return Array.from({ length: columns }, (_, i) => i).filter((i) => !embedded.has(i));
}

export function boundEmbedCategories(
  op: OpOf<'embedCategories'>,
  { rows, errors, set }: BoundAccess,
): void {
  const inputErrors = errors(op.input);
  const [columns, width] = [columnsOf(op.input), columnsOf(op.out)];
  const bounds = new Float64Array(op.out.size);
  const others = othersOf(op, columns);
  for (let n = 0; n < rows; n++) {
    for (const [place, i] of others.entries()) {
      bounds[n * width + place] = inputErrors[n * columns + i]!;
    }
  }
  set(op.out, bounds);
}

export function boundEmbedCategoriesWeightAdjoint(
  op: OpOf<'embedCategoriesWeightAdjoint'>,
  { rows, values, errors, rounding, set }: BoundAccess,
): void {
  const [input, bars, barErrors] = [values(op.input), values(op.outBar), errors(op.outBar)];
  const [columns, width] = [columnsOf(op.input), columnsOf(op.outBar)];
  const inherited = new Float64Array(op.weightBar.size);
  const sizes = new Float64Array(op.weightBar.size);
  for (let n = 0; n < rows; n++) {
    let start = 0;
    for (const [c, { column, levels }] of op.categories.entries()) {
      const level = start + input[n * columns + column]!;
      for (let k = 0; k < op.size; k++) {
        const j = n * width + columns - op.categories.length + c * op.size + k;
        inherited[level * op.size + k]! += barErrors[j]!;
        sizes[level * op.size + k]! += Math.abs(bars[j]!) + barErrors[j]!;
      }
      start += levels;
    }
  }
  set(
    op.weightBar,
    inherited.map((error, j) => error + rounding(sizes[j]!, rows + 1)),
  );
}

export function boundEmbedCategoriesInputAdjoint(
  op: OpOf<'embedCategoriesInputAdjoint'>,
  { rows, errors, set }: BoundAccess,
): void {
  const barErrors = errors(op.outBar);
  const [columns, width] = [columnsOf(op.inputBar), columnsOf(op.outBar)];
  const bounds = new Float64Array(op.inputBar.size);
  const others = othersOf(op, columns);
  for (let n = 0; n < rows; n++) {
    for (const [place, i] of others.entries()) {
      bounds[n * columns + i] = barErrors[n * width + place]!;
    }
  }
  set(op.inputBar, bounds);
}
