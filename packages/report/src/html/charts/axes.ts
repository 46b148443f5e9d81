/**
 * The frame of a chart: scales, quiet axes and their texts, as SVG. A chart draws between the axes and knows only its two
 * scales. The drawing is 440 units wide, which is about its width on a desk and on a phone, so its text has the size of the page.
 */
import { scaleLinear, scaleLog } from 'd3-scale';
import { amount } from '../figures.ts';
import { markup, type Markup } from '../markup.ts';

/** Width of a chart that takes half of the page, in units of its drawing. */
export const WIDTH = 440;

/** A scale: a number of the data → a place in the drawing. */
export interface Scale {
  (value: number): number;
  ticks(count?: number): number[];
  /** The text of a tick, with as many decimals as its neighbours need. */
  tickFormat(count?: number): (value: number) => string;
}

export interface AxisOptions {
  /** What the axis measures. */
  readonly title: string;
  readonly domain: readonly [number, number];
  /** Whether equal distances are equal factors. */
  readonly log?: boolean;
  /** About how many ticks there are. */
  readonly ticks?: number;
  readonly format?: (value: number) => string;
  /** Whether the domain grows to round numbers. */
  readonly nice?: boolean;
}

export interface PlotOptions {
  /** What the picture shows, for readers who do not see it. */
  readonly label: string;
  readonly x: AxisOptions;
  readonly y: AxisOptions;
  readonly width?: number;
  readonly height?: number;
  /** Room on the right for names at the ends of lines. */
  readonly right?: number;
  /** Draws between the axes. */
  readonly draw: (x: Scale, y: Scale, box: Box) => Markup;
}

/** The edges of the area between the axes. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Room for the title of the vertical axis, and for the texts of the horizontal one. */
const TOP = 28;
const BOTTOM = 40;

/** About the width of a character of 12 pixels. */
const CHARACTER = 6.8;

/** A chart with two axes. */
export function plot(options: PlotOptions): Markup {
  const { label, width = WIDTH, height = 280, right = 12, draw } = options;
  const y = scaleOf(options.y, [height - BOTTOM, TOP]);
  const yTicks = ticksOf(y, options.y, 5);
  const left = Math.max(...yTicks.map(({ text }) => text.length), 1) * CHARACTER + 10;
  const box: Box = { left, right: width - right, top: TOP, bottom: height - BOTTOM };
  const x = scaleOf(options.x, [box.left, box.right]);
  return markup`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
<text x="0" y="12">${options.y.title}</text>
${yTicks.map(
  ({ at, text }) =>
    markup`<line class="grid-line" x1="${place(left)}" x2="${place(box.right)}" y1="${place(at)}" y2="${place(at)}"/><text class="end" x="${place(left - 8)}" y="${place(at + 4)}">${text}</text>`,
)}
<line class="base" x1="${place(left)}" x2="${place(box.right)}" y1="${box.bottom}" y2="${box.bottom}"/>
${fitting(ticksOf(x, options.x, 5)).map(
  ({ at, text }) =>
    markup`<text class="mid" x="${place(at)}" y="${box.bottom + 18}">${text}</text>`,
)}
<text class="end" x="${place(box.right)}" y="${height - 4}">${options.x.title}</text>
${draw(x, y, box)}</svg>`;
}

/** A coordinate with one decimal, because more are not seen. */
export function place(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** A domain that holds all values and is not empty. */
export function domainOf(
  values: readonly number[],
  always: readonly number[] = [],
): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of [...always, ...values]) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  if (low === high)
    return low === 0 ? [0, 1] : [low - Math.abs(low) / 2, high + Math.abs(high) / 2];
  return [low, high];
}

function scaleOf(
  { domain, log = false, nice = false }: AxisOptions,
  range: [number, number],
): Scale {
  const scale = log ? scaleLog() : scaleLinear();
  scale.domain([...domain]).range(range);
  if (nice) scale.nice();
  return scale;
}

interface Tick {
  readonly at: number;
  readonly text: string;
}

function ticksOf(scale: Scale, { ticks, format, log = false }: AxisOptions, usual: number): Tick[] {
  const wanted = ticks ?? usual;
  const values = log ? powersOf(scale.ticks(wanted)) : scale.ticks(wanted);
  const text =
    format ?? (log ? (value: number): string => amount(value) : scale.tickFormat(wanted));
  return values.map((value) => ({ at: scale(value), text: text(value) }));
}

/** Of the many ticks of a logarithmic scale those at powers of ten, or if these are few also those at 2 and 5 times a power. */
function powersOf(ticks: readonly number[]): readonly number[] {
  const powers = ticks.filter((value) => firstDigit(value) === 1);
  const every = Math.ceil(powers.length / 6);
  if (powers.length > 2) return powers.filter((_, at) => at % every === 0);
  return ticks.filter((value) => [1, 2, 5].includes(firstDigit(value)));
}

function firstDigit(value: number): number {
  return Math.round(value / 10 ** Math.floor(Math.log10(value) + 1e-9));
}

/** Without the ticks whose texts would touch the text before them. */
function fitting(ticks: readonly Tick[]): Tick[] {
  const kept: Tick[] = [];
  let end = -Infinity;
  for (const tick of ticks) {
    const half = (tick.text.length * CHARACTER) / 2;
    if (tick.at - half < end + 8) continue;
    kept.push(tick);
    end = tick.at + half;
  }
  return kept;
}
