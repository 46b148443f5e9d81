/** Small pictures for cells of tables: the distribution of a column, and bars of an importance. */
import type { Histogram } from '../../record/data-facts.ts';
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
  const height = (share: number): number => (share / most) * (HEIGHT - 2);
  const outline = others.flatMap((share, at) => [
    `${place(at * step)},${place(HEIGHT - 1 - height(share))}`,
    `${place((at + 1) * step)},${place(HEIGHT - 1 - height(share))}`,
  ]);
  return markup`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}"><g class="tone-train">${shares.map(
    (share, at) =>
      share === 0
        ? undefined
        : markup`<rect class="fill" opacity=".45" x="${place(at * step + 0.5)}" y="${place(HEIGHT - 1 - height(share))}" width="${place(Math.max(0.5, step - 1))}" height="${place(height(share))}"/>`,
  )}</g>${outline.length === 0 ? '' : markup`<polyline class="path tone-model" stroke-width="1.5" points="${outline.join(' ')}"/>`}</svg>`;
}

/** The bars of a histogram alone. */
export function histogramSketch({ counts }: Histogram, label: string): Markup {
  return distributionSketch(counts, undefined, label);
}

function sharesOf(counts: readonly number[]): number[] {
  const sum = counts.reduce((total, value) => total + value, 0);
  return counts.map((value) => (sum === 0 ? 0 : value / sum));
}
