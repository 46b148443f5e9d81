/** The rows on which the model is most wrong: the first place to look for mistakes in the data. */
import type { ImageFacts } from '../../record/data-facts.ts';
import type { WorstRow } from '../../record/insight-facts.ts';
import type { ReportRecord } from '../../record/report-record.ts';
import { picture } from '../charts/picture.ts';
import { dataTable } from '../data-table.ts';
import { amount, cell, count, percent } from '../figures.ts';
import { markup, type Markup } from '../markup.ts';
import type { Section } from '../section.ts';

const MOST_ROWS = 20;

/** Cells of a row that are shown: those of the columns that matter most. */
const MOST_CELLS = 8;

export const worstRowsSection: Section = {
  id: 'worst-rows',
  title: 'Worst rows',
  asks: 'Where the model is most wrong. Often such a row is a mistake in the data, or of a kind that is rare.',
  render: (record) => {
    const { worstRows = [], data } = record;
    if (worstRows.length === 0) return undefined;
    const { image } = data;
    const shown = worstRows.slice(0, MOST_ROWS);
    if (image !== undefined && shown.every(({ pixels }) => pixels !== undefined))
      return pictures(shown, image);
    return table(shown, record);
  },
};

function pictures(rows: readonly WorstRow[], image: ImageFacts): Markup {
  return markup`<ul class="pictures">${rows.map(
    ({ row, actual, predicted, probability, loss, pixels = [] }) =>
      markup`<li>${picture(pixels, image, `row ${row}, actually ${actual}`)}<p class="small">${
        actual === predicted
          ? markup`<strong>${actual}</strong>, hardly`
          : markup`<strong>${actual}</strong> taken for <strong class="tone-wrong">${predicted}</strong>`
      }<br/><span class="quiet">${probability === undefined ? '' : `${percent(probability, 0)} sure, `}loss ${amount(loss, 3)}, row ${count(row)}</span></p></li>`,
  )}</ul>`;
}

function table(rows: readonly WorstRow[], { importance }: ReportRecord): Markup {
  const available = rows[0]?.cells.map(([name]) => name) ?? [];
  const ranked = (importance?.measured.columns ?? [])
    .map(({ column }) => column)
    .filter((name) => available.includes(name));
  const names = (ranked.length === 0 ? available : ranked).slice(0, MOST_CELLS);
  const hasProbability = rows.some(({ probability }) => probability !== undefined);
  return dataTable({
    caption: 'Rows on which the model is most wrong',
    columns: [
      { title: 'Row', isNumber: true },
      { title: 'Actual' },
      { title: 'Predicted' },
      ...(hasProbability ? [{ title: 'Sure', isNumber: true }] : []),
      { title: 'Loss', isNumber: true },
      ...names.map((title) => ({ title })),
    ],
    rows: rows.map(({ row, actual, predicted, probability, loss, cells }) => {
      const values = new Map(cells);
      return [
        count(row),
        actual,
        predicted,
        ...(hasProbability ? [percent(probability, 0)] : []),
        amount(loss, 3),
        ...names.map((name) => cellText(values.get(name))),
      ];
    }),
  });
}

function cellText(value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'number' ? cell(value) : String(value);
}
