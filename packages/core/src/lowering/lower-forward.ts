/**
 * The forward ops: gather, then the ops of each layer, then the loss or the output function: eq. (1)–(5) for a point,
 * (6)–(10) for a batch. Evaluation runs the same ops without the layers that act in training only.
 */
import { outputOfLoss } from '../losses/loss.ts';
import { kindOf } from '../network/layers/kinds.ts';
import type { LayerContext, LoweredLayer } from '../network/layers/layer.ts';
import type { LayerPlace } from '../network/layout.ts';
import type { LayerOutput, LossOp, Op, Tensor } from '../program/program.ts';
import type { Lowering } from './lowering.ts';

/** A layer's place with its ops. */
export interface PlacedLayer {
  /** The position of the layer in the network. */
  readonly position: number;
  readonly place: LayerPlace;
  readonly lowered: LoweredLayer;
}

export interface Forward {
  readonly prepare: readonly Op[];
  readonly training: readonly Op[];
  readonly evaluation: readonly Op[];
  /** From the input up; for `predict` without the layers that act in training only. */
  readonly layers: readonly PlacedLayer[];
  /** The layers of prediction, which evaluation runs. */
  readonly layerOutputs: readonly LayerOutput[];
  /** The input of the loss in training. */
  readonly logits: Tensor;
  /** The network's output, y or the logits, after the forward phase and after the evaluate phase. */
  readonly outputs: { readonly forward: Tensor; readonly evaluate: Tensor };
  readonly loss: LossOp | undefined;
}

/** Lowers the forward phases. */
export function lowerForward(lowering: Lowering): Forward {
  const { gathers, x, target, rowWeights } = lowerGather(lowering);
  const training = [...gathers];
  const evaluation = [...gathers];
  const prepare: Op[] = [];
  const layers: PlacedLayer[] = [];
  const layerOutputs: LayerOutput[] = [];
  let value = x;
  /** The value that flows through the network in evaluation, without the layers that act in training only. */
  let kept = x;
  for (const { position, place, context, trainingOnly } of contextsOf(lowering)) {
    const lowered = kindOf(place.layer).lower(place.layer, { ...context, input: value });
    layers.push({ position, place, lowered });
    prepare.push(...lowered.prepare);
    training.push(...lowered.forward(value));
    value = lowered.out;
    if (trainingOnly) continue;
    evaluation.push(...lowered.forward(kept));
    kept = value;
    layerOutputs.push({ layer: place.index, tensor: kept });
  }
  const { last, y } = lowerLast(lowering, value, target, rowWeights);
  const loss = last?.kind === 'loss' ? last : undefined;
  if (last !== undefined) training.push(last);
  if (loss !== undefined) evaluation.push({ ...loss, logits: kept });
  const outputs = { forward: y ?? value, evaluate: y ?? kept };
  return { prepare, training, evaluation, layers, layerOutputs, logits: value, outputs, loss };
}

interface PlacedContext {
  readonly position: number;
  readonly place: LayerPlace;
  readonly trainingOnly: boolean;
  readonly context: Omit<LayerContext, 'input'>;
}

/** The context with which each layer is lowered, without its input. */
function contextsOf({
  request,
  layout,
  flatParameters,
  part,
  value,
  hidden,
}: Lowering): PlacedContext[] {
  const { purpose } = request;
  return layout.layers.flatMap((place, position): PlacedContext[] => {
    const { layer, index, ordinal, inputs, outputs, parameters } = place;
    const { trainingOnly } = kindOf(layer);
    if (trainingOnly && purpose === 'predict') return [];
    const context: PlacedContext['context'] = {
      purpose,
      inputs,
      outputs,
      index,
      ordinal,
      parameter: (role) => part(flatParameters, placeOf(parameters, role), '', position),
      value: (role, name, shape) => value(name, shape, { layer: position, role }),
      hidden,
    };
    return [{ position, place, trainingOnly, context }];
  });
}

/** The parameter of a layer that has a given role. */
export function placeOf(
  parameters: LayerPlace['parameters'],
  role: string,
): LayerPlace['parameters'][number] {
  const place = parameters.find((parameter) => parameter.role === role);
  if (place === undefined) throw new Error(`internal: the layer has no parameter '${role}'.`);
  return place;
}

interface Gathered {
  readonly gathers: readonly Op[];
  readonly x: Tensor;
  readonly target: Tensor | undefined;
  readonly rowWeights: Tensor | undefined;
}

/** x, targets and row weights of a batch, gathered from the data window; for predict, x is an input of the Program. */
function lowerGather({ plan, request, value, layout }: Lowering): Gathered {
  const { data, precision, spec } = request;
  const x = value('x', ['N', spec.inputs], { role: 'x' });
  const gathers: Op[] = [];
  if (data === undefined) return { gathers, x, target: undefined, rowWeights: undefined };
  const { windowRows, scale } = data;
  const rows = plan.declare({ name: 'rows', shape: ['N'], type: 'uint32' });
  /** Fills a tensor from the window. Both have the same type, except that inputs may be bytes; only these are scaled. */
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

/** Lowers the loss, or for predict the output function; pushes no op if that function is the identity. */
function lowerLast(
  { plan, request, value }: Lowering,
  logits: Tensor,
  target: Tensor | undefined,
  rowWeights: Tensor | undefined,
): { readonly last: Op | undefined; readonly y: Tensor | undefined } {
  const { loss, spec } = request;
  const output = loss === undefined ? (spec.output ?? 'identity') : outputOfLoss(loss.kind);
  const y = output === 'identity' ? undefined : value('y', logits.shape, { role: 'y' });
  if (loss !== undefined && target !== undefined) {
    const rowLosses = plan.declare({ name: 'rowLosses', shape: ['N'], type: 'float64' });
    const operands = { logits, probabilities: y, rowLosses, target, rowWeights };
    return { last: { kind: 'loss', loss, ...operands }, y };
  }
  if (y === undefined || output === 'identity') return { last: undefined, y };
  return { last: { kind: 'output', out: y, logits, function: output }, y };
}
