/**
 * The equations of an update as the trace writes them: clipping, eq. (30), then what the run's own optimiser
 * does, with the terms of l1, l2 and decay where they are on. For Adam that is eq. (26)–(29); the other rules
 * have no equation in the notes but the step they stand for, eq. (29).
 */
import type { Adam } from '../optim/adam.ts';
import type { Clip } from '../optim/clip.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import type { RmsProp } from '../optim/rmsprop.ts';
import type { Sgd } from '../optim/sgd.ts';

/** What decides the formulas of an update. */
export interface UpdateDescription {
  readonly optimizer: Optimizer;
  readonly clip: Clip | undefined;
  readonly l1: number;
  readonly l2: number;
}

/** One parameter in the formulas. */
export interface FormulaParameter {
  /** `W^{(1)}`. */
  readonly latex: string;
  /** `\bar{W}^{(1)}`. */
  readonly bar: string;
  /** Weights alone have l1, l2 and decay. */
  readonly isWeight: boolean;
}

/** A quantity that every parameter has one of. */
export interface Family {
  /** The flat tensor that holds it. */
  readonly tensor: string;
  readonly equation: number;
  /** What follows the parameter's name. */
  readonly suffix: string;
  /** As text, given the parameter: `m(W⁽¹⁾)`. */
  readonly symbol: (parameter: string) => string;
  /** As LaTeX, given the parameter's. */
  readonly latex: (parameter: string) => string;
  /** The right-hand side. */
  readonly formula: (parameter: FormulaParameter) => string;
}

/** Every quantity of an update, in the order of the computation. */
export function updateFamilies(description: UpdateDescription): Family[] {
  const { optimizer, clip } = description;
  const families = clip === undefined ? [] : [clipped(clip)];
  switch (optimizer.kind) {
    case 'adam':
      return [...families, ...adamFamilies(optimizer, description)];
    case 'sgd':
      return [...families, ...sgdFamilies(optimizer, description)];
    case 'rmsprop':
      return [...families, ...rmspropFamilies(optimizer, description)];
    case 'adagrad':
      return [...families, ...adagradFamilies(description)];
    default:
      return optimizer satisfies never;
  }
}

/** eq. (30), and the two other ways to clip. */
function clipped({ kind, value }: Clip): Family {
  return {
    tensor: 'clippedAdjoints',
    equation: 30,
    suffix: 'Clipped',
    symbol: (parameter) => `g(${parameter})`,
    latex: (parameter) => `g_{${parameter}}`,
    formula: ({ bar }) => {
      if (kind === 'value') return `\\max(-${value}, \\min(${value}, ${bar}))`;
      const ratio = `\\tfrac{${value}}{\\|g\\|}`;
      return kind === 'normalize'
        ? `${bar}\\,${ratio}`
        : `${bar}\\,\\min\\left(1, ${ratio}\\right)`;
    },
  };
}

/** The gradient that an optimiser is given: clipped, with the terms of l1 and l2. */
function gradient({ clip, l1, l2 }: UpdateDescription, parameter: FormulaParameter): string {
  const { latex, bar, isWeight } = parameter;
  const base = clip === undefined ? bar : `g_{${latex}}`;
  if (!isWeight || (l1 === 0 && l2 === 0)) return base;
  const square = l2 === 0 ? '' : ` + ${l2}\\,${latex}_{t}`;
  const absolute = l1 === 0 ? '' : ` + ${l1}\\,\\mathrm{sign}(${latex}_{t})`;
  return `\\left(${base}${square}${absolute}\\right)`;
}

function squared(term: string): string {
  return `{${term}}^2`;
}

/** A moment: m, v or u of a parameter. */
function moment(
  letter: string,
  tensor: 'firstMoments' | 'secondMoments',
  equation: number,
  formula: Family['formula'],
): Family {
  return {
    tensor,
    equation,
    suffix: tensor === 'firstMoments' ? 'FirstMoment' : 'SecondMoment',
    symbol: (parameter) => `${letter}(${parameter})`,
    latex: (parameter) => `${letter}_{t,${parameter}}`,
    formula,
  };
}

/** w ← w − …, eq. (29); `decay` is decoupled: (1 − α λ) w. */
function next(formula: Family['formula'], decay = 0): Family {
  return {
    tensor: 'parameters',
    equation: 29,
    suffix: 'Next',
    symbol: (parameter) => `${parameter} ←`,
    latex: (parameter) => `${parameter}_{t+1}`,
    formula: (parameter) => {
      const factor = parameter.isWeight && decay > 0 ? `(1 - ${decay}\\,\\alpha)\\,` : '';
      return `${factor}${parameter.latex}_{t} - \\alpha\\,${formula(parameter)}`;
    },
  };
}

