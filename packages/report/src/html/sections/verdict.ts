/** The head of the report: the verdict in words, the score beside its baselines as a picture, and the warnings. */
import type { ReportRecord } from '../../record/report-record.ts';
import { standingOf, type Standing } from '../../verdict/standing.ts';
import { verdictOf } from '../../verdict/verdict.ts';
import { warningsOf } from '../../verdict/warnings.ts';
import { intervalChart, type IntervalRow } from '../charts/interval-chart.ts';
import { amount, count, percent, titleOf } from '../figures.ts';
import { markup, type Markup } from '../markup.ts';

export function verdictPart(record: ReportRecord): Markup {
  const { headline, sentences } = verdictOf(record);
  const standing = record.evaluation && standingOf(record.evaluation);
  const { run, data } = record;
  const rows = data.rows.train + data.rows.validation + data.rows.test;
  return markup`<div class="verdict" id="verdict"><p class="kicker">Predicts ${run.targets.join(', ')} · ${run.task} · ${count(rows)} rows</p>
<h1>${headline}</h1>
<p class="lead">${sentences.join(' ')}</p>
${warningList(record)}
${standing === undefined ? '' : besideBaselines(standing)}</div>`;
}

const SIGN = markup`<svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true"><path d="M10 2.5 18.5 17h-17z" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round"/><path d="M10 8v4.2M10 14.6v.4" stroke="currentColor" stroke-width="1.8" stroke-linecap="round"/></svg>`;

function warningList(record: ReportRecord): Markup | undefined {
  const warnings = warningsOf(record);
  if (warnings.length === 0) return undefined;
  return markup`<ul class="warnings" aria-label="Warnings">${warnings.map(
    ({ message, remedy, section }) =>
      markup`<li>${SIGN}<div><strong>${message}</strong>${remedy} <a href="#${section}">See why</a></div></li>`,
  )}</ul>`;
}

/** The score of the verdict on one scale with its baselines. */
function besideBaselines(standing: Standing): Markup {
  const { name, value, low, high, guess, linear, level } = standing;
  const isShare = name !== 'mae';
  const text = (one: number): string => (isShare ? percent(one) : amount(one));
  const rows: IntervalRow[] = [
    {
      name: 'this model',
      value,
      ...(low === undefined || high === undefined ? {} : { low, high }),
      text: text(value),
      tone: 'model',
    },
    ...[
      linear && { ...linear, name: 'linear model' },
      guess && { ...guess, name: 'guess' },
    ].flatMap((rival): IntervalRow[] =>
      rival === undefined
        ? []
        : [{ name: rival.name, value: rival.value, text: text(rival.value), tone: 'train' }],
    ),
  ];
  const most = Math.max(...rows.map((row) => row.high ?? row.value));
  const title = `${titleOf(name)}${isShare ? '' : ', smaller is better'}`;
  return markup`<figure><header><p>${title}${low === undefined || low === high ? '' : `. The band is the interval of ${percent(level, 0)}.`}</p></header>${intervalChart(
    {
      label: `${title}: ${rows.map((row) => `${row.name} ${row.text}`).join('; ')}`,
      rows,
      domain: [0, isShare ? 1 : most],
    },
  )}</figure>`;
}
