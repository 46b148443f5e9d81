/**
 * The right-hand side of an op's equation in LaTeX, with the symbols of its own operands: the equations of
 * the notes, written for this network.
 */
import { activationFacts, type Activation } from '../activations/activation.ts';
import { lossLatex, type Loss } from '../losses/loss.ts';
import type { LossAdjointOp, Op, Tensor } from '../program/program.ts';

/**
 * @param op - an op of a traced program
 * @param out - which of its outputs
 * @param point - one data point: vectors, eq. (1)–(5), (12)–(18)
 */
export function formulaOf(op: Op, out: Tensor, point: boolean): string {
  switch (op.kind) {
    case 'dense': {
      const product = point
        ? `${latex(op.weight)}\\,${latex(op.input)}`
        : `${latex(op.input)}\\,${transposed(op.weight)}`;
      return op.bias === undefined ? product : `${product} + ${latex(op.bias)}`;
    }
    case 'activation':
      return applied(
        activationFacts(op.activation.kind).latex,
        op.activation,
        latex(op.input),
        latex(op.out),
      );
    case 'dropout':
    case 'dropoutAdjoint':
      return `\\frac{\\mathrm{mask} \\circ ${latex(op.input)}}{1 - ${op.rate}}`;
    case 'output':
      return outputFormula(op.function, op.logits);
    case 'loss':
      return outputFormula(
        op.loss.kind === 'softmax-cross-entropy' ? 'softmax' : 'sigmoid',
        op.logits,
      );
    case 'lossAdjoint':
      return adjointOfLoss(op, point);
    case 'denseInputAdjoint':
      return point
        ? `${transposed(op.weight)}\\,${latex(op.outBar)}`
        : `${latex(op.outBar)}\\,${latex(op.weight)}`;
    case 'denseWeightAdjoint':
      if (out === op.biasBar) return point ? latex(op.outBar) : `\\sum_n ${latex(op.outBar)}_n`;
      return point
        ? `${latex(op.outBar)}\\,${transposed(op.input)}`
        : `${transposed(op.outBar)}\\,${latex(op.input)}`;
    case 'activationAdjoint': {
      const facts = activationFacts(op.activation.kind);
      const fromH = facts.adjointFrom === 'activation';
      const m = fromH ? withoutBar(latex(op.out)) : latex(op.source);
      const derivative = applied(facts.derivativeLatex, op.activation, m, latex(op.source));
      return `${latex(op.input)} \\circ \\left(${derivative}\\right)`;
    }
    case 'gather':
    case 'packWeights':
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
  return symbol.includes('^') ? `{${symbol}}^{\\top}` : `${symbol}^{\\top}`;
}

function outputFormula(kind: 'softmax' | 'sigmoid', logits: Tensor): string {
  return kind === 'softmax' ? `\\mathrm{softmax}(${latex(logits)})` : `\\sigma(${latex(logits)})`;
}

/** The symbol of m from that of m̄: no tensor of m is kept where φ′ is taken from h. */
function withoutBar(symbol: string): string {
  return symbol.replace(/\\bar\{([^}]*)\}/, '$1');
}

/** φ or φ′ with the symbols and parameters of this layer in place of m, h, s, α. */
function applied(formula: string, activation: Activation, m: string, h: string): string {
  return formula.replaceAll(/\\[a-z]+|\b[mhs]\b/gi, (token) => {
    if (token === 'm') return m;
    if (token === 'h') return h;
    if (token === 's') return String(activation.slope ?? token);
    if (token === '\\alpha' && activation.alpha !== undefined) return String(activation.alpha);
    return token;
  });
}

/** ℓ of one row, eq. (5), with t′ written out where labels are smoothed. */
export function lossFormula(loss: Loss): string {
  if (loss.labelSmoothing === 0)
    return lossLatex(loss.kind).replaceAll('\\delta', String(loss.delta));
  return lossLatex(loss.kind).replaceAll(/\bt_k/g, smoothed(loss, 't_k'));
}

/** t′ of label smoothing e. */
function smoothed({ kind, labelSmoothing }: Loss, t: string): string {
  if (labelSmoothing === 0) return t;
  const share = kind === 'binary-cross-entropy' ? '2' : 'K';
  return `\\left((1 - ${labelSmoothing})\\,${t} + \\tfrac{${labelSmoothing}}{${share}}\\right)`;
}

/** z̄ = y − t for a point, eq. (12); Z̄ = (1/N)(Y − T) for a batch, eq. (19); likewise for other losses. */
function adjointOfLoss(op: LossAdjointOp, point: boolean): string {
  const { loss } = op;
  const y = latex(op.probabilities ?? op.logits);
  const t = smoothed(loss, point ? 't' : 'T');
  const weighted = '\\tfrac{1}{\\sum_n w_n}\\,\\mathrm{diag}(w)\\,';
  const mean = point ? '' : op.rowWeights === undefined ? '\\tfrac{1}{N}' : weighted;
  switch (loss.kind) {
    case 'softmax-cross-entropy':
      return point ? `${y} - ${t}` : `${mean}(${y} - ${t})`;
    case 'binary-cross-entropy':
      return `${mean}\\tfrac{1}{K}(${y} - ${t})`;
    case 'mse':
      return `${mean}\\tfrac{2}{K}(${y} - ${t})`;
    case 'mae':
      return `${mean}\\tfrac{1}{K}\\,\\mathrm{sign}(${y} - ${t})`;
    case 'huber':
      return `${mean}\\tfrac{1}{K}\\,\\mathrm{clamp}(${y} - ${t}, -${loss.delta}, ${loss.delta})`;
    default:
      return loss.kind satisfies never;
  }
}
