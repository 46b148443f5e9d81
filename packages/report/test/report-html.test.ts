/**
 * The page as a whole: it says what the record says, it asks for nothing, and no text of the data becomes markup. How it looks and
 * whether a screen reader can use it is tested in a browser, by the system tests.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import type { RowRecord } from 'vinculum';
import { reportHtml } from '../src/html/report-html.ts';
import { SECTIONS } from '../src/html/sections.ts';
import type { ReportRecord } from '../src/record/report-record.ts';
import { classRecord, numberRecord, numbersFrom } from './planted.ts';

const EVIL = `<script>alert("x")</script>'&`;

let classes: ReportRecord;
let numbers: ReportRecord;
let page: string;

beforeAll(async () => {
  const next = numbersFrom(2);
  const targets = Array.from({ length: 160 }, (_, at) => [EVIL, 'b', 'c'][at % 3] ?? 'b');
  const rows = targets.map((label): RowRecord => ({
    [EVIL]: (label === 'b' ? 1 : 0) + 1.4 * next(),
    word: next() < 0.3 ? `${EVIL}${label === 'c' ? 1 : 0}` : null,
    z: next(),
  }));
  classes = await classRecord({ rows, targets, held: 60, options: { maxIter: 30 } });
  const numberRows = Array.from({ length: 120 }, () => ({ a: next(), b: next() }));
  numbers = await numberRecord({
    rows: numberRows,
    targets: numberRows.map(({ a, b }) => 1000 * a + 300 * b),
    held: 40,
    options: { maxIter: 40 },
  });
  page = reportHtml(classes);
});

/** The texts of the cells of the table with a caption, row by row. */
function cellsOf(html: string, caption: string): string[][] {
  const table = html.split(`aria-label="${caption}"`)[1]?.split('</table>')[0] ?? '';
  return [...table.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = '']) =>
      cell.replaceAll(/<[^>]*>/g, ''),
    ),
  );
}

test('a text of the data never becomes markup', () => {
  const scripts = page.match(/<script\b[^>]*>/g);
  expect(scripts).toStrictEqual(['<script type="application/json" id="record">', '<script>']);
  expect(page.includes('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&amp;')).toBe(true);
});

test('the page contains its record, whole', () => {
  const text = page.split('id="record">')[1]?.split('</script>')[0] ?? '';
  expect(JSON.parse(text)).toStrictEqual(JSON.parse(JSON.stringify(classes)));
});

test('the page asks for nothing', () => {
  for (const html of [page, reportHtml(numbers)]) {
    const addresses = [...html.matchAll(/\b(?:src|href)="([^"]*)"/g)].map(([, one = '']) => one);
    expect(addresses.filter((one) => !/^(?:#|data:)/.test(one))).toStrictEqual([]);
    expect(/@import|url\(/.test(html)).toBe(false);
    expect(/default-src &#39;none&#39;/.test(html)).toBe(true);
  }
});

test('the same record gives the same page', () => {
  expect(reportHtml(structuredClone(classes)) === page).toBe(true);
});

describe('sections', () => {
  const shown = (record: ReportRecord): string[] =>
    [...reportHtml(record).matchAll(/<section id="([^"]+)"/g)].map(([, id = '']) => id);

  test('are those for which the record has facts, in the order of the table', () => {
    const order = SECTIONS.map(({ id }) => id);
    expect(order).toHaveLength(11);
    expect(shown(classes)).toStrictEqual(
      order.filter((id) => id !== 'regression' && id !== 'worst-rows'),
    );
    expect(shown(numbers)).toStrictEqual(
      order.filter((id) => !['classification', 'calibration', 'worst-rows'].includes(id)),
    );
  });

  test('are few if only the training is known', () => {
    const { evaluation: _1, importance: _2, internals: _3, ...bare } = classes;
    expect(shown(bare)).toStrictEqual(['data', 'model', 'curves', 'reproducibility', 'card']);
  });

  test('are all that a warning or the contents point at', () => {
    const targets = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id = '']) => id);
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id));
    expect(targets.filter((id) => !ids.has(id))).toStrictEqual([]);
  });
});

