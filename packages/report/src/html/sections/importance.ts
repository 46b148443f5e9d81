/** Which columns the model relies on, and how its prediction follows them. */
import type { PartialDependence } from 'vinculum';
import { METRICS } from 'vinculum/internal';
import type { ReportRecord } from '../../record/report-record.ts';
import type { ImageFacts } from '../../record/data-facts.ts';
import type { ImportanceFacts, PartialDependenceFacts } from '../../record/insight-facts.ts';
import { domainOf } from '../charts/axes.ts';
import { intervalChart } from '../charts/interval-chart.ts';
import { lineChart, type Series } from '../charts/line-chart.ts';
import { seriesTone } from '../charts/tone.ts';
import { dataTable, figure } from '../data-table.ts';
import { amount, count, day, fixed, percent, score, signed, titleOf } from '../figures.ts';
import { markup, type Markup } from '../markup.ts';
import type { Section } from '../section.ts';

/** The most columns that are drawn; the table has all of them. */
const MOST_BARS = 15;

/** Lines of one picture of partial dependence. */
const MOST_LINES = 4;

/** Classes that have a colour each. */
const MOST_COLOURS = 6;

/** Single rows that are drawn below a mean. */
const MOST_ROWS = 30;

export const importanceSection: Section = {
  id: 'importance',
  title: 'What it relies on',
  asks: 'How much worse the model would be without a column, and how the prediction follows it.',
  render: ({ run, importance, partialDependence = [], data }) => {
    if (importance === undefined && partialDependence.length === 0) return undefined;
    const image = importance && data.image && pixelMap(importance, data, data.image);
    // A single pixel says little, so of pictures only the map is shown.
    const followed = image === undefined ? partialDependence : [];
    return markup`<div class="stack">${image}${importance && bars(importance)}${importance && correlated(importance)}${
      followed.length === 0
        ? ''
        : markup`<div><h3>How the prediction follows a column</h3><p class="small quiet measure">The mean prediction over the held-out rows if all of them had the same value.${followed.some(({ deciles }) => deciles !== undefined) ? ' The short lines below mark the deciles of the rows.' : ''}${followed.some(({ measured }) => measured.lines.length > 0 && measured.outputs.length < 3) ? ' A thin line is the prediction for one row.' : ''}</p></div><div class="grid">${followed.map((one) => dependence(one, run))}</div>`
    }</div>`;
  },
};

/** The importance of each pixel, in the place of the pixel. */
function pixelMap(
  { measured }: ImportanceFacts,
  { columns }: ReportRecord['data'],
  { width, height }: ImageFacts,
): Markup | undefined {
  const inputs = columns.filter(({ role }) => role === 'input');
  if (inputs.length !== width * height) return undefined;
  const means = new Map(measured.columns.map(({ column, mean }) => [column, mean ?? 0]));
  const most = Math.max(...means.values(), 1e-9);
  return figure({
    title: 'Where it looks',
    says: `Each square is a pixel: the darker it is, the more ${titleOf(measured.metric).toLowerCase()} is lost if the pixel is shuffled among the rows.`,
    chart: markup`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Importance of each pixel" class="tone-model pixel-map">${inputs.map(
      ({ name }, at) =>
        markup`<rect class="fill" x="${at % width}" y="${Math.floor(at / width)}" width=".94" height=".94" opacity="${(0.06 + (0.94 * Math.max(0, means.get(name) ?? 0)) / most).toFixed(2)}" data-tip="${`${name}: ${signed(means.get(name) ?? 0)}`}"/>`,
    )}</svg>`,
  });
}

function bars({ measured, limits }: ImportanceFacts): Markup {
  const { metric, value, repeats, rows } = measured;
  const columns = measured.columns.map(({ column, mean, spread }) => ({
    name: column,
    mean: mean ?? 0,
    spread: spread ?? 0,
  }));
  const shown = columns.slice(0, MOST_BARS);
  const isError = METRICS[metric].better === 'down';
  const text = (one: number): string => (isError ? amount(one, 3) : signed(one));
  const most = Math.max(...columns.map(({ mean, spread }) => mean + spread), 1e-9);
  const least = Math.min(0, ...shown.map(({ mean, spread }) => mean - spread));
  return figure({
    title: `${titleOf(metric)} that is lost without a column`,
    says: `The values of one column are shuffled among the ${count(rows)} held-out rows, ${count(repeats)} times; the thin line is the standard deviation. With all columns as they are, it is ${score(metric, value)}.${columns.length > MOST_BARS ? ` These are the ${MOST_BARS} most important of ${count(columns.length)} columns.` : ''}${limits === undefined ? '' : ` ${limits}`}`,
    chart: intervalChart({
      label: `Importance of columns: ${shown.map((one) => `${one.name} ${text(one.mean)}`).join(', ')}`,
      rows: shown.map((one) => ({
        name: one.name,
        value: one.mean,
        low: one.mean - one.spread,
        high: one.mean + one.spread,
        text: text(one.mean),
        tone: one.mean > 2 * one.spread ? 'model' : 'train',
        tip: `${one.name}: ${text(one.mean)} ± ${amount(one.spread, 2)}`,
      })),
      domain: [least, most],
      bars: true,
    }),
    table: {
      caption: 'Importance of all columns',
      columns: [
        { title: 'Column' },
        { title: 'Mean', isNumber: true },
        { title: 'Standard deviation', isNumber: true },
      ],
      rows: columns.slice(0, 400).map((one) => [one.name, text(one.mean), amount(one.spread, 3)]),
    },
    wide: true,
  });
}

