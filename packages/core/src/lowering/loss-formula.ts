/**
 * The equations of a loss in LaTeX, with its own parameters: ℓ of one row, eq. (5), (10), and z̄, eq. (12), (19).
 */
import { lossLatex, type Loss, type LossKind } from '../losses/loss.ts';
import { latexOf, substituted } from '../program/latex.ts';
import type { LossOp } from '../program/program.ts';

/** ℓ of one row, eq. (5), with t′ written out where labels are smoothed. */
export function lossFormula(loss: Loss): string {
  const formula = lossLatex(loss.kind).replaceAll('t_k', smoothed(loss, 't_k'));
  return substituted(formula, { '\\delta': loss.delta });
}

/** t′ of label smoothing e. */
function smoothed({ kind, labelSmoothing }: Loss, t: string): string {
  if (labelSmoothing === 0) return t;
  const share = kind === 'binary-cross-entropy' ? '2' : 'K';
  return `\\left((1 - ${labelSmoothing})\\,${t} + \\tfrac{${labelSmoothing}}{${share}}\\right)`;
}

/** z̄ of one row, where y is what the loss compares with t: probabilities or logits. */
const ADJOINTS: Readonly<Record<LossKind, string>> = {
  'softmax-cross-entropy': '(y - t)',
  'binary-cross-entropy': '\\tfrac{1}{K}(y - t)',
  mse: '\\tfrac{2}{K}(y - t)',
  mae: '\\tfrac{1}{K}\\,\\mathrm{sign}(y - t)',
  huber: '\\tfrac{1}{K}\\,\\mathrm{clamp}(y - t, -\\delta, \\delta)',
};

/** z̄ = y − t for a point, eq. (12); Z̄ = (1/N)(Y − T) for a batch, eq. (19); likewise for other losses. */
export function adjointOfLoss(
  { loss, logits, probabilities, rowWeights }: LossOp,
  point: boolean,
): string {
  const formula = substituted(ADJOINTS[loss.kind], {
    y: latexOf(probabilities ?? logits),
    t: smoothed(loss, point ? 't' : 'T'),
    '\\delta': loss.delta,
  });
  if (point) return formula.replace(/^\((.*)\)$/, '$1');
  const weighted = '\\tfrac{1}{\\sum_n w_n}\\,\\mathrm{diag}(w)\\,';
  return (rowWeights === undefined ? '\\tfrac{1}{N}' : weighted) + formula;
}
