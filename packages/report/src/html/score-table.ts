/** All scores of an evaluation in one table: with intervals, on the training rows, and of the baselines. */
import type { BaselineFigures, FigureIntervals, Figures, MetricName } from 'vinculum';
import { figureOf } from '../verdict/standing.ts';
import { dataTable } from './data-table.ts';
import { percent, score, titleOf } from './figures.ts';
import { markup, type Markup } from './markup.ts';

/** What an evaluation of classes and one of numbers have in common. */
export interface Scored {
  readonly figures: Figures;
  readonly intervals: FigureIntervals;
  readonly baselines: readonly BaselineFigures[];
  readonly resampling: { readonly level: number };
  readonly rows: number;
}

export function scoreTable(
  { figures, intervals, baselines, resampling, rows }: Scored,
  learned: Figures | undefined,
): Markup {
  const hasIntervals = Object.keys(intervals).length > 0;
  const names = Object.keys(figures) as MetricName[];
  return markup`<div><h3>Scores</h3>${dataTable({
    caption: `Scores on ${rows} held-out rows`,
    columns: [
      { title: 'Score' },
      { title: 'This model', isNumber: true },
      ...(hasIntervals
        ? [{ title: `Interval of ${percent(resampling.level, 0)}`, isNumber: true }]
        : []),
      ...(learned === undefined ? [] : [{ title: 'On training rows', isNumber: true }]),
      ...baselines.map(({ name }) => ({
        title: name === 'linear' ? 'Linear model' : `Guess (${name})`,
        isNumber: true,
      })),
    ],
    rows: names.map((name) => {
      const interval = intervals[name];
      return [
        titleOf(name),
        markup`<strong>${score(name, figureOf(figures, name))}</strong>`,
        ...(hasIntervals
          ? [
              interval === undefined
                ? ''
                : `${score(name, interval.low)} to ${score(name, interval.high)}`,
            ]
          : []),
        ...(learned === undefined ? [] : [score(name, figureOf(learned, name))]),
        ...baselines.map((one) => score(name, figureOf(one.figures, name))),
      ];
    }),
  })}${
    baselines.length === 0
      ? ''
      : markup`<p class="small quiet">${baselines.map(({ name, says }) => `${name === 'linear' ? 'Linear model' : `Guess (${name})`}: ${says}.`).join(' ')}</p>`
  }</div>`;
}
