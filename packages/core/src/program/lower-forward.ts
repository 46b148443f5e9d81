/**
 * The forward ops: gather, dense with its activation, dropout, then the loss or the output function;
 * eq. (1)–(5) for a point, (6)–(10) for a batch, (34) for dropout. Evaluation is the same without dropout.
 */
import { outputOfLoss } from '../losses/loss.ts';
import type { Layout } from '../network/layout.ts';
import { needsPreActivation, outputFunction, type Lowering } from './lowering.ts';
import type { LossOp, Op, Tensor } from './program.ts';

/** What the backward pass needs to know of one dense layer's forward pass. */
export interface DenseForward {
  readonly input: Tensor;
  /** m, where stored. */
  readonly preActivation: Tensor | undefined;
  /** h; the same tensor as m for the identity. */
  readonly activation: Tensor;
  /** The dropout ops between this layer's h and the next layer, in order. */
  readonly dropouts: readonly { readonly layer: number; readonly rate: number }[];
}

export interface Forward {
  readonly training: Op[];
  readonly evaluation: Op[];
  readonly dense: readonly DenseForward[];
  /** The last tensor before the loss, dropouts included. */
  readonly logits: Tensor;
  readonly loss: LossOp | undefined;
}

/** Lowers the forward phases. */
export function lowerForward(lowering: Lowering, layout: Layout): Forward {
  const { request } = lowering;
  const gather = lowerGather(lowering);
  const training: Op[] = [...gather.ops];
  const evaluation: Op[] = [...gather.ops];
  const dense: DenseForward[] = [];
  /** The same layer's tensor with and without dropout; evaluation reads the latter. */
  let value = gather.x;
  let plainValue = gather.x;
  let dropoutIndex = 0;
  let pending: { layer: number; rate: number }[] = [];
  for (const layer of request.spec.layers) {
    if (layer.kind === 'dropout') {
      const index = dropoutIndex++;
      if (request.purpose === 'predict') continue;
      const out = lowering.plan.declare({
        name: `dropout.${index}`,
        shape: value.shape,
        type: lowering.real,
        region: 'scratch',
        quantity: lowering.traced
          ? lowering.names.quantity('dropout', dense.length - 1)
          : undefined,
      });
      training.push({
        kind: 'dropout',
        out,
        input: value,
        rate: layer.rate,
        layer: index,
        equation: 34,
      });
      pending.push({ layer: index, rate: layer.rate });
      value = out;
      continue;
    }
    closeDropouts(dense, pending);
    pending = [];
    const step = lowerDense(lowering, layout, dense.length, value, plainValue);
    training.push(...step.training);
    evaluation.push(...step.evaluation);
    dense.push(step.forward);
    value = step.forward.activation;
    plainValue = value;
  }
  closeDropouts(dense, pending);
  const tail = lowerTail(lowering, value, plainValue, gather);
  training.push(...tail.training);
  evaluation.push(...tail.evaluation);
  return { training, evaluation, dense, logits: value, loss: tail.loss };
}

function closeDropouts(dense: DenseForward[], dropouts: { layer: number; rate: number }[]): void {
  const last = dense.at(-1);
  if (last !== undefined) dense[dense.length - 1] = { ...last, dropouts };
}

interface Gathered {
  readonly ops: Op[];
  readonly x: Tensor;
  readonly target: Tensor | undefined;
  readonly rowWeights: Tensor | undefined;
}

/** x, targets and row weights of a batch, gathered from the data window; predict is given x itself. */
function lowerGather(lowering: Lowering): Gathered {
  const { plan, real, request } = lowering;
  const x = plan.declare({
    name: 'x',
    shape: ['N', request.spec.inputs],
    type: real,
    region: 'scratch',
    quantity: lowering.traced ? lowering.names.quantity('input', 0) : undefined,
  });
  const data = request.data;
  if (data === undefined) return { ops: [], x, target: undefined, rowWeights: undefined };
  const { windowRows } = data;
  const rows = plan.declare({ name: 'rows', shape: ['N'], type: 'uint32', region: 'scratch' });
  const window = plan.declare({
    name: 'window.x',
    shape: [windowRows, request.spec.inputs],
    type: data.inputType,
    region: 'window',
  });
  const ops: Op[] = [{ kind: 'gather', out: x, source: window, rows, scale: data.scale }];
  const columns = outputsOf(request.spec);
  const labels = data.targets === 'labels';
  const type = labels ? 'int32' : real;
  const target = plan.declare({
    name: 'target',
    shape: labels ? ['N'] : ['N', columns],
    type,
    region: 'scratch',
  });
  const targetWindow = plan.declare({
    name: 'window.target',
    shape: labels ? [windowRows] : [windowRows, columns],
    type,
    region: 'window',
  });
  ops.push({ kind: 'gather', out: target, source: targetWindow, rows, scale: 1 });
  if (!data.weighted) return { ops, x, target, rowWeights: undefined };
  const rowWeights = plan.declare({
    name: 'rowWeights',
    shape: ['N'],
    type: real,
    region: 'scratch',
  });
  const weightWindow = plan.declare({
    name: 'window.weights',
    shape: [windowRows],
    type: real,
    region: 'window',
  });
  ops.push({ kind: 'gather', out: rowWeights, source: weightWindow, rows, scale: 1 });
  return { ops, x, target, rowWeights };
}

