/** The plots of a classification: which classes are confused, how each is found, and what another threshold would do. */
import type { ClassFacts, LabelFacts } from '../../record/evaluation-facts.ts';
import type { ClassAverages, ClassEvaluation, Figures } from 'vinculum';
import type { ImageFacts } from '../../record/data-facts.ts';
import { matrixTable } from '../charts/matrix-table.ts';
import { picture } from '../charts/picture.ts';
import { dataTable, figure } from '../data-table.ts';
import { count, fixed, percent } from '../figures.ts';
import { markup, type Markup } from '../markup.ts';
import { scoreTable } from '../score-table.ts';
import type { Section } from '../section.ts';
import { classCurves } from './class-curves.ts';

/** A matrix of more classes is no picture any more; its largest mistakes are listed instead. */
const MOST_CLASSES = 26;

/** The width of a cell, and that of half the page, in which two matrices stand beside each other; in pixels. */
const CELL = 26;
const HALF = 400;

export const classificationSection: Section = {
  id: 'classification',
  title: 'Classes',
  asks: 'Which classes are found, and which are taken for another one.',
  render: ({ evaluation, data }) => {
    if (evaluation?.kind === 'labels') return labels(evaluation);
    if (evaluation?.kind !== 'classes') return undefined;
    return markup`<div class="stack">${scoreTable(evaluation.measured, evaluation.learned)}${confusion(evaluation)}${topConfusions(evaluation, data.image)}${classTable(evaluation.measured)}${classCurves(evaluation.measured)}${thresholds(evaluation.measured)}</div>`;
  },
};

function namesOf({ classes }: ClassEvaluation): string[] {
  return classes.map(String);
}

function confusion({ measured }: ClassFacts): Markup | undefined {
  const { confusion: counts } = measured;
  const names = namesOf(measured);
  if (names.length > MOST_CLASSES) return undefined;
  const sums = counts.map((row) => row.reduce((sum, value) => sum + value, 0));
  const shares = counts.map((row, at) => row.map((value) => value / Math.max(1, sums[at] ?? 1)));
  // A mistake is never as frequent as what is right, so mistakes have a scale of their own.
  const most = Math.max(
    ...shares.flatMap((row, truth) => row.filter((_, at) => at !== truth)),
    1e-9,
  );
  const depths = shares.map((row, truth) =>
    row.map((share, at) => (at === truth ? share : share / Math.max(most, 0.05))),
  );
  const tip = (truth: number, prediction: number): string =>
    `${count(counts[truth]?.[prediction])} of ${count(sums[truth])} rows of '${names[truth] ?? ''}' are taken for '${names[prediction] ?? ''}' (${percent(shares[truth]?.[prediction])})`;
  const shared = { classes: names, shares: depths, tip };
  const longest = Math.max(0, ...names.map(({ length }) => length));
  const wide = (names.length + 1) * Math.max(CELL, 8 + 7 * longest) > HALF;
  return markup`<div class="grid">${figure({
    title: 'Confusion matrix, in rows',
    says: 'Right answers are on the diagonal.',
    chart: matrixTable({
      label: 'Confusion matrix, in rows',
      ...shared,
      values: counts,
      text: count,
    }),
    wide,
  })}${figure({
    title: 'Confusion matrix, in percent',
    says: 'Of the rows of the actual class; the diagonal is the recall.',
    chart: matrixTable({
      label: 'Confusion matrix, in percent',
      ...shared,
      values: shares,
      text: (share) => (100 * share).toFixed(share > 0 && share < 0.005 ? 1 : 0),
    }),
    wide,
  })}</div>`;
}

const MOST_PAIRS = 8;
const MOST_PICTURES = 12;

