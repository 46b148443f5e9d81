/**
 * Figures on one line each, on a common scale: a dot with the interval in which it probably lies, or a bar. It shows a score beside
 * its baselines, and importances beside each other. Names and numbers are text of the page and places are percentages, so it is as
 * wide as the page.
 */
import { joined, markup, type Markup } from '../markup.ts';
import type { Tone } from './tone.ts';

export interface IntervalRow {
  readonly name: string;
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
  /** The number as it is written at the end of the line. */
  readonly text: string;
  readonly tone: Tone;
  readonly tip?: string;
}

export interface IntervalChart {
  /** What the picture shows, for readers who do not see it. */
  readonly label: string;
  readonly rows: readonly IntervalRow[];
  readonly domain: readonly [number, number];
  /** Whether a bar leads from zero to the value. */
  readonly bars?: boolean;
}

const MIDDLE = 14;

export function intervalChart({ label, rows, domain, bars = false }: IntervalChart): Markup {
  const [low, high] = domain;
  const at = (value: number): string => {
    const share = high === low ? 0 : (value - low) / (high - low);
    // A little room at both ends, so that a dot at the end is whole.
    return `${Math.round(1000 * (1 + 98 * Math.min(1, Math.max(0, share)))) / 1000}%`;
  };
  const longest = Math.min(26, Math.max(...rows.map(({ name }) => name.length), 4));
  return markup`<div class="intervals" role="img" aria-label="${label}" style="--name:${longest}ch">${rows.map(
    (row) =>
      markup`<div class="interval-row"${row.tip === undefined ? '' : markup` data-tip="${row.tip}"`}><span class="interval-name">${row.name}</span><svg height="28" class="tone-${row.tone}" aria-hidden="true"><line class="grid-line" x1="0" x2="100%" y1="${MIDDLE}" y2="${MIDDLE}"/>${
        bars ? bar(row, at) : dot(row, at)
      }</svg><span class="interval-text">${row.text}</span></div>`,
  )}</div>`;
}

type Place = (value: number) => string;

function dot({ value, low, high }: IntervalRow, at: Place): Markup {
  return joined([
    low === undefined || high === undefined
      ? undefined
      : markup`<line class="interval" x1="${at(low)}" x2="${at(high)}" y1="${MIDDLE}" y2="${MIDDLE}"/>`,
    markup`<circle class="fill" cx="${at(value)}" cy="${MIDDLE}" r="5"/>`,
  ]);
}

/** Bars are lines, because the ends of a line may be percentages, whichever of them is further left. */
function bar({ value, low, high }: IntervalRow, at: Place): Markup {
  return joined([
    markup`<line class="thick" x1="${at(0)}" x2="${at(value)}" y1="${MIDDLE}" y2="${MIDDLE}"/>`,
    low === undefined || high === undefined
      ? undefined
      : markup`<line class="whisker" x1="${at(low)}" x2="${at(high)}" y1="${MIDDLE}" y2="${MIDDLE}"/>`,
  ]);
}
