/**
 * After a step has failed the finite check, this file finds the first bad number, in the order of the computation, and
 * says what may help. It searches only then, because a check of each tensor would slow down every step.
 */
import { NonFiniteError } from '../words/errors.ts';
import { carrying } from '../words/fault.ts';
import { parameterAt } from '../network/layout.ts';
import { columnsOf, type RealArray } from '../program/memory.ts';
import { SCALARS } from '../program/scalars.ts';
import type { BatchRunner } from './batch-runner.ts';

/** After this many skipped steps in a row training cannot succeed, so the run throws. */
const MOST_SKIPPED_IN_A_ROW = 10;

/**
 * Throws for a step that has failed the check, or counts it as skipped.
 *
 * @throws {NonFiniteError} unless `onNonFinite` is `'skip'` and few steps in a row were skipped
 */
export function refuseStep(
  where: string,
  runner: BatchRunner,
  onNonFinite: 'throw' | 'skip',
): void {
  const { progress } = runner;
  const fault = findNonFinite(where, runner);
  if (onNonFinite === 'throw') throw fault;
  progress.skippedSteps++;
  if (++progress.skippedInARow < MOST_SKIPPED_IN_A_ROW) return;
  fault.message += ` ${MOST_SKIPPED_IN_A_ROW} steps in a row were skipped.`;
  throw fault;
}

/** The error for a refused step. */
export function findNonFinite(where: string, runner: BatchRunner): NonFiniteError {
  const { loss, learningRate } = runner.progress;
  const step = runner.steps + 1;
  const error = (
    subject: string,
    layer: number,
    tensor: string,
    index: number,
    value: number,
  ): NonFiniteError => {
    const size = Number.isFinite(value)
      ? ", and a step along it could leave the range of the parameters or of the optimiser's moments"
      : '';
    return carrying(
      {
        where,
        subject: `step ${step}: ${subject}`,
        rule: `is ${value}${size}`,
        remedy: ` Nothing was changed by this step. Lower the learning rate (now ${learningRate}), standardise the inputs, or clip gradients with clip: { globalNorm: 1 }.`,
      },
      (message) => new NonFiniteError(message, { step, layer, tensor, index, value }),
    );
  };
  const rows = runner.scalars[SCALARS.rows]!;
  const { layers } = runner.program;
  for (const { layer, tensor } of layers) {
    const { name } = tensor;
    const values = runner.realsOf(tensor);
    const index = firstBad(values.subarray(0, rows * columnsOf(tensor)));
    if (index < 0) continue;
    const subject = `the output of layer ${layer} (${name}[${index}])`;
    return error(subject, layer, name, index, values[index]!);
  }
  if (!Number.isFinite(loss)) return error('the loss', layers.at(-1)!.layer, 'loss', 0, loss);
  const adjoints = runner.view('adjoints');
  const bad = firstBad(adjoints);
  const at = bad < 0 ? indexOfLargestMagnitude(adjoints) : bad;
  const { name, layer, offset } = parameterAt(runner.layout, at);
  const index = at - offset;
  return error(`the gradient of ${name}[${index}]`, layer, name, index, adjoints[at]!);
}

/** The index of the first number that is not finite; -1 if all are finite. */
function firstBad(values: RealArray): number {
  return values.findIndex((value) => !Number.isFinite(value));
}

/** The index of the largest |value|, for a step that is too long although all numbers are finite. */
function indexOfLargestMagnitude(values: RealArray): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) {
    if (Math.abs(values[i]!) > Math.abs(values[best]!)) best = i;
  }
  return best;
}
