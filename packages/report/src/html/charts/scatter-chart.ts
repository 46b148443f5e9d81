/** Points over two numbers, with the line on which they would lie if all went well. */
import { joined, markup, type Markup } from '../markup.ts';
import { place, plot, type AxisOptions } from './axes.ts';
import type { Tone } from './tone.ts';

export interface ScatterChart {
  readonly label: string;
  readonly x: AxisOptions;
  readonly y: AxisOptions;
  readonly points: readonly { readonly x: number; readonly y: number; readonly tip?: string }[];
  readonly tone: Tone;
  /** From one point to another, with a word at its end. */
  readonly guide?: {
    readonly from: readonly [number, number];
    readonly to: readonly [number, number];
    readonly text?: string;
  };
  readonly height?: number;
}

/** A smaller radius for many points, which would hide each other. */
function radiusOf(points: number): number {
  if (points > 1000) return 1.8;
  return points > 200 ? 2.4 : 3.2;
}

export function scatterChart({ label, x, y, points, tone, guide, height }: ScatterChart): Markup {
  const radius = radiusOf(points.length);
  return plot({
    label,
    x,
    y,
    ...(height === undefined ? {} : { height }),
    draw: (toX, toY, box) =>
      joined([
        guide === undefined
          ? undefined
          : markup`<line class="guide" x1="${place(toX(guide.from[0]))}" y1="${place(toY(guide.from[1]))}" x2="${place(toX(guide.to[0]))}" y2="${place(toY(guide.to[1]))}"/>`,
        markup`<g class="tone-${tone}">${points.map(
          (point) =>
            markup`<circle class="dot" cx="${place(toX(point.x))}" cy="${place(toY(point.y))}" r="${radius}"${point.tip === undefined ? '' : markup` data-tip="${point.tip}"`}/>`,
        )}</g>`,
        guide?.text === undefined
          ? undefined
          : markup`<text class="end" x="${place(box.right - 4)}" y="${box.top - 6}">${guide.text}</text>`,
      ]),
  });
}
