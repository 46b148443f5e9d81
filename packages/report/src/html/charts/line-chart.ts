/**
 * Lines over a number: curves of a training, ROC curves, partial dependence. Each line has its name at its end, in its own
 * colour, so that no legend is needed.
 */
import { line } from 'd3-shape';
import { joined, markup, type Markup } from '../markup.ts';
import { place, plot, WIDTH, type AxisOptions, type Box, type Scale } from './axes.ts';
import type { Tone } from './tone.ts';

export interface Series {
  /** At the end of the line; a line without a name is one of many. */
  readonly name?: string;
  readonly tone: Tone;
  readonly points: readonly Point[];
  /** One of many lines that together make a picture. */
  readonly thin?: boolean;
  /** One of many lines behind the others. */
  readonly faint?: boolean;
}

export interface Point {
  readonly x: number;
  readonly y: number;
  /** What is shown when the pointer is there. */
  readonly tip?: string;
}

/** A vertical line with a word, such as the best epoch. */
export interface Mark {
  readonly x: number;
  readonly text: string;
}

export interface LineChart {
  readonly label: string;
  readonly x: AxisOptions;
  readonly y: AxisOptions;
  readonly series: readonly Series[];
  readonly marks?: readonly Mark[];
  /** The line from corner to corner: a guess, or a perfect match. */
  readonly diagonal?: boolean;
  /** Short lines below the axis, where the data lie. */
  readonly rug?: readonly number[];
  readonly height?: number;
}

/** Distance of two names at the ends of lines. */
const NAME_HEIGHT = 15;

/** The most places over which the pointer finds values. */
const MOST_HITS = 120;

export function lineChart(chart: LineChart): Markup {
  const { series, marks = [], rug = [] } = chart;
  const names = series.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const right = names.reduce((most, name) => Math.max(most, name.length * 6.9 + 14), 12);
  return plot({
    label: chart.label,
    x: chart.x,
    y: chart.y,
    right: Math.min(right, WIDTH / 3),
    ...(chart.height === undefined ? {} : { height: chart.height }),
    draw: (x, y, box) =>
      joined([
        chart.diagonal === true
          ? markup`<line class="guide" x1="${place(box.left)}" y1="${box.bottom}" x2="${place(box.right)}" y2="${box.top}"/>`
          : undefined,
        ...rug.map(
          (value) =>
            markup`<line class="base" x1="${place(x(value))}" x2="${place(x(value))}" y1="${box.bottom}" y2="${box.bottom - 6}"/>`,
        ),
        ...marks.map((mark) => verticalMark(mark, x, box)),
        ...series.map((one) => path(one, x, y)),
        ...endNames(series, x, y, box),
        ...hits(series, x, box),
      ]),
  });
}

function verticalMark({ x: value, text }: Mark, x: Scale, box: Box): Markup {
  const at = x(value);
  const isRight = at > box.right - 30;
  return markup`<line class="guide" x1="${place(at)}" x2="${place(at)}" y1="${box.top}" y2="${box.bottom}"/><text class="${isRight ? 'end' : 'mid'}" x="${place(at)}" y="${box.top - 6}">${text}</text>`;
}

function path({ tone, points, thin = false, faint = false }: Series, x: Scale, y: Scale): Markup {
  const d = line<Point>(
    (point) => x(point.x),
    (point) => y(point.y),
  )
    .defined((point) => Number.isFinite(x(point.x)) && Number.isFinite(y(point.y)))
    .digits(1)([...points]);
  const single = points.length === 1 ? points[0] : undefined;
  if (single !== undefined) {
    return markup`<circle class="fill tone-${tone}" cx="${place(x(single.x))}" cy="${place(y(single.y))}" r="3"/>`;
  }
  return markup`<path class="path tone-${tone}${thin ? ' thin' : ''}${faint ? ' faint' : ''}" d="${d ?? ''}"/>`;
}

/** The names at the ends, moved apart if they would touch. */
function endNames(series: readonly Series[], x: Scale, y: Scale, box: Box): Markup[] {
  const places = series
    .flatMap(({ name, tone, points }) => {
      const last = points.findLast((point) => Number.isFinite(y(point.y)));
      return name === undefined || last === undefined
        ? []
        : [{ name, tone, x: x(last.x), y: y(last.y) + 4 }];
    })
    .toSorted((a, b) => a.y - b.y);
  // Downwards, each name below the one before it; then back up, if the last one left the picture.
  for (const [at, one] of places.entries()) {
    const above = places[at - 1];
    if (above !== undefined) one.y = Math.max(one.y, above.y + NAME_HEIGHT);
  }
  for (let at = places.length - 1; at >= 0; at--) {
    const one = places[at];
    const limit = (places[at + 1]?.y ?? box.bottom + NAME_HEIGHT) - NAME_HEIGHT;
    if (one !== undefined) one.y = Math.min(one.y, limit);
  }
  return places.map(
    ({ name, tone, x: left, y: top }) =>
      markup`<text class="name label tone-${tone}" x="${place(left + 8)}" y="${place(top)}">${name}</text>`,
  );
}

/** Bands over the places of the points: whatever has the same x is shown together. */
function hits(series: readonly Series[], x: Scale, box: Box): Markup[] {
  const tips = new Map<number, string[]>();
  for (const { points } of series) {
    for (const { x: value, tip } of points) {
      if (tip !== undefined) tips.set(value, [...(tips.get(value) ?? []), tip]);
    }
  }
  const all = [...tips].toSorted(([a], [b]) => a - b);
  const every = Math.ceil(all.length / MOST_HITS);
  const shown = all.filter((_, at) => at % every === 0 || at === all.length - 1);
  return shown.map(([value, lines], at) => {
    const middle = x(value);
    const left = at === 0 ? box.left : (x(shown[at - 1]?.[0] ?? value) + middle) / 2;
    const right =
      at === shown.length - 1 ? box.right : (x(shown[at + 1]?.[0] ?? value) + middle) / 2;
    const width = Math.max(0, right - left);
    return markup`<rect class="hit" x="${place(left)}" y="${box.top}" width="${place(width)}" height="${box.bottom - box.top}" data-tip="${lines.join('\n')}"/>`;
  });
}
