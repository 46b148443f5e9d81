/**
 * The forward ops: gather, dense with its activation, dropout, then the loss or the output function;
 * eq. (1)–(5) for a point, (6)–(10) for a batch, (34) for dropout. Evaluation is the same without dropout.
 */
import type { Activation } from '../activations/activation.ts';
import { outputOfLoss } from '../losses/loss.ts';
import { needsPreActivation, type Lowering } from './lowering.ts';
import type { ElementType, LossOp, Op, PackWeightsOp, Tensor } from './program.ts';

/** What the backward pass needs to know of one dense layer's forward pass. */
export interface DenseForward {
  readonly input: Tensor;
  /** h; the same tensor as m for the identity. */
  readonly activation: Tensor;
  /** φ, and m or h, from which φ′ is computed; undefined for the identity. */
  readonly derivative: { readonly activation: Activation; readonly source: Tensor } | undefined;
  /** The dropout ops between this layer's h and the next layer, in order. */
  readonly dropouts: { readonly layer: number; readonly rate: number }[];
}

export interface Forward {
  readonly training: readonly Op[];
  readonly evaluation: readonly Op[];
  readonly dense: readonly DenseForward[];
  /** The last tensor before the loss, dropouts included. */
  readonly logits: Tensor;
  readonly loss: LossOp | undefined;
}

/** A tensor with and without dropout; evaluation reads the latter. */
interface Value {
  readonly training: Tensor;
  readonly evaluation: Tensor;
}

/** Lowers the forward phases. */
export function lowerForward(lowering: Lowering, packs: readonly PackWeightsOp[]): Forward {
  const { request, scratch } = lowering;
  const { gathers, x, target, rowWeights } = lowerGather(lowering);
  const training = [...gathers];
  const evaluation = [...gathers];
  const dense: DenseForward[] = [];
  let value: Value = { training: x, evaluation: x };
  let dropouts = 0;
  for (const layer of request.spec.layers) {
    if (layer.kind === 'dense') {
      const step = lowerDense(lowering, packs[dense.length]!, dense.length, value);
      training.push(...step.training);
      evaluation.push(...step.evaluation);
      dense.push(step.forward);
      value = { training: step.forward.activation, evaluation: step.forward.activation };
    } else if (request.purpose !== 'predict') {
      const place = { layer: dropouts++, rate: layer.rate };
      const input = value.training;
      const out = scratch(`dropout.${place.layer}`, input.shape, 'dropout', dense.length - 1);
      training.push({ kind: 'dropout', out, input, ...place, equation: 34 });
      dense.at(-1)?.dropouts.push(place);
      value = { ...value, training: out };
    }
  }
  const last = lowerLast(lowering, value.training, target, rowWeights);
  const loss = last?.kind === 'loss' ? last : undefined;
  if (last !== undefined) training.push(last);
  if (loss !== undefined) evaluation.push({ ...loss, logits: value.evaluation });
  return { training, evaluation, dense, logits: value.training, loss };
}

interface Gathered {
  readonly gathers: readonly Op[];
  readonly x: Tensor;
  readonly target: Tensor | undefined;
  readonly rowWeights: Tensor | undefined;
}

/** x, targets and row weights of a batch, gathered from the data window; predict is given x itself. */
function lowerGather({ plan, request, scratch, layout }: Lowering): Gathered {
  const { data, precision, spec } = request;
  const x = scratch('x', ['N', spec.inputs], 'input');
  const gathers: Op[] = [];
  if (data === undefined) return { gathers, x, target: undefined, rowWeights: undefined };
  const { windowRows, scale } = data;
  const rows = plan.declare({ name: 'rows', shape: ['N'], type: 'uint32', region: 'scratch' });
  const fill = (out: Tensor, name: string, type: ElementType): Tensor => {
    const shape = [windowRows, ...out.shape.slice(1)];
    const source = plan.declare({ name: `window.${name}`, shape, type, region: 'window' });
    gathers.push({ kind: 'gather', out, source, rows, scale: out === x ? scale : 1 });
    return out;
  };
  const gathered = (
    name: string,
    inWindow: string,
    type: ElementType,
    ...columns: number[]
  ): Tensor =>
    fill(plan.declare({ name, shape: ['N', ...columns], type, region: 'scratch' }), inWindow, type);
  fill(x, 'x', data.inputType);
  const target =
    data.targets === 'labels'
      ? gathered('target', 'target', 'int32')
      : gathered('target', 'target', precision, layout.outputs);
  const rowWeights = data.weighted ? gathered('rowWeights', 'weights', precision) : undefined;
  return { gathers, x, target, rowWeights };
}

interface DenseStep {
  readonly training: readonly Op[];
  readonly evaluation: readonly Op[];
  readonly forward: DenseForward;
}

function lowerDense(
  { layout, traced, request, scratch, equation, parameters }: Lowering,
  { out: packed }: PackWeightsOp,
  index: number,
  input: Value,
): DenseStep {
  const { activation } = layout.dense[index]!.layer;
  const shape = ['N', layout.dense[index]!.fanOut] as const;
  const last = index === layout.dense.length - 1;
  const identity = activation.kind === 'identity';
  const fromM = needsPreActivation(activation.kind);
  const storesM = request.purpose !== 'predict' && !identity && (traced || fromM);
  const m = storesM ? scratch(`m${index}`, shape, 'preActivation', index) : undefined;
  const role = last ? 'logits' : identity ? 'preActivation' : 'activation';
  const h = scratch(`h${index}`, shape, role, index);
  const split = traced ? m : undefined;
  const ops = (from: Tensor): Op[] => {
    const matrix: Op = {
      kind: 'dense',
      out: split ?? h,
      preActivation: split === undefined ? m : undefined,
      input: from,
      ...parameters[index]!,
      packed,
      activation: split === undefined ? activation : { kind: 'identity' },
      equation: last ? equation(3, 8) : equation(1, 6),
    };
    if (split === undefined) return [matrix];
    return [
      matrix,
      { kind: 'activation', out: h, input: split, activation, equation: equation(2, 7) },
    ];
  };
  return {
    training: ops(input.training),
    evaluation: ops(input.evaluation),
    forward: {
      input: input.training,
      activation: h,
      derivative: identity ? undefined : { activation, source: fromM ? m! : h },
      dropouts: [],
    },
  };
}

/** The loss, or the output function for predict; nothing where that is the identity. */
function lowerLast(
  { plan, request, scratch, equation }: Lowering,
  logits: Tensor,
  target: Tensor | undefined,
  rowWeights: Tensor | undefined,
): Op | undefined {
  const { loss, spec } = request;
  const output = loss === undefined ? (spec.output ?? 'identity') : outputOfLoss(loss.kind);
  const y = output === 'identity' ? undefined : scratch('y', logits.shape, 'prediction');
  if (loss !== undefined && target !== undefined) {
    const rowLosses = plan.declare({
      name: 'rowLosses',
      shape: ['N'],
      type: 'float64',
      region: 'scratch',
    });
    return {
      kind: 'loss',
      loss,
      logits,
      probabilities: y,
      rowLosses,
      target,
      rowWeights,
      equation: equation(5, 10),
    };
  }
  if (output === 'identity') return undefined;
  return { kind: 'output', out: y!, logits, function: output, equation: equation(4, 9) };
}
