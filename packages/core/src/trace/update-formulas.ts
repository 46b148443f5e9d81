/**
 * The equations of an update in the trace: clipping, eq. (30), then the formulas of the run's optimiser, with the terms of
 * l1, l2 and decay if they are on. An optimiser writes its own formulas; this file writes the formulas before it.
 */
import type { ParameterPlace } from '../network/layout.ts';
import type { Clip } from '../optim/clip.ts';
import type { Symbols, UpdateFormula } from '../optim/contract.ts';
import { updateFormulas, weightDecayOf, type Optimizer } from '../optim/optimizer.ts';
import type { ScaledMoment } from '../lowering/lowering.ts';

/** What decides the formulas of an update. */
export interface UpdateDescription {
  readonly optimizer: Optimizer;
  readonly clip: Clip | undefined;
  readonly l1: number;
  readonly l2: number;
  /** The largest norm of the incoming weights of a unit; undefined for none. */
  readonly maxNorm?: number | undefined;
  /** t, from 1. */
  readonly step: number;
}

/** Every quantity that an update has for each parameter, in the order of the computation. */
export function allFormulas({ optimizer, step, clip }: UpdateDescription): UpdateFormula[] {
  const formulas = updateFormulas(optimizer, step);
  return clip === undefined ? formulas : [clipped(clip), ...formulas];
}

/** The quantities that a trace of step t computes from the moments in addition to the update, to show them. */
export function scaledMoments(optimizer: Optimizer, step: number): ScaledMoment[] {
  return updateFormulas(optimizer, step).flatMap(({ tensor, scaled }) =>
    scaled === undefined ? [] : [{ name: tensor, ...scaled }],
  );
}

/**
 * The symbols that the formulas of one parameter are written with.
 *
 * @param description - of the update
 * @param parameter - in LaTeX
 * @param place - whether l1, l2 and decay act on it, and the factor of its rate
 */
export function symbolsOf(
  { l1, l2, clip, optimizer }: UpdateDescription,
  parameter: string,
  { decays, rateFactor = 1 }: Pick<ParameterPlace, 'decays' | 'rateFactor'>,
): Symbols {
  const adjoint = parameter.replace(/^(\\[a-z]+|.)/, '\\bar{$&}');
  let gradient = clip === undefined ? adjoint : `g_{${parameter}}`;
  if (decays && (l1 > 0 || l2 > 0)) {
    const square = l2 > 0 ? ` + ${l2}\\,${parameter}_{t}` : '';
    const absolute = l1 > 0 ? ` + ${l1}\\,\\mathrm{sign}(${parameter}_{t})` : '';
    gradient = `\\left(${gradient}${square}${absolute}\\right)`;
  }
  const weightDecay = decays ? weightDecayOf(optimizer) : 0;
  const decay = weightDecay > 0 ? `(1 - ${weightDecay}\\,\\alpha)\\,` : '';
  const rate = rateFactor === 1 ? '\\alpha' : `${rateFactor}\\,\\alpha`;
  return { parameter, adjoint, gradient, decay, rate };
}

/**
 * A formula of new parameters with the limit of their norms around it, where there is one. Only dense layers have one, whose
 * weights are the parameters that decay.
 */
export function limited(
  { maxNorm }: UpdateDescription,
  { decays }: Pick<ParameterPlace, 'decays'>,
  formula: string,
): string {
  if (maxNorm === undefined || !decays) return formula;
  return `\\mathrm{limit}_{\\|\\cdot\\| \\le ${maxNorm}}\\left(${formula}\\right)`;
}

/** eq. (30), and the two other ways to clip. */
function clipped({ kind, value }: Clip): UpdateFormula {
  const ratio = `\\tfrac{${value}}{\\|g\\|}`;
  return {
    tensor: 'clippedAdjoints',
    equation: 30,
    suffix: 'Clipped',
    symbol: (parameter) => `g(${parameter})`,
    latex: (parameter) => `g_{${parameter}}`,
    formula: ({ adjoint }) =>
      ({
        value: `\\max(-${value}, \\min(${value}, ${adjoint}))`,
        normalize: `${adjoint}\\,${ratio}`,
        globalNorm: `${adjoint}\\,\\min\\left(1, ${ratio}\\right)`,
      })[kind],
  };
}
