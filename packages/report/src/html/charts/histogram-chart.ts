/** A histogram, and a second one beside it as a line, for two parts of the same rows. */
import type { Histogram } from '../../record/data-facts.ts';
import { amount, count } from '../figures.ts';
import { joined, markup, type Markup } from '../markup.ts';
import { domainOf, place, plot, WIDTH } from './axes.ts';
import type { Tone } from './tone.ts';

export interface HistogramChart {
  readonly label: string;
  readonly histogram: Histogram;
  readonly tone: Tone;
  /** What is measured. */
  readonly x: string;
  /** What is counted. */
  readonly y: string;
  readonly height?: number;
  /** In units of the drawing; a third of the page has fewer than a half. */
  readonly width?: number;
  /** A value at which a line stands, such as 0. */
  readonly mark?: number;
}

export function histogramChart({
  label,
  histogram: { edges, counts },
  tone,
  x: title,
  y: counted,
  height = 240,
  width = WIDTH,
  mark,
}: HistogramChart): Markup {
  return plot({
    label,
    height,
    width,
    x: { title, domain: domainOf(edges) },
    y: { title: counted, domain: domainOf(counts, [0]), nice: true, ticks: 4 },
    draw: (x, y, box) =>
      joined([
        ...counts.map((value, at) => {
          const [low = 0, high = 0] = [edges[at], edges[at + 1]];
          const across = Math.max(0.5, x(high) - x(low) - 1);
          return markup`<rect class="fill bar tone-${tone}" x="${place(x(low) + 0.5)}" y="${place(y(value))}" width="${place(across)}" height="${place(box.bottom - y(value))}" data-tip="${`${amount(low)} to ${amount(high)}\n${count(value)} ${counted}`}"/>`;
        }),
        mark === undefined
          ? undefined
          : markup`<line class="guide" x1="${place(x(mark))}" x2="${place(x(mark))}" y1="${box.top}" y2="${box.bottom}"/>`,
      ]),
  });
}
