/** The error bounds of losses, of y and of z̄: eq. (4), (5), (9), (10), (12), (19). */
import { isCrossEntropy, lossFacts, outputOfLoss, type Tensor } from 'vinculum/internal';
import { columnsOf, EVALUATION, type BoundAccess, type OpOf } from './bound-access.ts';

/**
 * Row losses are computed in float64 on every backend, so their error is that of the logits. Bounds y too, if it is stored.
 *
 * @returns the bound of the scalar `loss`
 */
export function boundLoss(op: OpOf<'loss'>, access: BoundAccess): number {
  const { rows, values, errors, set } = access;
  const columns = columnsOf(op.logits);
  const logitErrors = errors(op.logits);
  const [logits, target, losses] = [values(op.logits), values(op.target), values(op.rowLosses)];
  const weights = op.rowWeights && values(op.rowWeights);
  const out = new Float64Array(op.rowLosses.size);
  let bound = 0;
  for (let n = 0; n < rows; n++) {
    const at = n * columns;
    const row = [...logitErrors.subarray(at, at + columns)];
    const changes = row.map((error, k) => changeOf(op, logits[at + k]!, target[at + k]!, error));
    const sum = changes.reduce((total, change) => total + change, 0);
    const entropy = op.loss.kind === 'softmax-cross-entropy';
    const inherited = entropy ? 2 * Math.max(...row) : sum / columns;
    out[n] = inherited * (1 + EVALUATION) + EVALUATION * (1 + Math.abs(losses[n]!));
    bound += (weights?.[n] ?? 1) * (out[n]! + EVALUATION * Math.abs(losses[n]!));
  }
  set(op.rowLosses, out);
  if (op.probabilities) boundOutput(op, op.probabilities, access);
  return bound;
}

/** y = softmax(z), σ(z) or exp(z). */
function boundOutput({ loss, logits }: OpOf<'loss'>, y: Tensor, access: BoundAccess): void {
  const { rows, values, errors, rounding, set } = access;
  const columns = columnsOf(logits);
  const logitErrors = errors(logits);
  const output = outputOfLoss(loss.kind);
  if (output !== 'softmax') {
    const bounds = values(y).map((value, j) => {
      const error = logitErrors[j]!;
      if (output !== 'exp') return error / 4 + rounding(value + error) + EVALUATION;
      const inherited = value * Math.expm1(error);
      return inherited + rounding(value + inherited) + EVALUATION * value;
    });
    return set(y, bounds);
  }
  const out = values(y).slice();
  for (let n = 0; n < rows; n++) {
    const row = logitErrors.subarray(n * columns, (n + 1) * columns);
    const factor = Math.expm1(2 * Math.max(...row));
    for (let j = n * columns; j < (n + 1) * columns; j++) {
      const value = out[j]!;
      // Roundings: exp, a sum of `columns` terms and a division. Each term may also have underflowed.
      out[j] = factor * value + rounding(value * (1 + factor), columns + 3) + EVALUATION * value;
    }
  }
  set(y, out);
}

/** z̄, such as (y − t) r. */
export function boundLossAdjoint(op: OpOf<'lossAdjoint'>, access: BoundAccess): void {
  const { rows, values, errors, rounding, scalar, set } = access;
  const columns = columnsOf(op.logits);
  const compared = op.probabilities ?? op.logits;
  const [source, sourceErrors] = [values(compared), errors(compared)];
  const targets = op.target.type === 'int32' ? undefined : values(op.target);
  const weights = op.rowWeights && values(op.rowWeights);
  const { kind, delta } = op.loss;
  const share = kind === 'softmax-cross-entropy' ? 1 : 1 / columns;
  const { kink } = lossFacts(kind);
  const bounds = values(op.out).map(Math.abs);
  for (let j = 0; j < rows * columns; j++) {
    const r = (weights?.[Math.floor(j / columns)] ?? 1) * scalar('inverseWeightSum');
    const t = isCrossEntropy(kind) ? 1 : Math.abs(targets![j]!);
    const inheritedError = sourceErrors[j]!;
    const error = inheritedError + rounding(Math.abs(source[j]!) + t + inheritedError, 2);
    const distance = Math.abs(source[j]! - (targets?.[j] ?? 0));
    const near = (limit: number): boolean => Math.abs(distance - limit) <= error;
    const inherited = kink === 0 ? (near(0) ? 2 : 0) : kind === 'mse' ? 2 * error : error;
    const rounded = kink === 'delta' && near(delta) ? 4 * error : inherited;
    bounds[j] = rounded * share * r + rounding(bounds[j]! + rounded * share * r, 4);
  }
  set(op.out, bounds);
}

/** How much the loss of one output can change if its logit is wrong by `error`. */
function changeOf({ loss }: OpOf<'loss'>, z: number, t: number, error: number): number {
  switch (loss.kind) {
    case 'mse':
      return (2 * Math.abs(z - t) + error) * error;
    case 'huber':
      return loss.delta * error;
    case 'poisson':
      return Math.exp(z) * Math.expm1(error) + Math.abs(t) * error;
    case 'mae':
    case 'pinball':
    case 'binary-cross-entropy':
    case 'softmax-cross-entropy':
      return error;
    default:
      return loss.kind satisfies never;
  }
}