/** eq. (26)–(29). */
function adamFamilies(optimizer: Adam, description: UpdateDescription): Family[] {
  const { amsgrad, epsilonMode, weightDecay } = optimizer;
  const families = [
    moment('m', 'firstMoments', 26, (parameter) => {
      const g = gradient(description, parameter);
      return `\\beta_1 m_{t-1,${parameter.latex}} + (1 - \\beta_1)\\,${g}`;
    }),
    moment('v', 'secondMoments', 27, (parameter) => {
      const g = gradient(description, parameter);
      return `\\beta_2 v_{t-1,${parameter.latex}} + (1 - \\beta_2)\\,${squared(g)}`;
    }),
  ];
  const used = (parameter: string): string =>
    amsgrad ? `v^{\\max}_{t,${parameter}}` : `v_{t,${parameter}}`;
  if (amsgrad) families.push(largest());
  if (epsilonMode === 'outside') families.push(...corrections(used));
  families.push(
    next(({ latex }) => {
      if (epsilonMode === 'outside') {
        return `\\hat{m}_{t,${latex}} / (\\sqrt{\\hat{v}_{t,${latex}}} + \\epsilon)`;
      }
      const correction = '\\tfrac{\\sqrt{1 - \\beta_2^t}}{1 - \\beta_1^t}';
      return `${correction}\\,m_{t,${latex}} / (\\sqrt{${used(latex)}} + \\epsilon)`;
    }, weightDecay),
  );
  return families;
}

/** AMSGrad's v. */
function largest(): Family {
  return {
    tensor: 'thirdMoments',
    equation: 27,
    suffix: 'ThirdMoment',
    symbol: (parameter) => `max v(${parameter})`,
    latex: (parameter) => `v^{\\max}_{t,${parameter}}`,
    formula: ({ latex }) => `\\max(v^{\\max}_{t-1,${latex}}, v_{t,${latex}})`,
  };
}

const CIRCUMFLEX = '\u0302';

/** eq. (28). */
function corrections(used: (parameter: string) => string): Family[] {
  return [
    {
      tensor: 'correctedFirstMoments',
      equation: 28,
      suffix: 'FirstMomentHat',
      symbol: (parameter) => `m${CIRCUMFLEX}(${parameter})`,
      latex: (parameter) => `\\hat{m}_{t,${parameter}}`,
      formula: ({ latex }) => `m_{t,${latex}} / (1 - \\beta_1^t)`,
    },
    {
      tensor: 'correctedSecondMoments',
      equation: 28,
      suffix: 'SecondMomentHat',
      symbol: (parameter) => `v${CIRCUMFLEX}(${parameter})`,
      latex: (parameter) => `\\hat{v}_{t,${parameter}}`,
      formula: ({ latex }) => `${used(latex)} / (1 - \\beta_2^t)`,
    },
  ];
}

/** v ← μ v + g; w ← w − α v, or − α (g + μ v) with Nesterov, or − α g without momentum. */
function sgdFamilies({ momentum, nesterov }: Sgd, description: UpdateDescription): Family[] {
  if (momentum === 0) return [next((parameter) => gradient(description, parameter))];
  return [
    moment('v', 'firstMoments', 29, (parameter) => {
      return `${momentum}\\,v_{t-1,${parameter.latex}} + ${gradient(description, parameter)}`;
    }),
    next((parameter) => {
      const velocity = `v_{t,${parameter.latex}}`;
      if (!nesterov) return velocity;
      return `\\left(${gradient(description, parameter)} + ${momentum}\\,${velocity}\\right)`;
    }),
  ];
}

/** v ← ρ v + (1 − ρ) g²; u ← μ u + g / (√v + ε). */
function rmspropFamilies({ momentum }: RmsProp, description: UpdateDescription): Family[] {
  const scaled = (parameter: FormulaParameter): string =>
    `${gradient(description, parameter)} / (\\sqrt{v_{t,${parameter.latex}}} + \\epsilon)`;
  const second = moment('v', 'secondMoments', 29, (parameter) => {
    const g = gradient(description, parameter);
    return `\\rho\\,v_{t-1,${parameter.latex}} + (1 - \\rho)\\,${squared(g)}`;
  });
  if (momentum === 0) return [second, next(scaled)];
  return [
    second,
    moment('u', 'firstMoments', 29, (parameter) => {
      return `${momentum}\\,u_{t-1,${parameter.latex}} + ${scaled(parameter)}`;
    }),
    next(({ latex }) => `u_{t,${latex}}`),
  ];
}

/** v ← v + g²; w ← w − α g / (√v + ε). */
function adagradFamilies(description: UpdateDescription): Family[] {
  return [
    moment('v', 'secondMoments', 29, (parameter) => {
      return `v_{t-1,${parameter.latex}} + ${squared(gradient(description, parameter))}`;
    }),
    next((parameter) => {
      const root = `\\sqrt{v_{t,${parameter.latex}}} + \\epsilon`;
      return `${gradient(description, parameter)} / (${root})`;
    }),
  ];
}
