/**
 * The network as a picture, from left to right: a column of units for the inputs and for each layer with units, with a line
 * for each weight. Of a wide layer only some units are drawn, because a thousand lines are a grey field.
 */
import type { LayerFacts } from '../../record/model-facts.ts';
import { count } from '../figures.ts';
import { joined, markup, type Markup } from '../markup.ts';
import { place } from './axes.ts';

const HEIGHT = 250;
const TOP = 20;
const BOTTOM = 60;

/** The most units of a layer that are drawn, half of them above the dots and half below. */
const MOST_UNITS = 8;

interface DrawnColumn {
  readonly title: string;
  readonly says: string;
  readonly units: number;
  readonly x: number;
  /** Whether every unit has a weight for every unit before it. */
  readonly isDense: boolean;
}

/** @param inputs - columns of the prepared rows */
export function networkDiagram(
  inputs: number,
  layers: readonly LayerFacts[],
  output: string,
): Markup {
  const shown = layers.filter(({ kind }) => kind !== 'dropout');
  const width = Math.max(440, 120 * (shown.length + 1));
  const last = shown.length;
  const xOf = (at: number): number => 50 + (at * (width - 100)) / Math.max(1, last);
  const columns: DrawnColumn[] = [
    { title: 'inputs', says: '', units: inputs, x: xOf(0), isDense: false },
    ...shown.map(({ kind, activation, outputs }, at) => ({
      title: at === last - 1 ? 'output' : kind === 'dense' ? 'hidden' : wordsOf(kind),
      says: at === last - 1 ? output : (activation ?? ''),
      units: outputs,
      x: xOf(at + 1),
      isDense: kind === 'dense',
    })),
  ];
  const label = `The network: ${columns.map(({ title, units }) => `${title} ${units}`).join(', ')}`;
  return markup`<svg viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-label="${label}" style="min-width:${Math.min(width, 480)}px;max-width:${width * 1.15}px">
<g class="tone-quiet" opacity=".35">${columns.slice(1).map((column, at) => linesBetween(columns[at] ?? column, column))}</g>
${columns.map((column, at) => unitsOf(column, at === 0 || at === last))}</svg>`;
}

function wordsOf(kind: string): string {
  return kind.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}

/** The heights of the units that are drawn, and whether some are left out between them. */
function heightsOf(units: number): { readonly heights: readonly number[]; readonly gap: boolean } {
  const drawn = Math.min(units, MOST_UNITS);
  const gap = units > MOST_UNITS;
  const slots = drawn + (gap ? 1 : 0);
  const step = Math.min(24, (HEIGHT - TOP - BOTTOM) / Math.max(1, slots - 1));
  const start = TOP + (HEIGHT - TOP - BOTTOM - step * (slots - 1)) / 2;
  const heights = Array.from({ length: drawn }, (_, at) => {
    const slot = gap && at >= drawn / 2 ? at + 1 : at;
    return start + slot * step;
  });
  return { heights, gap };
}

function linesBetween(from: DrawnColumn, to: DrawnColumn): Markup {
  const [left, right] = [heightsOf(from.units).heights, heightsOf(to.units).heights];
  const pairs = to.isDense
    ? left.flatMap((a) => right.map((b) => [a, b] as const))
    : left.slice(0, right.length).map((a, at) => [a, right[at] ?? a] as const);
  const d = pairs
    .map(([a, b]) => `M${place(from.x)} ${place(a)}L${place(to.x)} ${place(b)}`)
    .join('');
  return markup`<path fill="none" stroke="currentColor" stroke-width=".7" d="${d}"/>`;
}

function unitsOf({ title, says, units, x }: DrawnColumn, isEnd: boolean): Markup {
  const { heights, gap } = heightsOf(units);
  const middle = TOP + (HEIGHT - TOP - BOTTOM) / 2;
  return joined([
    ...heights.map(
      (y) =>
        markup`<circle class="fill ${isEnd ? 'tone-ink' : 'tone-model'}" cx="${place(x)}" cy="${place(y)}" r="5.5" stroke="var(--paper)" stroke-width="1.5"/>`,
    ),
    gap ? markup`<text class="mid" x="${place(x)}" y="${place(middle + 4)}">⋮</text>` : undefined,
    markup`<text class="mid name ink" x="${place(x)}" y="${HEIGHT - 32}">${count(units)}</text>`,
    markup`<text class="mid" x="${place(x)}" y="${HEIGHT - 16}">${title}</text>`,
    says === ''
      ? undefined
      : markup`<text class="mid" x="${place(x)}" y="${HEIGHT - 1}">${says}</text>`,
  ]);
}