function outputsOf(spec: Lowering['request']['spec']): number {
  let columns = spec.inputs;
  for (const layer of spec.layers) if (layer.kind === 'dense') columns = layer.units;
  return columns;
}

interface DenseStep {
  readonly training: Op[];
  readonly evaluation: Op[];
  readonly forward: DenseForward;
}

function lowerDense(
  lowering: Lowering,
  layout: Layout,
  index: number,
  input: Tensor,
  plainInput: Tensor,
): DenseStep {
  const { plan, real, traced, names, request } = lowering;
  const { layer, fanOut } = layout.dense[index]!;
  const { weight, bias, packed } = lowering.parameters[index]!;
  const last = index === layout.dense.length - 1;
  const identity = layer.activation.kind === 'identity';
  const declare = (name: string, role: 'logits' | 'preActivation' | 'activation'): Tensor =>
    plan.declare({
      name,
      shape: ['N', fanOut],
      type: real,
      region: 'scratch',
      quantity: traced ? names.quantity(role, index) : undefined,
    });
  const storesPre =
    request.purpose !== 'predict' &&
    !identity &&
    (traced || needsPreActivation(layer.activation.kind));
  const preActivation = storesPre ? declare(`m${index}`, 'preActivation') : undefined;
  const out = declare(`h${index}`, last ? 'logits' : identity ? 'preActivation' : 'activation');
  const point = request.point ?? false;
  const equation = (last ? 3 : 1) + (point ? 0 : 5);
  const matrix = { kind: 'dense' as const, weight, packed, equation, ...(bias && { bias }) };
  const ops = (from: Tensor): Op[] => {
    if (traced && preActivation !== undefined) {
      return [
        { ...matrix, out: preActivation, input: from, activation: { kind: 'identity' } },
        {
          kind: 'activation',
          out,
          input: preActivation,
          activation: layer.activation,
          equation: point ? 2 : 7,
        },
      ];
    }
    return [
      {
        ...matrix,
        out,
        input: from,
        activation: layer.activation,
        ...(preActivation && { preActivation }),
      },
    ];
  };
  return {
    training: ops(input),
    evaluation: ops(plainInput),
    forward: { input, preActivation, activation: out, dropouts: [] },
  };
}

interface Tail {
  readonly training: Op[];
  readonly evaluation: Op[];
  readonly loss: LossOp | undefined;
}

/** The loss for training and evaluation, or the output function for predict. */
function lowerTail(
  lowering: Lowering,
  logits: Tensor,
  plainLogits: Tensor,
  gathered: Gathered,
): Tail {
  const { plan, real, request, names, traced } = lowering;
  const output = outputFunction(request);
  const y =
    output === 'identity'
      ? undefined
      : plan.declare({
          name: 'y',
          shape: logits.shape,
          type: real,
          region: 'scratch',
          quantity: traced ? names.quantity('prediction', 0) : undefined,
        });
  const { loss } = request;
  if (loss === undefined || gathered.target === undefined) {
    const equation = request.point === true ? 4 : 9;
    const ops: Op[] =
      y === undefined || output === 'identity'
        ? []
        : [{ kind: 'output', out: y, logits, function: output, equation }];
    return { training: ops, evaluation: [], loss: undefined };
  }
  if (outputOfLoss(loss.kind) !== output) throw new Error('internal: loss and output disagree.');
  const rowLosses = plan.declare({
    name: 'rowLosses',
    shape: ['N'],
    type: 'float64',
    region: 'scratch',
  });
  const op = (from: Tensor): LossOp => ({
    kind: 'loss',
    loss,
    logits: from,
    rowLosses,
    target: gathered.target!,
    equation: request.point === true ? 5 : 10,
    ...(y && { probabilities: y }),
    ...(gathered.rowWeights && { rowWeights: gathered.rowWeights }),
  });
  const training = op(logits);
  return { training: [training], evaluation: [op(plainLogits)], loss: training };
}
