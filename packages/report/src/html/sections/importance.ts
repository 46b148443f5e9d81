/** Which columns the model relies on, and how its prediction follows them. */
import type { ImportanceFacts, PartialDependenceFacts } from '../../record/insight-facts.ts';
import { domainOf, WIDTH } from '../charts/axes.ts';
import { intervalChart } from '../charts/interval-chart.ts';
import { lineChart } from '../charts/line-chart.ts';
import { seriesTone } from '../charts/tone.ts';
import { dataTable, figure } from '../data-table.ts';
import { amount, count, fixed, percent, score, signed, titleOf } from '../figures.ts';
import { markup, type Markup } from '../markup.ts';
import type { Section } from '../section.ts';

/** The most columns that are drawn; the table has all of them. */
const MOST_BARS = 15;

/** Lines of one picture of partial dependence. */
const MOST_LINES = 4;

export const importanceSection: Section = {
  id: 'importance',
  title: 'What it relies on',
  asks: 'How much worse the model would be without a column, and how the prediction follows it.',
  render: ({ importance, partialDependence = [] }) => {
    if (importance === undefined && partialDependence.length === 0) return undefined;
    return markup`<div class="stack">${importance && bars(importance)}${importance && correlated(importance)}${
      partialDependence.length === 0
        ? ''
        : markup`<div><h3>How the prediction follows a column</h3><p class="small quiet measure">The mean prediction over the held-out rows if all of them had the same value. The short lines below mark the deciles of the rows.</p></div><div class="grid">${partialDependence.map(dependence)}</div>`
    }</div>`;
  },
};

function bars({ score: name, baseline, repeats, rows, columns }: ImportanceFacts): Markup {
  const shown = columns.slice(0, MOST_BARS);
  const text = (value: number): string =>
    name === 'mae' || name === 'rmse' ? amount(value, 3) : signed(value);
  const most = Math.max(...columns.map(({ mean, deviation }) => mean + deviation), 1e-9);
  const least = Math.min(0, ...shown.map(({ mean, deviation }) => mean - deviation));
  return figure({
    title: `What ${titleOf(name)} loses without a column`,
    says: `The values of one column are shuffled among the ${count(rows)} held-out rows, ${count(repeats)} times; the line is the standard deviation. With all columns it is ${score(name, baseline)}.${columns.length > MOST_BARS ? ` The ${MOST_BARS} most important of ${count(columns.length)} columns.` : ''}`,
    chart: intervalChart({
      label: `Importance of columns: ${shown.map((one) => `${one.name} ${text(one.mean)}`).join(', ')}`,
      rows: shown.map((one) => ({
        name: one.name,
        value: one.mean,
        low: one.mean - one.deviation,
        high: one.mean + one.deviation,
        text: text(one.mean),
        tone: one.mean > 2 * one.deviation ? 'model' : 'train',
        tip: `${one.name}: ${text(one.mean)} ± ${amount(one.deviation, 2)}`,
      })),
      domain: [least, most],
      bars: true,
      width: 720,
    }),
    table: {
      caption: 'Importance of all columns',
      columns: [
        { title: 'Column' },
        { title: 'Mean', isNumber: true },
        { title: 'Standard deviation', isNumber: true },
      ],
      rows: columns
        .slice(0, 400)
        .map((one) => [one.name, text(one.mean), amount(one.deviation, 3)]),
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

function dependence({ column, grid, lines, deciles }: PartialDependenceFacts): Markup {
  // Of many classes those whose line moves most.
  const span = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
  const shown = lines.toSorted((a, b) => span(b.values) - span(a.values)).slice(0, MOST_LINES);
  const isNumber = grid.every((value) => typeof value === 'number');
  const isShare =
    lines.length > 1 ||
    lines.every(({ values }) => values.every((value) => value >= 0 && value <= 1));
  const text = (value: number): string => (isShare ? percent(value) : amount(value));
  const what = isShare ? 'mean probability' : 'mean prediction';
  const table = {
    caption: `Partial dependence on ${column}`,
    columns: [
      { title: column, isNumber },
      ...lines.map(({ name }) => ({ title: name, isNumber: true })),
    ],
    rows: grid.map((value, at) => [
      typeof value === 'number' ? amount(value) : value,
      ...lines.map(({ values }) => text(values[at] ?? NaN)),
    ]),
  };
  if (!isNumber) {
    const [first] = shown;
    const values = first?.values ?? [];
    return figure({
      title: column,
      says: shown.length > 1 || lines.length > 1 ? `${what} of '${first?.name ?? ''}'` : what,
      chart: intervalChart({
        label: `Partial dependence on ${column}`,
        rows: grid.map((value, at) => ({
          name: String(value),
          value: values[at] ?? 0,
          text: text(values[at] ?? NaN),
          tone: 'model',
        })),
        domain: domainOf(values, isShare ? [0] : []),
        width: WIDTH,
      }),
      table,
    });
  }
  const all = shown.flatMap(({ values }) => values);
  return figure({
    title: column,
    chart: lineChart({
      label: `Partial dependence on ${column}`,
      x: { title: column, domain: domainOf(grid.filter((value) => typeof value === 'number')) },
      y: { title: what, domain: isShare ? domainOf(all, [0]) : domainOf(all), nice: true },
      series: shown.map(({ name, values }, at) => ({
        ...(lines.length > 1 ? { name } : {}),
        tone: lines.length > 1 ? seriesTone(at) : 'model',
        points: values.map((y, index) => ({
          x: Number(grid[index]),
          y,
          tip: `${at === 0 ? `${column} ${amount(Number(grid[index]))}\n` : ''}${lines.length > 1 ? `${name}: ` : ''}${text(y)}`,
        })),
      })),
      rug: deciles ?? [],
    }),
    table,
  });
}