describe('figures', () => {
  test('of the scores are those of the record', () => {
    const { evaluation } = classes;
    if (evaluation?.kind !== 'classes') throw new Error('the record is of classes');
    const { figures, baselines } = evaluation.measured;
    const cells = cellsOf(page, 'Scores on 60 held-out rows');
    const accuracy = cells.find(([name]) => name === 'Accuracy') ?? [];
    expect(accuracy[1]).toBe(figures.accuracy?.toFixed(3));
    expect(accuracy.at(-1)).toBe(baselines[0]?.figures.accuracy?.toFixed(3));
    expect(cells).toHaveLength(Object.keys(figures).length + 1);
  });

  test('of the confusion matrix are those of the record', () => {
    const { evaluation } = classes;
    if (evaluation?.kind !== 'classes') throw new Error('the record is of classes');
    const shown = cellsOf(page, 'Confusion matrix, in rows')
      .slice(2)
      .map((row) => row.slice(1).map((cell) => (cell === '·' ? 0 : Number(cell))));
    expect(shown).toStrictEqual(evaluation.measured.confusion);
  });

  test('of the deciles are those of the record', () => {
    const { evaluation } = numbers;
    if (evaluation?.kind !== 'numbers') throw new Error('the record is of numbers');
    const deciles = evaluation.targets[0]?.measured.deciles ?? [];
    const cells = cellsOf(reportHtml(numbers), 'Errors by tenth of the target').slice(1);
    expect(cells.map((row) => Number(row[2]))).toStrictEqual(deciles.map(({ count }) => count));
    expect(cells.map((row) => Number(row[3]?.replace(',', '')))).toStrictEqual(
      deciles.map(({ mae }) => (mae >= 1000 ? Math.round(mae) : Number(mae.toPrecision(4)))),
    );
  });

  test('that do not exist are a dash', () => {
    const { evaluation } = classes;
    if (evaluation?.kind !== 'classes') throw new Error('the record is of classes');
    const perClass = evaluation.measured.perClass.map((one) => ({ ...one, precision: null }));
    const measured = { ...evaluation.measured, perClass };
    const html = reportHtml({
      ...classes,
      evaluation: { ...evaluation, measured },
    });
    expect(cellsOf(html, 'Figures of each class')[1]?.[1]).toBe('–');
  });
});

test('a wide table of many classes stays under 1.5 MB', () => {
  const { evaluation, data, importance } = classes;
  if (evaluation?.kind !== 'classes' || importance === undefined) throw new Error('no evaluation');
  const [column] = data.columns;
  const [curve] = evaluation.measured.curves;
  const wide = Array.from({ length: 300 }, (_, at) => ({ ...column!, name: `column ${at}` }));
  const names = Array.from({ length: 26 }, (_, at) => `class ${at}`);
  const html = reportHtml({
    ...classes,
    data: { ...data, columns: wide },
    evaluation: {
      ...evaluation,
      measured: {
        ...evaluation.measured,
        classes: names,
        confusion: names.map(() => names.map(() => 1000)),
        perClass: names.map((label) => ({ ...evaluation.measured.perClass[0]!, label })),
        curves: names.map((_, of) => ({ ...curve!, of })),
      },
    },
    importance: {
      measured: {
        ...importance.measured,
        columns: wide.map(({ name }) => ({ column: name, mean: 0.1, spread: 0.01, values: [0.1] })),
      },
    },
  });
  expect(html.length).toBeLessThan(1_500_000);
});

test('rows that are pictures are drawn, with what they show in words', () => {
  const pixels = Array.from({ length: 64 }, (_, at) => (at % 9 === 0 ? 16 : 0));
  const html = reportHtml({
    ...classes,
    data: { ...classes.data, image: { width: 8, height: 8, low: 0, high: 16 } },
    worstRows: [
      { row: 7, actual: '3', predicted: '8', probability: 0.9, loss: 2.3, cells: [], pixels },
    ],
  });
  const [, base64 = ''] =
    /src="data:image\/bmp;base64,([^"]+)"[^>]*alt="row 7, actually 3"/.exec(html) ?? [];
  const bytes = Buffer.from(base64, 'base64');
  expect(bytes.subarray(0, 2).toString()).toBe('BM');
  expect(bytes.readUInt32LE(2)).toBe(bytes.length);
  expect([bytes.readInt32LE(18), bytes.readInt32LE(22)]).toStrictEqual([8, -8]);
  // Two pixels a byte: the first row begins with a full one, the second has it one place further.
  const start = bytes.readUInt32LE(10);
  expect([...bytes.subarray(start, start + 8)]).toStrictEqual([0xf0, 0, 0, 0, 0x0f, 0, 0, 0]);
});
