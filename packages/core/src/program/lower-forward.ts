/**
 * The forward ops: gather, dense with its activation, dropout, then the loss or the output function;
 * eq. (1)–(5) for a point, (6)–(10) for a batch, (34) for dropout. Evaluation is the same without dropout.
 */
import { activationFacts, type Activation } from '../activations/activation.ts';
import { outputOfLoss } from '../losses/loss.ts';
import type { Lowering } from './lowering.ts';
import type { LossOp, Op, PackWeightsOp, Tensor } from './program.ts';

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

/** Lowers the forward phases. */
export function lowerForward(lowering: Lowering, packs: readonly PackWeightsOp[]): Forward {
  const { request, scratch } = lowering;
  const { gathers, x, target, rowWeights } = lowerGather(lowering);
  const training = [...gathers];
  const evaluation = [...gathers];
  const dense: DenseForward[] = [];
  let value = x;
  /** The same without dropout, for evaluation. */
  let kept = x;
  let dropouts = 0;
  for (const layer of request.spec.layers) {
    if (layer.kind === 'dense') {
      const { forward, ops } = lowerDense(lowering, packs[dense.length]!, dense.length, value);
      training.push(...ops(value));
      evaluation.push(...ops(kept));
      dense.push(forward);
      value = forward.activation;
      kept = value;
    } else if (request.purpose !== 'predict') {
      const place = { layer: dropouts++, rate: layer.rate };
      const out = scratch(`dropout.${place.layer}`, value.shape, 'dropout', dense.length - 1);
      training.push({ kind: 'dropout', out, input: value, ...place });
      dense.at(-1)?.dropouts.push(place);
      value = out;
    }
  }
  const last = lowerLast(lowering, value, target, rowWeights);
  const loss = last?.kind === 'loss' ? last : undefined;
  if (last !== undefined) training.push(last);
  if (loss !== undefined) evaluation.push({ ...loss, logits: kept });
  return { training, evaluation, dense, logits: value, loss };
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
  const rows = plan.declare({ name: 'rows', shape: ['N'], type: 'uint32' });
  /** Fills a tensor from the window, whose type is the same but for inputs in bytes; only those are scaled. */
  const gathered = (out: Tensor, name: string, type = out.type): Tensor => {
    const shape = [windowRows, ...out.shape.slice(1)];
    const source = plan.declare({ name: `window.${name}`, shape, type, region: 'window' });
    gathers.push({ kind: 'gather', out, source, rows, scale });
    return out;
  };
  gathered(x, 'x', data.inputType);
  const target = gathered(
    data.targets === 'labels'
      ? plan.declare({ name: 'target', shape: ['N'], type: 'int32' })
      : plan.declare({ name: 'target', shape: ['N', layout.outputs], type: precision }),
    'target',
  );
  const rowWeights = data.weighted
    ? gathered(plan.declare({ name: 'rowWeights', shape: ['N'], type: precision }), 'weights')
    : undefined;
  return { gathers, x, target, rowWeights };
}

interface LoweredDense {
  readonly forward: DenseForward;
  /** The ops that compute it from an input, which is another in evaluation where a dropout is before it. */
  readonly ops: (input: Tensor) => readonly Op[];
}

function lowerDense(
  { layout, traced, request, scratch, parameters }: Lowering,
  { out: packed }: PackWeightsOp,
  index: number,
  input: Tensor,
): LoweredDense {
  const { activation } = layout.dense[index]!.layer;
  const shape = ['N', layout.dense[index]!.fanOut] as const;
  const last = index === layout.dense.length - 1;
  const identity = activation.kind === 'identity';
  const fromM = activationFacts(activation.kind).adjointFrom === 'preActivation';
  const storesM = request.purpose !== 'predict' && !identity && (traced || fromM);
  const m = storesM ? scratch(`m${index}`, shape, 'preActivation', index) : undefined;
  const role = last ? 'logits' : identity ? 'preActivation' : 'activation';
  const h = scratch(`h${index}`, shape, role, index);
  const derivative = identity ? undefined : { activation, source: fromM ? m! : h };
  return {
    forward: { input, activation: h, derivative, dropouts: [] },
    ops(from) {
      const product = { kind: 'dense', input: from, ...parameters[index]!, packed } as const;
      if (!traced || m === undefined) return [{ ...product, out: h, preActivation: m, activation }];
      return [
        { ...product, out: m, activation: { kind: 'identity' } },
        { kind: 'activation', out: h, input: m, activation },
      ];
    },
  };
}

/** The loss, or the output function for predict; nothing where that is the identity. */
function lowerLast(
  { plan, request, scratch }: Lowering,
  logits: Tensor,
  target: Tensor | undefined,
  rowWeights: Tensor | undefined,
): Op | undefined {
  const { loss, spec } = request;
  const output = loss === undefined ? (spec.output ?? 'identity') : outputOfLoss(loss.kind);
  const y = output === 'identity' ? undefined : scratch('y', logits.shape, 'prediction');
  if (loss !== undefined && target !== undefined) {
    const rowLosses = plan.declare({ name: 'rowLosses', shape: ['N'], type: 'float64' });
    return {
      kind: 'loss',
      loss,
      logits,
      probabilities: y,
      rowLosses,
      target,
      rowWeights,
    };
  }
  if (output === 'identity') return undefined;
  return { kind: 'output', out: y!, logits, function: output };
}
