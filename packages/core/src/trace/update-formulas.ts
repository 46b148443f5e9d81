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

/**
 * A quantity that every parameter has one of. In its texts `#` stands for the parameter, `!` for its adjoint,
 * `@` for the gradient that the optimiser is given and `&` for the factor of its decay: see {@link written}.
 */
export type Family = readonly [
  /** The flat tensor that holds it. */
  tensor: string,
  equation: number,
  /** What follows the parameter's name. */
  suffix: string,
  symbol: string,
  latex: string,
  /** The right-hand side. */
  formula: string,
];

/** Every quantity of an update, in the order of the computation. */
export function updateFamilies({ optimizer, clip }: UpdateDescription): Family[] {
  const families = clip === undefined ? [] : [clipped(clip)];
  switch (optimizer.kind) {
    case 'adam':
      return [...families, ...adamFamilies(optimizer)];
    case 'sgd':
      return [...families, ...sgdFamilies(optimizer)];
    case 'rmsprop':
      return [...families, ...rmspropFamilies(optimizer)];
    case 'adagrad':
      // v ← v + g²; w ← w − α g / (√v + ε).
      return [...families, second(29, 'v_{t-1,#} + {@}^2'), next(SCALED)];
    default:
      return optimizer satisfies never;
  }
}

/** A text of a family for one parameter, whose symbol or LaTeX is given. */
export function written(
  text: string,
  { l1, l2, clip, optimizer }: UpdateDescription,
  parameter: string,
  decays: boolean,
): string {
  const bar = parameter.replace(/^(\\[a-z]+|.)/, '\\bar{$&}');
  let gradient = clip === undefined ? bar : `g_{${parameter}}`;
  if (decays && (l1 > 0 || l2 > 0)) {
    const square = l2 > 0 ? ` + ${l2}\\,${parameter}_{t}` : '';
    const absolute = l1 > 0 ? ` + ${l1}\\,\\mathrm{sign}(${parameter}_{t})` : '';
    gradient = `\\left(${gradient}${square}${absolute}\\right)`;
  }
  const decay = decays && optimizer.kind === 'adam' ? optimizer.weightDecay : 0;
  return text
    .replaceAll('&', decay > 0 ? `(1 - ${decay}\\,\\alpha)\\,` : '')
    .replaceAll('@', gradient)
    .replaceAll('!', bar)
    .replaceAll('#', parameter);
}

/** eq. (30), and the two other ways to clip. */
function clipped({ kind, value }: Clip): Family {
  const ratio = `\\tfrac{${value}}{\\|g\\|}`;
  const formula = {
    value: `\\max(-${value}, \\min(${value}, !))`,
    normalize: `!\\,${ratio}`,
    globalNorm: `!\\,\\min\\left(1, ${ratio}\\right)`,
  }[kind];
  return ['clippedAdjoints', 30, 'Clipped', 'g(#)', 'g_{#}', formula];
}

function first(letter: string, equation: number, formula: string): Family {
  return ['firstMoments', equation, 'FirstMoment', `${letter}(#)`, `${letter}_{t,#}`, formula];
}

function second(equation: number, formula: string): Family {
  return ['secondMoments', equation, 'SecondMoment', 'v(#)', 'v_{t,#}', formula];
}

/** w ← w − α …, eq. (29). */
function next(step: string): Family {
  return ['parameters', 29, 'Next', '# ←', '#_{t+1}', `&#_{t} - \\alpha\\,${step}`];
}

const SCALED = '@ / (\\sqrt{v_{t,#}} + \\epsilon)';

/** eq. (26)–(29). */
function adamFamilies({ amsgrad, epsilonMode }: Adam): Family[] {
  const largest = 'v^{\\max}_{t,#}';
  const used = amsgrad ? largest : 'v_{t,#}';
  const families = [
    first('m', 26, '\\beta_1 m_{t-1,#} + (1 - \\beta_1)\\,@'),
    second(27, '\\beta_2 v_{t-1,#} + (1 - \\beta_2)\\,{@}^2'),
  ];
  if (amsgrad) {
    const formula = '\\max(v^{\\max}_{t-1,#}, v_{t,#})';
    families.push(['thirdMoments', 27, 'ThirdMoment', 'max v(#)', largest, formula]);
  }
  if (epsilonMode === 'hat') {
    const correction = '\\tfrac{\\sqrt{1 - \\beta_2^t}}{1 - \\beta_1^t}';
    return [...families, next(`${correction}\\,m_{t,#} / (\\sqrt{${used}} + \\epsilon)`)];
  }
  return [
    ...families,
    corrected('correctedFirstMoments', 'First', 'm', 'm_{t,#} / (1 - \\beta_1^t)'),
    corrected('correctedSecondMoments', 'Second', 'v', `${used} / (1 - \\beta_2^t)`),
    next('\\hat{m}_{t,#} / (\\sqrt{\\hat{v}_{t,#}} + \\epsilon)'),
  ];
}

/** eq. (28). */
function corrected(tensor: string, place: string, letter: string, formula: string): Family {
  const symbol = `${letter}\u0302(#)`;
  return [tensor, 28, `${place}MomentHat`, symbol, `\\hat{${letter}}_{t,#}`, formula];
}

/** v ← μ v + g; w ← w − α v, or − α (g + μ v) with Nesterov, or − α g without momentum. */
function sgdFamilies({ momentum, nesterov }: Sgd): Family[] {
  if (momentum === 0) return [next('@')];
  return [
    first('v', 29, `${momentum}\\,v_{t-1,#} + @`),
    next(nesterov ? `\\left(@ + ${momentum}\\,v_{t,#}\\right)` : 'v_{t,#}'),
  ];
}

/** v ← ρ v + (1 − ρ) g²; u ← μ u + g / (√v + ε). */
function rmspropFamilies({ momentum }: RmsProp): Family[] {
  const squares = second(29, '\\rho\\,v_{t-1,#} + (1 - \\rho)\\,{@}^2');
  if (momentum === 0) return [squares, next(SCALED)];
  return [squares, first('u', 29, `${momentum}\\,u_{t-1,#} + ${SCALED}`), next('u_{t,#}')];
}