function topConfusions(
  { measured, confusedRows = [] }: ClassFacts,
  image: ImageFacts | undefined,
): Markup | undefined {
  const names = namesOf(measured);
  const pairs = measured.confusions.slice(0, MOST_PAIRS);
  if (pairs.length === 0) return markup`<p>No held-out row is taken for another class.</p>`;
  const pictures =
    image === undefined
      ? []
      : confusedRows.flatMap(({ pixels, ...row }) =>
          pixels === undefined ? [] : [{ ...row, pixels }],
        );
  return markup`<div><h3>Most frequent confusions</h3>${dataTable({
    caption: 'Most frequent confusions',
    columns: [
      { title: 'Actual' },
      { title: 'Taken for' },
      { title: 'Rows', isNumber: true },
      { title: 'Of the class', isNumber: true },
      { title: 'Such as row' },
    ],
    rows: pairs.map(({ truth, prediction, count: rows, share }) => [
      names[truth] ?? '',
      names[prediction] ?? '',
      count(rows),
      percent(share),
      confusedRows
        .filter((one) => one.truth === truth && one.prediction === prediction)
        .slice(0, 3)
        .map(({ row }) => String(row))
        .join(', '),
    ]),
  })}</div>${
    image === undefined || pictures.length === 0
      ? ''
      : markup`<div><h3>Rows that are taken for another class</h3><ul class="pictures">${pictures
          .slice(0, MOST_PICTURES)
          .map(
            ({ row, truth, prediction, probability, pixels }) =>
              markup`<li>${picture(pixels, image, `row ${row}, actually ${names[truth] ?? ''}`)}<p class="small"><strong>${names[truth] ?? ''}</strong> taken for <strong class="tone-wrong">${names[prediction] ?? ''}</strong><br/><span class="quiet">${percent(probability, 0)} sure, row ${count(row)}</span></p></li>`,
          )}</ul></div>`
  }`;
}

function areaCells(one: ClassAverages): string[] {
  return [one.precision, one.recall, one.f1, one.rocAuc, one.averagePrecision].map((value) =>
    fixed(value),
  );
}

function classTable(measured: ClassEvaluation): Markup {
  const { perClass, averages } = measured;
  return markup`<div><h3>Each class</h3>${dataTable({
    caption: 'Figures of each class',
    columns: [
      { title: 'Class' },
      ...['Precision', 'Recall', 'F1', 'ROC AUC', 'Average precision', 'Rows', 'Predicted'].map(
        (title) => ({
          title,
          isNumber: true,
        }),
      ),
    ],
    rows: [
      ...perClass.map((one) => [
        String(one.label),
        ...areaCells(one),
        count(one.support),
        count(one.predicted),
      ]),
      ['mean of the classes', ...areaCells(averages.macro), '', ''],
      ['mean by rows', ...areaCells(averages.weighted), '', ''],
    ],
  })}</div>`;
}

function thresholds({ thresholds: table, classes }: ClassEvaluation): Markup | undefined {
  if (table === undefined) return undefined;
  const name = String(classes[table.of]);
  const best = table.best.f1;
  return figure({
    title: `Other thresholds for '${name}'`,
    says: `A row counts as '${name}' from this probability on; the model itself uses 0.5. F1 is largest at ${fixed(best.threshold, 2)}: ${fixed(best.f1)}.`,
    chart: dataTable({
      caption: `Thresholds for ${name}`,
      columns: [
        'Threshold',
        'Precision',
        'Recall',
        'Specificity',
        'F1',
        'Accuracy',
        'Balanced accuracy',
        'MCC',
        'Rows taken',
      ].map((title) => ({ title, isNumber: true })),
      rowClass: (row) => (Math.abs((table.rows[row]?.threshold ?? 0) - 0.5) < 1e-9 ? 'marked' : ''),
      rows: table.rows.map((one) => [
        fixed(one.threshold, 2),
        fixed(one.precision),
        fixed(one.recall),
        fixed(one.specificity),
        fixed(one.f1),
        fixed(one.accuracy),
        fixed(one.balancedAccuracy),
        fixed(one.mcc),
        percent(one.positiveShare),
      ]),
    }),
    wide: true,
  });
}

/** Several labels: each is a class of its own. */
function labels({ labels: all, figures, learned, rows }: LabelFacts): Markup {
  const whole: { readonly figures: Figures } = { figures };
  return markup`<div class="stack">${scoreTable({ ...whole, intervals: {}, baselines: [], resampling: { level: 0.95 }, rows }, learned)}<div><h3>Each label</h3>${dataTable(
    {
      caption: 'Figures of each label',
      columns: [
        { title: 'Label' },
        ...['Precision', 'Recall', 'F1', 'ROC AUC', 'Rows', 'Predicted'].map((title) => ({
          title,
          isNumber: true,
        })),
      ],
      rows: all.map(({ name, measured }) => {
        const one = measured.perClass[1];
        return [
          name,
          fixed(one?.precision),
          fixed(one?.recall),
          fixed(one?.f1),
          fixed(one?.rocAuc),
          count(one?.support),
          count(one?.predicted),
        ];
      }),
    },
  )}</div></div>`;
}
