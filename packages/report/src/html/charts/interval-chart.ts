/**
 * Figures on one line each, on a common scale: a dot with the interval in which it probably lies. It shows a score beside its
 * baselines, and importances beside each other.
 */
import { scaleLinear } from 'd3-scale';
import { joined, markup, type Markup } from '../markup.ts';
import { place, WIDTH } from './axes.ts';
import type { Tone } from './tone.ts';

export interface IntervalRow {
  readonly name: string;
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
  /** What is written beside the dot. */
  readonly text: string;
  readonly tone: Tone;
  readonly tip?: string;
}

export interface IntervalChart {
  readonly label: string;
  readonly rows: readonly IntervalRow[];
  readonly domain: readonly [number, number];
  /** Whether a bar leads from zero to the dot. */
  readonly bars?: boolean;
  readonly width?: number;
}

const ROW = 30;
const CHARACTER = 6.9;

/** The longest name, in characters; the rest of a longer one is cut off, and the table behind the chart has it whole. */
const LONGEST = 26;

export function intervalChart({
  label,
  rows,
  domain,
  bars = false,
  width = WIDTH,
}: IntervalChart): Markup {
  const names = rows.map(({ name }) =>
    name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name,
  );
  const left = Math.max(...names.map(({ length }) => length), 4) * CHARACTER + 12;
  const right = width - Math.max(...rows.map(({ text }) => text.length), 4) * CHARACTER - 16;
  const x = scaleLinear()
    .domain([...domain])
    .range([left, right])
    .clamp(true);
  const height = ROW * rows.length;
  return markup`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">${rows.map(
    (row, at) => {
      const y = ROW * (at + 0.5);
      const [low, high] = [x(row.low ?? row.value), x(row.high ?? row.value)];
      return joined([
        markup`<text class="ink" x="0" y="${place(y + 4)}">${names[at] ?? ''}</text>`,
        markup`<line class="grid-line" x1="${place(left)}" x2="${place(right)}" y1="${place(y)}" y2="${place(y)}"/>`,
        markup`<g class="tone-${row.tone}">`,
        bars
          ? markup`<rect class="fill bar" x="${place(Math.min(x(0), x(row.value)))}" y="${place(y - 7)}" width="${place(Math.abs(x(row.value) - x(0)))}" height="14" rx="2"/>`
          : undefined,
        row.low === undefined
          ? undefined
          : markup`<line x1="${place(low)}" x2="${place(high)}" y1="${place(y)}" y2="${place(y)}" stroke="${bars ? 'var(--ink)' : 'currentColor'}" stroke-width="${bars ? 1.5 : 8}" stroke-linecap="${bars ? 'butt' : 'round'}" opacity="${bars ? 1 : 0.28}"/>`,
        bars
          ? undefined
          : markup`<circle class="fill" cx="${place(x(row.value))}" cy="${place(y)}" r="5"/>`,
        markup`</g>`,
        markup`<text class="name ink" x="${place(Math.max(x(row.value), bars ? high : high + 4) + 10)}" y="${place(y + 4)}">${row.text}</text>`,
        row.tip === undefined
          ? undefined
          : markup`<rect class="hit" x="0" y="${place(y - ROW / 2)}" width="${width}" height="${ROW}" data-tip="${row.tip}"/>`,
      ]);
    },
  )}</svg>`;
}
