/** Upright bars, one for each of a few things in an order. */
import { joined, markup, type Markup } from '../markup.ts';
import { domainOf, place, plot } from './axes.ts';
import type { Tone } from './tone.ts';

export interface BarChart {
  readonly label: string;
  readonly x: string;
  readonly y: string;
  readonly bars: readonly { readonly name: string; readonly value: number; readonly tip: string }[];
  readonly tone: Tone;
}

export function barChart({ label, x: title, y: counted, bars, tone }: BarChart): Markup {
  return plot({
    label,
    height: 280,
    x: { title, domain: [0, Math.max(1, bars.length)], format: () => '' },
    y: {
      title: counted,
      domain: domainOf(
        bars.map(({ value }) => value),
        [0],
      ),
      nice: true,
    },
    draw: (x, y, box) =>
      joined(
        bars.map(({ name, value, tip }, at) => {
          const width = x(at + 1) - x(at);
          const top = y(Math.max(0, value));
          return markup`<rect class="fill bar tone-${tone}" x="${place(x(at) + width * 0.15)}" y="${place(top)}" width="${place(width * 0.7)}" height="${place(box.bottom - top)}" rx="2" data-tip="${tip}"/><text class="mid" x="${place(x(at) + width / 2)}" y="${box.bottom + 18}">${name}</text>`;
        }),
      ),
  });
}
