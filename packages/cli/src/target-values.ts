/**
 * The cells of target columns as numbers: class indices, quantities, or yes and no. A cell that the model or the task cannot
 * take is refused with its row.
 */
import { cellAt, scaleTargets, type Column, type Label } from 'vinculum';
import { listed } from 'vinculum/internal';
import { dataFailure } from './failure.ts';
import type { LabelledRows, Targets } from './labelled-rows.ts';
import type { OpenModel } from './open-model.ts';

/**
 * The class index of every row.
 *
 * @throws {CommandFailure} exit 3 when a label is none of the model's classes
 */
export function encodeClasses(classes: readonly Label[], labelled: LabelledRows): Int32Array {
  const { targets, numbers } = labelled;
  const [target] = targets;
  const indexOf = new Map(classes.map((label, index) => [label, index]));
  return Int32Array.from(numbers, (number, row) => {
    const label = cellAt(target, row);
    const index = label === null ? undefined : indexOf.get(label);
    if (index !== undefined) return index;
    throw dataFailure(
      `row ${number}, column '${target.name}': the model knows no class '${String(label)}'. Its classes are ${listed(classes.map(String))}.`,
      { hint: 'leave such rows out, or train on rows of every class' },
    );
  });
}

/**
 * The numbers of the targets, row-major.
 *
 * @throws {CommandFailure} exit 3 when a column holds something else
 */
export function targetNumbers(targets: Targets): Float64Array {
  if (targets.length === 1) return numbersOf(targets[0]);
  return interleaved(targets.map(numbersOf));
}

/**
 * The labels, row-major, 1 for yes and 0 for no.
 *
 * @throws {CommandFailure} exit 3 when a cell is neither
 */
export function yesOrNo({ targets, numbers }: LabelledRows): Float64Array {
  return interleaved(
    targets.map((target) =>
      Float64Array.from(numbers, (number, row) => {
        const cell = cellAt(target, row);
        if (typeof cell === 'boolean' || cell === 0 || cell === 1) return Number(cell);
        throw dataFailure(
          `row ${number}, column '${target.name}': must be true or false, or 1 or 0, because it is one of several labels; got '${String(cell)}'.`,
          { hint: 'correct the file there, or train a model for that column alone' },
        );
      }),
    ),
  );
}

/**
 * The targets in the form of the loss: class indices, or rows of numbers on the network's own scale or of labels.
 *
 * @throws {CommandFailure} exit 3 when a label is none of the model's classes, or a number is beyond float32
 */
export function truthsOf(open: OpenModel, labelled: LabelledRows): Truths {
  if (open.task === 'classification') return encodeClasses(open.classes, labelled);
  const { targets, numbers } = labelled;
  const shape = [numbers.length, targets.length] as const;
  if (open.task === 'multilabel') return { data: yesOrNo(labelled), shape };
  const truths = targetNumbers(targets);
  const scaled =
    open.model.kind === 'regressor' ? scaleTargets(open.model.targetScaler, truths) : truths;
  const wrong = scaled.findIndex((value) => !Number.isFinite(Math.fround(value)));
  if (wrong === -1) return { data: scaled, shape };
  const { length } = targets;
  throw dataFailure(
    `row ${numbers[Math.floor(wrong / length)]}, column '${targets[wrong % length]?.name}': must stay within the range of float32 once standardised; got ${truths[wrong]}.`,
    { hint: 'correct the file there and run the command again' },
  );
}

/** Targets as the library takes them. */
export type Truths =
  | Int32Array
  | { readonly data: Float64Array; readonly shape: readonly [rows: number, columns: number] };

function interleaved(columns: readonly Float64Array[]): Float64Array {
  const [first] = columns;
  const rows = first?.length ?? 0;
  const values = new Float64Array(rows * columns.length);
  columns.forEach((column, index) => {
    for (let row = 0; row < rows; row++) values[row * columns.length + index] = column[row] ?? NaN;
  });
  return values;
}

function numbersOf(target: Column): Float64Array {
  if (target.kind === 'number') return target.values;
  if (target.kind === 'boolean') return Float64Array.from(target.values, Number);
  throw dataFailure(
    `the target '${target.name}' must hold numbers for a regression; it holds text such as '${String(target.values.find((value) => value !== null))}'.`,
    { hint: 'leave --task off, or use --task classification' },
  );
}
