/** A reliability diagram with the number of rows of each bin below it. */
import { line } from 'd3-shape';
import type { ReliabilityBin } from 'vinculum';
import { count, fixed, percent } from '../figures.ts';
import { joined, markup, type Markup } from '../markup.ts';
import { place, plot } from './axes.ts';

const HEIGHT = 360;

/** Of the height, for the bars below. */
const BARS = 44;

const format = (value: number): string => fixed(value, 1);

export function calibrationChart({
  label,
  of,
  bins,
}: {
  readonly label: string;
  readonly of: string;
  readonly bins: readonly ReliabilityBin[];
}): Markup {
  const most = Math.max(...bins.map((bin) => bin.count), 1);
  return plot({
    label,
    height: HEIGHT,
    x: { title: of, domain: [0, 1], format },
    y: { title: 'share that is true', domain: [0, 1], format },
    draw: (x, y, box) => {
      const d = line<ReliabilityBin>(
        (bin) => x(bin.meanProbability),
        (bin) => y(bin.share),
      ).digits(1)([...bins]);
      return joined([
        markup`<line class="guide" x1="${place(x(0))}" y1="${place(y(0))}" x2="${place(x(1))}" y2="${place(y(1))}"/>`,
        ...bins.map(
          (bin) =>
            markup`<rect class="soft tone-model" x="${place(x(bin.low) + 1)}" y="${place(box.bottom - (BARS * bin.count) / most)}" width="${place(Math.max(1, x(bin.high) - x(bin.low) - 2))}" height="${place((BARS * bin.count) / most)}"/>`,
        ),
        markup`<path class="path tone-model" d="${d ?? ''}"/>`,
        ...bins.map(
          (bin) =>
            markup`<circle class="fill tone-model" cx="${place(x(bin.meanProbability))}" cy="${place(y(bin.share))}" r="4"/>`,
        ),
        ...bins.map(
          (bin) =>
            markup`<rect class="hit" x="${place(x(bin.low))}" y="${box.top}" width="${place(x(bin.high) - x(bin.low))}" height="${box.bottom - box.top}" data-tip="${`${count(bin.count)} rows\nprobability ${fixed(bin.meanProbability)}\ntrue in ${percent(bin.share)}`}"/>`,
        ),
      ]);
    },
  });
}
