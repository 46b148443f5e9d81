/** A small picture for a cell of a table: the distribution of a column. */
import { markup, type Markup } from '../markup.ts';
import { place } from './axes.ts';

const WIDTH = 120;
const HEIGHT = 28;

/**
 * The distribution of a column in two parts of the rows: filled bars for the rows that were learned from, a line for those that were held
 * out. Both are shares, so that parts of different sizes can be compared.
 */
export function distributionSketch(
  train: readonly number[],
  test: readonly number[] | undefined,
  label: string,
): Markup {
  const shares = sharesOf(train);
  const others = test === undefined ? [] : sharesOf(test);
  const most = Math.max(...shares, ...others, 1e-9);
  const step = WIDTH / Math.max(1, shares.length);
  const topOf = (share: number): number => Math.round(HEIGHT - 1 - (share / most) * (HEIGHT - 2));
  // One path for all bars, because a wide table has hundreds of sketches.
  const bars = shares.map((share, at) =>
    share === 0
      ? ''
      : `M${place(at * step)} ${HEIGHT - 1}V${topOf(share)}H${place((at + 1) * step - 1)}V${HEIGHT - 1}z`,
  );
  const outline = others.map(
    (share, at) =>
      `${at === 0 ? `M0 ${topOf(share)}` : `V${topOf(share)}`}H${place((at + 1) * step)}`,
  );
  return markup`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}"><path class="fill tone-train" opacity=".45" d="${bars.join('')}"/>${outline.length === 0 ? '' : markup`<path class="path tone-model" d="${outline.join('')}"/>`}</svg>`;
}

function sharesOf(counts: readonly number[]): number[] {
  const sum = counts.reduce((total, value) => total + value, 0);
  return counts.map((value) => (sum === 0 ? 0 : value / sum));
}
