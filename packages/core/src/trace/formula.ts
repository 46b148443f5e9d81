/**
 * The right-hand side of an op's equation in LaTeX, with the symbols of its own operands: the equations of
 * the notes, written for this network.
 */
import { activationFacts, type Activation } from '../activations/activation.ts';
import { lossLatex, outputOfLoss, type Loss, type LossKind } from '../losses/loss.ts';
import type { LossAdjointOp, Op, Tensor } from '../program/program.ts';

/**
 * @param op - an op of a traced program
 * @param out - which of its outputs
 * @param point - one data point: vectors, eq. (1)–(5), (12)–(18)
 */
export function formulaOf(op: Op, out: Tensor, point: boolean): string {
  switch (op.kind) {
    case 'dense': {
      const { input, weight, bias } = op;
      const product = point
        ? times(latex(weight), latex(input))
        : times(latex(input), transposed(weight));
      return bias === undefined ? product : `${product} + ${latex(bias)}`;
    }
    case 'activation':
      return applied(activationFacts(op.activation.kind).latex, op.activation, latex(op.input), '');
    case 'dropout':
    case 'dropoutAdjoint':
      return `\\frac{\\mathrm{mask} \\circ ${latex(op.input)}}{1 - ${op.rate}}`;
    case 'loss': {
      const name = outputOfLoss(op.loss.kind) === 'softmax' ? '\\mathrm{softmax}' : '\\sigma';
      return `${name}(${latex(op.logits)})`;
    }
    case 'lossAdjoint':
      return adjointOfLoss(op, point);
    case 'denseInputAdjoint': {
      const { weight, outBar } = op;
      return point ? times(transposed(weight), latex(outBar)) : times(latex(outBar), latex(weight));
    }
    case 'denseWeightAdjoint': {
      const { biasBar, outBar, input } = op;
      if (out === biasBar) return point ? latex(outBar) : `\\sum_n ${latex(outBar)}_n`;
      return point
        ? times(latex(outBar), transposed(input))
        : times(transposed(outBar), latex(input));
    }
    case 'activationAdjoint': {
      const { derivativeLatex, adjointFrom } = activationFacts(op.activation.kind);
      const source = latex(op.source);
      // The symbol of m from that of m̄: no tensor of m is kept where φ′ is taken from h.
      const m =
        adjointFrom === 'activation' ? latex(op.out).replace(/\\bar\{(.*?)\}/, '$1') : source;
      const derivative = applied(derivativeLatex, op.activation, m, source);
      return `${latex(op.input)} \\circ \\left(${derivative}\\right)`;
    }
    // The others have nothing that a trace shows with a formula.
    case 'gather':
    case 'packWeights':
    case 'output':
    case 'sumOfSquares':
    case 'update':
    case 'scale':
      return '';
    default:
      return op satisfies never;
  }
}

function latex(tensor: Tensor): string {
  return tensor.quantity?.latex ?? tensor.name;
}

function transposed(tensor: Tensor): string {
  const symbol = latex(tensor);
  return `${symbol.includes('^') ? `{${symbol}}` : symbol}^{\\top}`;
}

function times(left: string, right: string): string {
  return `${left}\\,${right}`;
}

/** A formula with the symbols and parameters of this layer in place of its one-letter and Greek words. */
function substituted(
  formula: string,
  symbols: Readonly<Record<string, string | number | undefined>>,
): string {
  return formula.replaceAll(/\\[a-z]+|\b[a-z]\b/gi, (token) => String(symbols[token] ?? token));
}

/** φ or φ′ with the symbols and parameters of this layer in place of m, h, s, α. */
function applied(formula: string, { slope, alpha }: Activation, m: string, h: string): string {
  return substituted(formula, { m, h, s: slope, '\\alpha': alpha });
}

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
function adjointOfLoss(op: LossAdjointOp, point: boolean): string {
  const { loss, logits, probabilities, rowWeights } = op;
  const formula = substituted(ADJOINTS[loss.kind], {
    y: latex(probabilities ?? logits),
    t: smoothed(loss, point ? 't' : 'T'),
    '\\delta': loss.delta,
  });
  if (point) return formula.replace(/^\((.*)\)$/, '$1');
  const weighted = '\\tfrac{1}{\\sum_n w_n}\\,\\mathrm{diag}(w)\\,';
  return (rowWeights === undefined ? '\\tfrac{1}{N}' : weighted) + formula;
}
