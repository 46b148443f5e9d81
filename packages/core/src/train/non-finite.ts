/**
 * After a step has failed the finite check: where the first bad number stands, in the order of the
 * computation, and what may help. Looked for only then, since a check of each tensor would cost every step.
 */
import type { HostExecutable, TensorView } from '../backends/contract.ts';
import { NonFiniteError, type NonFiniteSite } from '../errors.ts';
import { parameterAt, type Layout } from '../network/layout.ts';
import { SCALARS } from '../program/scalars.ts';

/**
 * The error for a refused step.
 *
 * @param step - the step that was refused, from 1
 * @param loss - the batch's mean loss
 * @param learningRate - for the remedy
 */
export function findNonFinite(
  where: string,
  executable: HostExecutable,
  layout: Layout,
  step: number,
  loss: number,
  learningRate: number,
): NonFiniteError {
  const { scalars } = executable;
  const rows = scalars[SCALARS.rows]!;
  const forward = inForward(executable, layout, rows, step);
  if (forward !== undefined) return errorAt(where, forward, 'activation', learningRate);
  if (!Number.isFinite(loss)) {
    const site = { step, layer: layout.dense.length - 1, tensor: 'loss', index: 0, value: loss };
    return errorAt(where, site, 'loss', learningRate);
  }
  const adjoints = executable.view('adjoints');
  const index = firstBad(adjoints, adjoints.length) ?? largest(adjoints);
  const place = parameterAt(layout, index);
  const site = {
    step,
    layer: place.layer,
    tensor: place.name,
    index: index - place.offset,
    value: adjoints[index]!,
  };
  return errorAt(where, site, 'gradient', learningRate);
}

/** The first bad activation, layer by layer. */
function inForward(
  executable: HostExecutable,
  layout: Layout,
  rows: number,
  step: number,
): NonFiniteSite | undefined {
  for (const { index, fanOut } of layout.dense) {
    const tensor = `h${index}`;
    const values = executable.view(tensor);
    const bad = firstBad(values, rows * fanOut);
    if (bad !== undefined) {
      return { step, layer: index, tensor, index: bad, value: values[bad]! };
    }
  }
  return undefined;
}

function firstBad(values: TensorView, count: number): number | undefined {
  for (let i = 0; i < count; i++) if (!Number.isFinite(values[i]!)) return i;
  return undefined;
}

/** Where the largest |value| stands: all are finite, but the step is too long. */
function largest(values: TensorView): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) {
    if (Math.abs(values[i]!) > Math.abs(values[best]!)) best = i;
  }
  return best;
}

function errorAt(
  where: string,
  site: NonFiniteSite,
  what: 'activation' | 'loss' | 'gradient',
  learningRate: number,
): NonFiniteError {
  const subject =
    what === 'loss'
      ? 'the loss'
      : what === 'gradient'
        ? `the gradient of ${site.tensor}[${site.index}]`
        : `the output of layer ${site.layer} (${site.tensor}[${site.index}])`;
  const size = Number.isFinite(site.value)
    ? ', and a step along it could leave the range of the parameters'
    : '';
  return new NonFiniteError(
    `${where}: step ${site.step}: ${subject} is ${site.value}${size}. Nothing was changed by this step. Lower the learning rate (now ${learningRate}), standardise the inputs, or clip gradients with clip: { globalNorm: 1 }.`,
    site,
  );
}
