/** `predictions_test.csv`: what the model says of each held-out row beside what is true, for any program that reads a table. */
import { cellAt, type Prediction } from 'vinculum';
import { intervalsOf } from '../intervals.ts';
import { countRows, sliceLabelled, type LabelledRows } from '../labelled-rows.ts';
import type { OpenModel } from '../open-model.ts';
import { CsvWriter, type Beside } from '../prediction-writers.ts';

/** Rows that are predicted and written together, so that the text of a large table is never in memory as a whole. */
const PIECE_ROWS = 8192;

/** The table as pieces of text. Its first columns are the number of the row in its file and the true value of each target. */
export function* predictionsCsv(open: OpenModel, labelled: LabelledRows): Generator<string> {
  const count = countRows(labelled);
  for (let start = 0; start < count; start += PIECE_ROWS) {
    const length = Math.min(PIECE_ROWS, count - start);
    const piece = length === count ? labelled : sliceLabelled(labelled, start, start + length);
    yield pieceOf(open, piece, start === 0);
  }
}

function pieceOf(
  open: OpenModel,
  { rows, targets, numbers }: LabelledRows,
  isFirst: boolean,
): string {
  const outputs = open.outputs(rows);
  const prediction = open.meanOf(outputs);
  const intervals = intervalsOf(open, outputs);
  const writer = new CsvWriter(open, {
    proba: open.task === 'classification' || open.task === 'multilabel',
    withInterval: intervals !== undefined,
    isShown: false,
  });
  const names = targets.length === 1 ? ['target'] : targets.map(({ name }) => `target_${name}`);
  const beside: Beside = {
    names: ['row', ...names],
    cells: (row) => [
      String(numbers[row]),
      ...targets.map((target) => target.spellings?.[row] ?? String(cellAt(target, row))),
    ],
    empty: notFinite(prediction),
  };
  const header = isFirst ? writer.header(beside.names) : '';
  return header + writer.rows(prediction, numbers, beside, intervals);
}

/** The rows without a finite prediction, as extreme inputs may have: their cells stay empty. */
function notFinite({ data, shape: [rows, columns] }: Prediction): Set<number> {
  const indices = Array.from({ length: rows }, (_, row) => row);
  return new Set(
    indices.filter((row) => {
      const outputs = data.subarray(row * columns, (row + 1) * columns);
      return !outputs.every((value: number) => Number.isFinite(value));
    }),
  );
}
