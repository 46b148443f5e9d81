/** The held-out rows on which a model is most wrong, for a report: a person who reads them often sees what the model lacks. */
import { significant } from '@vinculum/report';
import type { WorstRow } from '@vinculum/report/page';
import { cellAt, type Column } from 'vinculum';
import { argmax } from 'vinculum/internal';
import type { LabelledRows } from '../labelled-rows.ts';
import type { OpenModel } from '../open-model.ts';
import { encodeClasses, targetNumbers, yesOrNo } from '../target-values.ts';

/** How many rows are shown. */
const MOST_ROWS = 12;

/** Cells of a row that are shown. */
const MOST_CELLS = 40;

/** A probability of 0 would have an infinite loss. */
const LEAST_PROBABILITY = 1e-12;

/** What is known of one row. */
type Judged = Pick<WorstRow, 'actual' | 'predicted' | 'probability' | 'loss'>;

/**
 * The worst rows, the worst first.
 *
 * @param data - what the model predicts for the rows, row-major
 * @param pixelsOf - the pixels of a row, if rows are pictures
 */
export function worstRows(
  open: OpenModel,
  labelled: LabelledRows,
  data: ArrayLike<number>,
  pixelsOf?: (row: number) => number[],
): WorstRow[] {
  const { rows, numbers } = labelled;
  const judged = judge(open, labelled, data);
  const order = Array.from(judged.keys()).toSorted(
    (a, b) => (judged[b]?.loss ?? 0) - (judged[a]?.loss ?? 0),
  );
  const columns = 'data' in rows ? [] : rows.columns.slice(0, MOST_CELLS);
  return order.slice(0, MOST_ROWS).flatMap((row): WorstRow[] => {
    const one = judged[row];
    if (one === undefined) return [];
    const cells = pixelsOf === undefined ? columns.map((column) => cellOf(column, row)) : [];
    const pixels = pixelsOf === undefined ? {} : { pixels: pixelsOf(row) };
    return [{ row: numbers[row] ?? NaN, ...one, cells, ...pixels }];
  });
}

function cellOf(column: Column, row: number): WorstRow['cells'][number] {
  return [column.name, column.spellings?.[row] ?? cellAt(column, row)];
}

function judge(open: OpenModel, labelled: LabelledRows, data: ArrayLike<number>): Judged[] {
  switch (open.task) {
    case 'classification':
      return judgeClasses(open, labelled, data);
    case 'multilabel':
      return judgeLabels(open, labelled, data);
    case 'regression':
    case 'numbers':
      return judgeNumbers(open, labelled, data);
    default:
      return open.task satisfies never;
  }
}

function judgeClasses(
  { classes }: OpenModel,
  labelled: LabelledRows,
  data: ArrayLike<number>,
): Judged[] {
  const { length } = classes;
  return Array.from(encodeClasses(classes, labelled), (truth, row) => {
    const guess = argmax(data, row * length, length);
    const share = data[row * length + truth] ?? 0;
    return {
      actual: String(classes[truth]),
      predicted: String(classes[guess]),
      probability: data[row * length + guess] ?? NaN,
      loss: -Math.log(Math.max(LEAST_PROBABILITY, share)),
    };
  });
}

function judgeLabels(
  { classes }: OpenModel,
  labelled: LabelledRows,
  data: ArrayLike<number>,
): Judged[] {
  const { length } = classes;
  const truths = yesOrNo(labelled);
  const named = (isIn: (label: number) => boolean): string =>
    classes.filter((_, label) => isIn(label)).join(', ') || 'none';
  return Array.from(labelled.numbers, (_, row) => {
    let loss = 0;
    for (let label = row * length; label < (row + 1) * length; label++) {
      const share = truths[label] === 1 ? (data[label] ?? 0) : 1 - (data[label] ?? 0);
      loss -= Math.log(Math.max(LEAST_PROBABILITY, share));
    }
    return {
      actual: named((label) => truths[row * length + label] === 1),
      predicted: named((label) => (data[row * length + label] ?? 0) >= 0.5),
      loss,
    };
  });
}

/** The loss is the largest error of the row's targets, in the unit of the target. */
function judgeNumbers(open: OpenModel, labelled: LabelledRows, data: ArrayLike<number>): Judged[] {
  const { targets, numbers } = labelled;
  const { length } = targets;
  const truths = targetNumbers(targets);
  return Array.from(numbers, (_, row) => {
    const places = targets.map((_target, column) => row * length + column);
    const predicted = places.map((place, column) => open.unscale(data[place] ?? NaN, column));
    const errors = places.map((place, column) =>
      Math.abs((predicted[column] ?? NaN) - (truths[place] ?? NaN)),
    );
    return {
      actual: places.map((place) => significant(truths[place] ?? NaN)).join(', '),
      predicted: predicted.map((value) => significant(value)).join(', '),
      loss: Math.max(...errors),
    };
  });
}
