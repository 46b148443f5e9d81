/** The plots of a regression: predicted against actual values, and how the errors are spread. */
import type { TargetFacts } from '../../record/evaluation-facts.ts';
import type { ReportRecord } from '../../record/report-record.ts';
import { domainOf } from '../charts/axes.ts';
import { barChart } from '../charts/bar-chart.ts';
import { histogramChart } from '../charts/histogram-chart.ts';
import { scatterChart } from '../charts/scatter-chart.ts';
import { figure } from '../data-table.ts';
import { amount, count, fixed, percent } from '../figures.ts';
import { markup, type Markup } from '../markup.ts';
import { scoreTable } from '../score-table.ts';
import type { Section } from '../section.ts';

export const regressionSection: Section = {
  id: 'regression',
  title: 'Errors',
  asks: 'How far the predictions are from the actual values, and for which rows they are far.',
  render: ({ evaluation }: ReportRecord) => {
    if (evaluation?.kind !== 'numbers') return undefined;
    const several = evaluation.targets.length > 1;
    return markup`<div class="stack">${evaluation.targets.map(
      (target) =>
        markup`<div class="${several ? 'subject' : ''}">${several ? markup`<h3>${target.name}</h3>` : ''}<div class="stack">${scoreTable(target.measured, target.learned)}<div class="grid">${actual(target)}${residuals(target)}${histogram(target)}${quantiles(target)}${deciles(target)}</div>${coverage(target)}</div></div>`,
    )}</div>`;
  },
};

/** Points of a drawn cloud; the table behind it has fewer rows. */
const MOST_ROWS = 50;

function sampleSays({ pairs, measured }: TargetFacts): string {
  return pairs.length < measured.rows
    ? `A sample of ${count(pairs.length)} of ${count(measured.rows)} rows. `
    : '';
}

function actual(target: TargetFacts): Markup {
  const { name, pairs } = target;
  const domain = domainOf(pairs.flat());
  return figure({
    title: 'Predicted against actual',
    says: `${sampleSays(target)}On the dashed line a prediction is right.`,
    chart: scatterChart({
      label: `Predicted against actual ${name}`,
      x: { title: `actual ${name}`, domain, nice: true },
      y: { title: `predicted ${name}`, domain, nice: true },
      points: pairs.map(([x, y]) => ({ x, y, tip: `actual ${amount(x)}\npredicted ${amount(y)}` })),
      tone: 'model',
      guide: { from: [domain[0], domain[0]], to: [domain[1], domain[1]] },
      height: 340,
    }),
    table: {
      caption: `Actual and predicted ${name}, the first ${MOST_ROWS}`,
      columns: ['Actual', 'Predicted', 'Error'].map((title) => ({ title, isNumber: true })),
      rows: pairs.slice(0, MOST_ROWS).map(([x, y]) => [amount(x), amount(y), amount(y - x)]),
    },
  });
}

function residuals(target: TargetFacts): Markup {
  const points = target.pairs.map(([x, y]) => ({
    x: y,
    y: y - x,
    tip: `predicted ${amount(y)}\nerror ${amount(y - x)}`,
  }));
  const across = domainOf(points.map(({ x }) => x));
  return figure({
    title: 'Errors by prediction',
    says: 'Predicted minus actual. A good model has no pattern here.',
    chart: scatterChart({
      label: `Errors by predicted ${target.name}`,
      x: { title: `predicted ${target.name}`, domain: across, nice: true },
      y: {
        title: 'predicted − actual',
        domain: domainOf(
          points.map(({ y }) => y),
          [0],
        ),
        nice: true,
      },
      points,
      tone: 'model',
      guide: { from: [across[0], 0], to: [across[1], 0] },
      height: 340,
    }),
  });
}

function histogram({ name, measured: { residuals: spread } }: TargetFacts): Markup {
  const { edges, counts } = spread.histogram;
  return figure({
    title: 'How the errors are spread',
    says: `Mean ${amount(spread.mean)}, standard deviation ${amount(spread.standardDeviation)}.`,
    chart: histogramChart({
      label: `Histogram of the errors of ${name}`,
      histogram: spread.histogram,
      tone: 'model',
      x: 'predicted − actual',
      y: 'rows',
      mark: 0,
      height: 280,
    }),
    table: {
      caption: 'Histogram of the errors',
      columns: ['From', 'To', 'Rows'].map((title) => ({ title, isNumber: true })),
      rows: counts.map((rows, at) => [amount(edges[at]), amount(edges[at + 1]), count(rows)]),
    },
  });
}

function quantiles({ name, measured: { residuals: spread } }: TargetFacts): Markup | undefined {
  const { quantiles: all, mean, standardDeviation } = spread;
  if (all.length === 0 || mean === null || standardDeviation === null) return undefined;
  const points = all.map(({ normal, residual, probability }) => ({
    x: normal,
    y: residual,
    tip: `${percent(probability, 0)} of the errors are below ${amount(residual)}`,
  }));
  const [low, high] = domainOf(points.map(({ x }) => x));
  const on = (x: number): number => mean + standardDeviation * x;
  return figure({
    title: 'Errors against a normal distribution',
    says: 'Ends that leave the dashed line are errors that are larger than chance makes them.',
    chart: scatterChart({
      label: `Quantiles of the errors of ${name} against those of a normal distribution`,
      x: { title: 'quantile of a standard normal distribution', domain: [low, high], nice: true },
      y: {
        title: 'quantile of the errors',
        domain: domainOf([...points.map(({ y }) => y), on(low), on(high)]),
        nice: true,
      },
      points,
      tone: 'model',
      guide: { from: [low, on(low)], to: [high, on(high)] },
    }),
    table: {
      caption: 'Quantiles of the errors',
      columns: ['Share below', 'Normal', 'Error'].map((title) => ({ title, isNumber: true })),
      rows: all.map((one) => [
        percent(one.probability),
        fixed(one.normal, 2),
        amount(one.residual),
      ]),
    },
  });
}

function deciles({ name, measured: { deciles: all } }: TargetFacts): Markup {
  return figure({
    title: 'Error by size of the target',
    says: `Rows in the order of the actual ${name}, a tenth of them in each bar.`,
    chart: barChart({
      label: `Mean absolute error by tenth of ${name}`,
      y: 'mean absolute error',
      x: `tenth of the rows, by ${name}`,
      bars: all.map((one, at) => ({
        name: String(at + 1),
        value: one.mae,
        tip: `${amount(one.low)} to ${amount(one.high)}, ${count(one.count)} rows\nmean absolute error ${amount(one.mae)}\nmean error ${amount(one.bias)}`,
      })),
      tone: 'model',
    }),
    table: {
      caption: 'Errors by tenth of the target',
      columns: [
        'From',
        'To',
        'Rows',
        'Mean absolute error',
        'Root mean squared error',
        'Mean error',
      ].map((title) => ({ title, isNumber: true })),
      rows: all.map((one) => [
        amount(one.low),
        amount(one.high),
        count(one.count),
        amount(one.mae),
        amount(one.rmse),
        amount(one.bias),
      ]),
    },
  });
}

function coverage({ measured: { coverage: one } }: TargetFacts): Markup | undefined {
  if (one === undefined) return undefined;
  return markup`<p>The intervals of ${percent(one.level, 0)} that the model gives hold ${percent(one.share)} of the actual values; they are ${amount(one.meanWidth)} wide on average.</p>`;
}
