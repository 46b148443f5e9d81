/** The data: how many rows, which columns, what is missing, and whether the held-out rows look like the others. */
import type { ColumnFacts, ColumnSplit, SplitName } from '../../record/data-facts.ts';
import type { ReportRecord } from '../../record/report-record.ts';
import { driftOf } from '../../verdict/drift.ts';
import { distributionSketch } from '../charts/sketch.ts';
import { behind, dataTable } from '../data-table.ts';
import { cell, count, day, fixed, percent } from '../figures.ts';
import { joined, markup, type Markup } from '../markup.ts';
import type { Section } from '../section.ts';

/** Columns of a wide table beyond this many are shown when they are asked for. */
const FIRST_COLUMNS = 20;

/** The same of pictures. */
const FIRST_PIXELS = 4;

/** Of a table this wide the rest is in the record alone. */
const MOST_COLUMNS = 400;

export const dataSection: Section = {
  id: 'data',
  title: 'Data',
  asks: 'Which rows the model has learned from and which it is judged by, and whether the two look alike.',
  render: (record) =>
    markup`<div class="stack">${rowsOf(record)}${columnsOf(record)}${notesOf(record)}</div>`,
};

const PARTS: readonly (readonly [SplitName, string])[] = [
  ['train', 'learned from'],
  ['validation', 'to stop early'],
  ['test', 'held out'],
];

function rowsOf({ data, model }: ReportRecord): Markup {
  const { rows, duplicates } = data;
  const all = rows.train + rows.validation + rows.test;
  return markup`<dl class="facts">${PARTS.map(
    ([part, says]) =>
      markup`<dt>Rows ${says}</dt><dd>${count(rows[part])} <span class="quiet">(${percent(all === 0 ? 0 : rows[part] / all, 0)}${
        part === 'validation' && model.members > 1 ? ', other ones in each network' : ''
      })</span></dd>`,
  )}${data.image === undefined ? '' : markup`<dt>A row</dt><dd>a picture of ${data.image.width} × ${data.image.height} pixels</dd>`}<dt>Repeated rows</dt><dd>${count(duplicates.repeated)}; ${count(duplicates.acrossSplit)} of the held-out rows have the inputs of a row that was learned from</dd></dl>`;
}

function columnsOf({ data }: ReportRecord): Markup {
  const { columns } = data;
  // The targets first, because they are what it is all about; a wide table has them at its end.
  const sorted = columns.toSorted(
    (a, b) => Number(b.role === 'target') - Number(a.role === 'target'),
  );
  // The pixels of a picture are all of one kind.
  const shown = data.image === undefined ? FIRST_COLUMNS : FIRST_PIXELS;
  const first = sorted.slice(0, shown);
  const others = sorted.slice(shown, MOST_COLUMNS);
  return markup`<div><h3>Columns</h3><p class="small quiet measure">The sketch shows the training rows as bars and the held-out rows as a line. Drift is the distance of the two, from 0 to 1; it is marked if it is more than chance.</p>${columnTable(
    first,
  )}${others.length === 0 ? '' : behind(`${count(others.length)} more columns`, columnTable(others, 'More columns'))}${
    columns.length > MOST_COLUMNS
      ? markup`<p class="small quiet">${count(columns.length - MOST_COLUMNS)} columns are in the record alone.</p>`
      : ''
  }</div>`;
}

function columnTable(columns: readonly ColumnFacts[], caption = 'Columns of the data'): Markup {
  return dataTable({
    caption,
    kind: 'columns',
    columns: [
      { title: 'Column' },
      { title: 'Kind' },
      { title: 'Distribution' },
      { title: 'Values' },
      { title: 'Missing', isNumber: true },
      { title: 'Drift', isNumber: true },
      { title: 'Use' },
    ],
    rows: columns.map((column) => {
      const { name, kind, role, use, splits } = column;
      const train = splits.train;
      const drift = driftOf(column);
      return [
        joined([name, role === 'input' ? '' : markup` <span class="quiet">${role}</span>`]),
        kind,
        markup`<div class="sketch">${sketchOf(column)}</div>`,
        train === undefined ? '–' : valuesOf(train, kind),
        missingOf(column),
        drift === undefined
          ? '–'
          : drift.isLarge
            ? markup`<strong class="tone-wrong">${fixed(drift.distance, 2)}</strong>`
            : fixed(drift.distance, 2),
        use,
      ];
    }),
  });
}

function sketchOf({ name, splits: { train, test } }: ColumnFacts): Markup | undefined {
  const learned = train && countsOf(train);
  if (learned === undefined || learned.length === 0) return undefined;
  return distributionSketch(learned, test && countsOf(test), `distribution of ${name}`);
}

function countsOf({ histogram, common = [] }: ColumnSplit): readonly number[] {
  return histogram?.counts ?? common.map((one) => one.count);
}

/** The range of numbers; the most frequent values of texts. */
function valuesOf({ spread, common, levels }: ColumnSplit, kind: string): string {
  if (kind === 'number' && spread !== undefined) {
    return `${cell(spread.min)} to ${cell(spread.max)}, median ${cell(spread.median)}`;
  }
  if (kind === 'date' && spread !== undefined) return `${day(spread.min)} to ${day(spread.max)}`;
  const shown = (common ?? []).filter((one) => one.count > 0).slice(0, 3);
  const rest = levels - shown.length;
  const names = shown.map(({ value, count: times }) => `${shortened(value)} ${count(times)}`);
  return `${names.join(', ')}${rest > 0 ? ` and ${count(rest)} more` : ''}`;
}

/** A text that does not fill a cell. */
function shortened(value: string): string {
  return value.length > 24 ? `${value.slice(0, 23)}…` : value;
}

function missingOf({ splits }: ColumnFacts): string {
  const missing = Object.values(splits).reduce((sum, one) => sum + one.missing, 0);
  return missing === 0 ? '' : count(missing);
}

function notesOf({ data }: ReportRecord): Markup | undefined {
  const all = [...data.warnings, ...data.notes];
  if (all.length === 0) return undefined;
  return markup`<div><h3>What the reader noticed</h3><ul class="small notes">${all
    .slice(0, 40)
    .map(({ message }) => markup`<li>${message}</li>`)}</ul></div>`;
}