function correlated({ correlated: pairs = [] }: ImportanceFacts): Markup | undefined {
  if (pairs.length === 0) return undefined;
  return markup`<div><h3>Columns that vary together</h3><p class="small quiet measure">Each of them looks less important than it is, because the other one still tells the model what the shuffled one has lost.</p>${dataTable(
    {
      caption: 'Columns that vary together',
      columns: [{ title: 'Column' }, { title: 'and' }, { title: 'Correlation', isNumber: true }],
      rows: pairs
        .slice(0, 12)
        .map(({ columns: [a, b], correlation }) => [a, b, fixed(correlation, 2)]),
    },
  )}</div>`;
}

/** One output of a partial dependence: a class, or the target. */
interface Output {
  /** Its place among the classes, which gives it the same colour in every picture. */
  readonly at: number;
  readonly name: string;
  readonly values: readonly number[];
  /** Of single rows. */
  readonly rows: readonly (readonly number[])[];
}

/** The outputs whose lines are drawn: of two classes the second one, of more those whose line moves most. */
function outputsOf({ outputs, mean, lines }: PartialDependence, isShare: boolean): Output[] {
  const all = outputs.map((name, k): Output => ({
    at: k,
    name: String(name),
    values: mean.map((row) => row[k] ?? NaN),
    rows: lines.map(({ values }) => values.map((row) => row[k] ?? NaN)),
  }));
  const span = ({ values }: Output): number => Math.max(...values) - Math.min(...values);
  if (isShare && all.length === 2) return all.slice(1);
  return all.toSorted((a, b) => span(b) - span(a));
}

function dependence(
  { measured, deciles = [] }: PartialDependenceFacts,
  { task, targets }: ReportRecord['run'],
): Markup {
  const { column, kind, grid } = measured;
  const isShare = task !== 'regression';
  const all = outputsOf(measured, isShare);
  const shown = all.slice(0, MOST_LINES);
  const text = (value: number): string => (isShare ? percent(value) : amount(value));
  const cell = (value: (typeof grid)[number]): string => {
    if (kind === 'date') return day(Number(value));
    return typeof value === 'number' ? amount(value) : String(value);
  };
  const nameOf = ({ name }: Output): string => (isShare ? name : (targets[Number(name)] ?? name));
  const [first] = shown;
  const single =
    shown.length === 1 && isShare && first !== undefined ? ` of '${nameOf(first)}'` : '';
  const what = `${isShare ? 'mean probability' : 'mean prediction'}${single}`;
  const table = {
    caption: `Partial dependence on ${column}`,
    columns: [
      { title: column, isNumber: kind === 'number' },
      ...all.map((one) => ({ title: nameOf(one), isNumber: true })),
    ],
    rows: grid.map((value, at) => [
      cell(value),
      ...all.map(({ values }) => text(values[at] ?? NaN)),
    ]),
  };
  const isLine = kind === 'number' || kind === 'date';
  if (!isLine && first !== undefined) {
    const best = { ...first, name: nameOf(first) };
    return figure({
      title: column,
      says: shown.length > 1 ? `${what} of '${best.name}', which moves most` : what,
      chart: intervalChart({
        label: `Partial dependence on ${column}`,
        rows: grid.map((value, at) => ({
          name: cell(value),
          value: best.values[at] ?? 0,
          text: text(best.values[at] ?? NaN),
          tone: 'model',
        })),
        domain: domainOf(best.values, isShare ? [0] : []),
      }),
      table,
    });
  }
  return figure({
    title: column,
    chart: linesOf(measured, {
      shown,
      what,
      isShare,
      text,
      cell,
      nameOf,
      deciles,
      colours: all.length > MOST_COLOURS ? 'by line' : 'by class',
    }),
    table,
  });
}

interface Lines {
  readonly shown: readonly Output[];
  readonly what: string;
  readonly isShare: boolean;
  readonly text: (value: number) => string;
  readonly cell: (value: number) => string;
  readonly nameOf: (output: Output) => string;
  readonly deciles: readonly number[];
  /** Few classes have the same colour in every picture; of many classes those that are drawn have the colours. */
  readonly colours: 'by class' | 'by line';
}

function linesOf(
  { column, grid, kind }: PartialDependence,
  { shown, what, isShare, text, cell, nameOf, deciles, colours }: Lines,
): Markup {
  const xs = grid.map(Number);
  const several = shown.length > 1;
  // Lines of single rows are drawn below one line of means; below several of them they would be a tangle.
  const single = several ? [] : (shown[0]?.rows ?? []).slice(0, MOST_ROWS);
  const values = [...shown.flatMap((one) => one.values), ...single.flat()];
  return lineChart({
    label: `Partial dependence on ${column}`,
    x: {
      title: column,
      domain: domainOf(xs),
      ...(kind === 'date' ? { format: cell, ticks: 3 } : {}),
    },
    y: { title: what, domain: domainOf(values, isShare ? [0] : []), nice: true },
    series: [
      ...single.map((row): Series => ({
        tone: 'quiet',
        faint: true,
        points: row.map((y, at) => ({ x: xs[at] ?? NaN, y })),
      })),
      ...shown.map((one, at): Series => ({
        ...(several ? { name: nameOf(one) } : {}),
        tone: several ? seriesTone(colours === 'by class' ? one.at : at) : 'model',
        points: one.values.map((y, index) => ({
          x: xs[index] ?? NaN,
          y,
          tip: `${at === 0 ? `${column} ${cell(xs[index] ?? NaN)}\n` : ''}${several ? `${nameOf(one)}: ` : ''}${text(y)}`,
        })),
      })),
    ],
    rug: deciles,
  });
}
