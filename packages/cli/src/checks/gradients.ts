/**
 * Gradients, eq. (11)–(25), against finite differences: every activation with every loss on small random
 * networks, or a model of the user's own on its data.
 */
import {
  checkGradients,
  dense,
  network,
  type ActivationKind,
  type GradientCheck,
  type LossKind,
  type MatrixInput,
  type Network,
  type TargetInput,
} from 'vinculum';
import { lossFacts } from 'vinculum/internal';
import { ACTIVATIONS, LOSSES } from '../choices.ts';
import { runCheck, type CheckResult } from './check-result.ts';

const ROWS = 6;
const INPUTS = 4;
const OUTPUTS = 3;
/**
 * The most elements of a user's model that are checked, spread over its parameters. Each takes passes through the whole network, so
 * a large network has fewer of them: elements times parameters stay below a bound, which is a few seconds.
 */
const MAX_ELEMENTS = 2000;
const FEWEST_ELEMENTS = 200;
const ELEMENTS_TIMES_PARAMETERS = 1e8;

/** One check a loss, over all activations. */
export function checkEveryGradient(): CheckResult[] {
  return LOSSES.map((loss) =>
    runCheck(`gradients of ${loss}, every activation, against finite differences`, () => {
      const found = ACTIVATIONS.map((activation, index) => ({
        activation,
        check: checkActivation(activation, loss, index),
      }));
      return summarise(found.map(({ activation, check }) => ({ name: activation, check })));
    }),
  );
}

/** The gradients of a model on some rows, in float64. */
export function checkModelGradients(
  net: Network,
  x: MatrixInput,
  y: TargetInput,
  loss: LossKind,
): CheckResult {
  return runCheck('gradients of the model on these rows, against finite differences', () => {
    const exact = network({ ...net.spec, dtype: 'float64' });
    exact.setParameters(net.parameters());
    const affordable = Math.floor(ELEMENTS_TIMES_PARAMETERS / net.parameterCount);
    const maxElements = Math.max(FEWEST_ELEMENTS, Math.min(MAX_ELEMENTS, affordable));
    const check = checkGradients(exact, x, y, { loss, maxElements });
    return summarise([{ name: '', check }]);
  });
}

function checkActivation(activation: ActivationKind, loss: LossKind, seed: number): GradientCheck {
  const net = network({
    inputs: INPUTS,
    layers: [dense(5, { activation }), dense(4, { activation }), dense(OUTPUTS)],
    seed,
    dtype: 'float64',
  });
  // Numbers that look random and are the same everywhere.
  const noise = (index: number): number => ((index * 0.618034 + seed * 0.414214) % 1) * 2 - 1;
  const table = (columns: number, shift: number): number[][] =>
    Array.from({ length: ROWS }, (_, row) =>
      Array.from({ length: columns }, (_unused, column) => noise(row * columns + column + shift)),
    );
  const labels = Array.from({ length: ROWS }, (_, row) => row % OUTPUTS);
  const targets = table(OUTPUTS, 100);
  const binary = targets.map((row) => row.map((value) => (value > 0 ? 1 : 0)));
  const { targets: taken, least = -Infinity } = lossFacts(loss);
  const numbers = targets.map((row) => row.map((value) => Math.max(value, least)));
  const y = { class: labels, probabilities: binary, numbers }[taken];
  return checkGradients(net, table(INPUTS, 1), y, { loss });
}

interface NamedCheck {
  readonly name: string;
  readonly check: GradientCheck;
}

function summarise(found: readonly NamedCheck[]): { passed: boolean; detail: string } {
  const checked = found.reduce((sum, { check }) => sum + check.checked, 0);
  const skipped = found.reduce((sum, { check }) => sum + check.skipped, 0);
  const failed = found.filter(({ check }) => !check.passed);
  const worst = found.reduce((most, one) =>
    one.check.relativeNorm > most.check.relativeNorm ? one : most,
  );
  const kinks = skipped === 0 ? '' : `, ${skipped} beside a kink left out`;
  const shown = failed[0] ?? worst;
  const element = shown.check.worst;
  const place =
    failed.length === 0 || element === undefined
      ? ''
      : `; ${shown.name === '' ? '' : `${shown.name}: `}${element.parameter}[${element.index}] is ${element.analytic} by backpropagation, ${element.numeric} by differences`;
  return {
    passed: failed.length === 0 && checked > 0,
    detail: `${checked} elements${kinks}, worst relative error ${worst.check.relativeNorm.toExponential(1)}${place}`,
  };
}
