/**
 * The equations of a loss in LaTeX, with its own parameters: y, eq. (4), (9); ℓ of one row, eq. (5), (10); z̄, eq. (12), (19).
 */
import {
  lossFacts,
  lossFormulas,
  outputOfLoss,
  type Loss,
  type OutputFunction,
} from '../losses/loss.ts';
import { substituted } from '../program/latex.ts';
import type { LossOp } from '../program/program.ts';

const OUTPUT_SYMBOLS: Readonly<Record<OutputFunction, string>> = {
  identity: '',
  softmax: '\\mathrm{softmax}',
  sigmoid: '\\sigma',
  exp: '\\exp',
};

/** ℓ of one row, eq. (5), with t′ written out if labels are smoothed. */
export function lossFormula(loss: Loss): string {
  const formula = lossFormulas(loss.kind).loss.replaceAll('t_k', smoothed(loss, 't_k'));
  return substituted(formula, { '\\delta': loss.delta, '\\tau': loss.quantile });
}

/** y, the output function of the loss, eq. (4), (9). */
export function outputFormula({ kind }: Loss, logits: string): string {
  return `${OUTPUT_SYMBOLS[outputOfLoss(kind)]}(${logits})`;
}

/** t′ of label smoothing e. */
function smoothed({ kind, labelSmoothing }: Loss, t: string): string {
  if (labelSmoothing === 0) return t;
  const share = lossFacts(kind).targets === 'probabilities' ? '2' : 'K';
  return `\\left((1 - ${labelSmoothing})\\,${t} + \\tfrac{${labelSmoothing}}{${share}}\\right)`;
}

/**
 * z̄ = y − t for a point, eq. (12); Z̄ = (1/N)(Y − T) for a batch, eq. (19); likewise for other losses.
 *
 * @param output - the symbol of the value that the loss compares with the targets: y, or z of a loss of numbers
 */
export function adjointOfLoss(
  { loss, rowWeights }: LossOp,
  output: string,
  point: boolean,
): string {
  const formula = substituted(lossFormulas(loss.kind).adjoint, {
    y: output,
    t: smoothed(loss, point ? 't' : 'T'),
    '\\delta': loss.delta,
    '\\tau': loss.quantile,
  });
  if (point) return formula.replace(/^\((.*)\)$/, '$1');
  const weighted = '\\tfrac{1}{\\sum_n w_n}\\,\\mathrm{diag}(w)\\,';
  return (rowWeights === undefined ? '\\tfrac{1}{N}' : weighted) + formula;
}
