/**
 * The quantities of the update, parameter by parameter: the norm and the clipped gradient, eq. (30); the
 * moments m and v, eq. (26), (27); m̂ and v̂, eq. (28); the new parameters, eq. (29).
 */
import type { HostExecutable } from '../backends/contract.ts';
import type { ParameterPlace } from '../network/layout.ts';
import type { Program, Quantity } from '../program/program.ts';
import { superscript } from '../program/quantities.ts';
import { traced, type TracedQuantity } from './quantity.ts';

interface Family {
  /** The flat tensor. */
  readonly tensor: string;
  readonly equation: number;
  readonly name: (parameter: string) => string;
  readonly symbol: (parameter: string) => string;
  readonly latex: (parameter: string) => string;
  /** The right-hand side, given the parameter and its adjoint in LaTeX. */
  readonly formula: (parameter: string, bar: string) => string;
}

const CIRCUMFLEX = '\u0302';

const FAMILIES: readonly Family[] = [
  {
    tensor: 'clippedAdjoints',
    equation: 30,
    name: (parameter) => `${parameter}Clipped`,
    symbol: (parameter) => `g(${parameter})`,
    latex: (parameter) => `g_{${parameter}}`,
    formula: (_, bar) => `${bar}\\,\\min\\left(1, \\tfrac{\\eta}{\\|g\\|}\\right)`,
  },
  {
    tensor: 'firstMoments',
    equation: 26,
    name: (parameter) => `${parameter}FirstMoment`,
    symbol: (parameter) => `m(${parameter})`,
    latex: (parameter) => `m_{t,${parameter}}`,
    formula: (parameter) => `\\beta_1 m_{t-1,${parameter}} + (1 - \\beta_1)\\,g_{${parameter}}`,
  },
  {
    tensor: 'secondMoments',
    equation: 27,
    name: (parameter) => `${parameter}SecondMoment`,
    symbol: (parameter) => `v(${parameter})`,
    latex: (parameter) => `v_{t,${parameter}}`,
    formula: (parameter) => `\\beta_2 v_{t-1,${parameter}} + (1 - \\beta_2)\\,g_{${parameter}}^2`,
  },
  {
    tensor: 'correctedFirstMoments',
    equation: 28,
    name: (parameter) => `${parameter}FirstMomentHat`,
    symbol: (parameter) => `m${CIRCUMFLEX}(${parameter})`,
    latex: (parameter) => `\\hat{m}_{t,${parameter}}`,
    formula: (parameter) => `m_{t,${parameter}} / (1 - \\beta_1^t)`,
  },
  {
    tensor: 'correctedSecondMoments',
    equation: 28,
    name: (parameter) => `${parameter}SecondMomentHat`,
    symbol: (parameter) => `v${CIRCUMFLEX}(${parameter})`,
    latex: (parameter) => `\\hat{v}_{t,${parameter}}`,
    formula: (parameter) => `v_{t,${parameter}} / (1 - \\beta_2^t)`,
  },
  {
    tensor: 'parameters',
    equation: 29,
    name: (parameter) => `${parameter}Next`,
    symbol: (parameter) => `${parameter} ←`,
    latex: (parameter) => `${parameter}_{t+1}`,
    formula: (parameter) =>
      `${parameter}_{t} - \\alpha\\,\\hat{m}_{t,${parameter}} / (\\sqrt{\\hat{v}_{t,${parameter}}} + \\epsilon)`,
  },
];

/** Everything an update has written. */
export function updateQuantities(
  program: Program,
  executable: HostExecutable,
  norm: number,
): TracedQuantity[] {
  const quantities = [
    traced({ name: 'gradientNorm', symbol: '‖g‖', latex: '\\|g\\|', equation: 30 }, '', [], [norm]),
  ];
  for (const family of FAMILIES) {
    if (!program.tensors.has(family.tensor)) continue;
    const flat = executable.view(family.tensor);
    for (const place of program.layout.parameters) {
      const symbol = parameterLatex(place);
      const values = flat.subarray(place.offset, place.offset + place.size);
      const formula = family.formula(symbol, parameterLatex(place, true));
      quantities.push(traced(quantityOf(family, place), formula, place.shape, values));
    }
  }
  return quantities;
}

/** W^{(1)}, or its adjoint. */
function parameterLatex(place: ParameterPlace, bar = false): string {
  const letter = place.role === 'weight' ? 'W' : 'b';
  return `${bar ? `\\bar{${letter}}` : letter}^{(${place.layer + 1})}`;
}

function quantityOf(family: Family, place: ParameterPlace): Quantity {
  const letter = place.role === 'weight' ? 'W' : 'b';
  const number = place.layer + 1;
  return {
    name: family.name(`${letter}${number}`),
    symbol: family.symbol(`${letter}⁽${superscript(number)}⁾`),
    latex: family.latex(parameterLatex(place)),
    equation: family.equation,
  };
}
