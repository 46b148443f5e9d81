/**
 * The formulas that several optimisers have in common, for the trace. What the notes number keeps its number, eq. (26)–(29);
 * a rule that they do not have is written under eq. (29), the step that it stands for.
 */
import type { Moment, UpdateFormula } from './contract.ts';

/** g′ / (√v + ε), as RMSprop and AdaGrad divide. */
export const SCALED_GRADIENT: UpdateFormula['formula'] = ({ parameter, gradient }) =>
  `${gradient} / (\\sqrt{v_{t,${parameter}}} + \\epsilon)`;

/**
 * The first moment.
 *
 * @param letter - as the optimiser calls it
 * @param equation - its number
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
 * @param which - of which moment
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

/** w ← w − α …, eq. (29); `step` is what α multiplies. */
export function nextParameter(step: UpdateFormula['formula']): UpdateFormula {
  return {
    tensor: 'parameters',
    equation: 29,
    suffix: 'Next',
    symbol: (parameter) => `${parameter} ←`,
    latex: (parameter) => `${parameter}_{t+1}`,
    formula: (symbols) => {
      const { decay, parameter } = symbols;
      return `${decay}${parameter}_{t} - \\alpha\\,${step(symbols)}`;
    },
  };
}
