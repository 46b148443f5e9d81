/**
 * The formulas that several optimisers share, for the trace. Equations of the notes keep their numbers, eq. (26)–(29). A
 * rule that is not in the notes has the number of the step that it replaces, eq. (29).
 */
import type { Moment, UpdateFormula } from './contract.ts';

/** g′ / (√v + ε), the quotient of RMSprop and AdaGrad. */
export const SCALED_GRADIENT: UpdateFormula['formula'] = ({ parameter, gradient }) =>
  `${gradient} / (\\sqrt{v_{t,${parameter}}} + \\epsilon)`;

/**
 * The first moment.
 *
 * @param letter - the letter of the optimiser for it
 * @param equation - the number of the equation
 * @param formula - the right-hand side
 */
export function firstMoment(
  letter: string,
  equation: number,
  formula: UpdateFormula['formula'],
): UpdateFormula {
  return {
    tensor: 'firstMoments',
    equation,
    suffix: 'FirstMoment',
    symbol: (parameter) => `${letter}(${parameter})`,
    latex: (parameter) => `${letter}_{t,${parameter}}`,
    formula,
  };
}

/** The second moment, v of every optimiser that has one. */
export function secondMoment(equation: number, formula: UpdateFormula['formula']): UpdateFormula {
  return {
    tensor: 'secondMoments',
    equation,
    suffix: 'SecondMoment',
    symbol: (parameter) => `v(${parameter})`,
    latex: (parameter) => `v_{t,${parameter}}`,
    formula,
  };
}

/**
 * m̂ or v̂ of eq. (28).
 *
 * @param which - which moment is corrected
 * @param letter - m or v
 * @param moment - the region that is corrected
 * @param formula - the right-hand side
 */
export function correctedMoment(
  which: 'first' | 'second',
  letter: string,
  moment: Moment,
  formula: UpdateFormula['formula'],
): UpdateFormula {
  const name = which === 'first' ? 'First' : 'Second';
  return {
    tensor: `corrected${name}Moments`,
    equation: 28,
    suffix: `${name}MomentHat`,
    symbol: (parameter) => `${letter}\u0302(${parameter})`,
    latex: (parameter) => `\\hat{${letter}}_{t,${parameter}}`,
    formula,
    scaled: { moment, factor: `${which}Correction` },
  };
}

/** w ← w − α …, eq. (29); `step` is the factor after α. */
export function nextParameter(step: UpdateFormula['formula']): UpdateFormula {
  return {
    tensor: 'parameters',
    equation: 29,
    suffix: 'Next',
    symbol: (parameter) => `${parameter} ←`,
    latex: (parameter) => `${parameter}_{t+1}`,
    formula: (symbols) => {
      const { decay, parameter, rate } = symbols;
      return `${decay}${parameter}_{t} - ${rate}\\,${step(symbols)}`;
    },
  };
}
