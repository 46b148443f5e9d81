/**
 * The backward ops, from z̄ down: eq. (11)–(18) for a point, (19)–(25) for a batch. Adjoints of hidden values
 * live for one layer only, so a fused program keeps two buffers for all of them; a traced one keeps each.
 */
import type { ActivationKind } from '../activations/activation.ts';
import type { Layout } from '../network/layout.ts';
import type { DenseForward, Forward } from './lower-forward.ts';
import { needsPreActivation, type Lowering } from './lowering.ts';
import type { Op, Tensor } from './program.ts';
import type { Role } from './quantities.ts';

/** The adjoints of one dense layer's parameters. */
export interface ParameterAdjoints {
  readonly weightBar: Tensor;
  readonly biasBar: Tensor | undefined;
}

/** Lowers the backward phase. */
export function lowerBackward(
  lowering: Lowering,
  layout: Layout,
  forward: Forward,
  adjoints: readonly ParameterAdjoints[],
): Op[] {
  const { request } = lowering;
  const { loss } = forward;
  if (loss === undefined) return [];
  const ops: Op[] = [];
  const point = request.point ?? false;
  const last = layout.dense.length - 1;
  const buffers = new AdjointBuffers(lowering, layout);
  let bar = buffers.next('logitsBar', last, forward.logits);
  ops.push({
    kind: 'lossAdjoint',
    loss: loss.loss,
    out: bar,
    logits: loss.logits,
    target: loss.target,
    equation: point ? 12 : 19,
    ...(loss.probabilities && { probabilities: loss.probabilities }),
    ...(loss.rowWeights && { rowWeights: loss.rowWeights }),
  });
  for (let index = last; index >= 0; index--) {
    const step = forward.dense[index]!;
    const { layer } = layout.dense[index]!;
    const fused = !lowering.traced && index < last && step.dropouts.length === 0;
    for (const { layer: dropout, rate } of step.dropouts.toReversed()) {
      const out = buffers.elementwise('activationBar', index, bar);
      ops.push({ kind: 'dropoutAdjoint', out, input: bar, rate, layer: dropout, equation: 34 });
      bar = out;
    }
    if (!fused && layer.activation.kind !== 'identity') {
      const out = buffers.elementwise('preActivationBar', index, bar);
      const source = adjointSource(step, layer.activation.kind);
      const equation = point ? 16 : 23;
      ops.push({
        kind: 'activationAdjoint',
        out,
        input: bar,
        source,
        activation: layer.activation,
        equation,
      });
      bar = out;
    }
    const { weightBar, biasBar } = adjoints[index]!;
    ops.push({
      kind: 'denseWeightAdjoint',
      weightBar,
      outBar: bar,
      input: step.input,
      equation: (index === last ? 14 : 17) + (point ? 0 : 7),
      ...(biasBar && { biasBar }),
    });
    if (index === 0) break;
    const below = forward.dense[index - 1]!;
    const inputBar = buffers.next(
      below.dropouts.length > 0 ? 'dropoutBar' : 'activationBar',
      index - 1,
      below.activation,
    );
    const fuse = !lowering.traced && below.dropouts.length === 0;
    const { activation } = layout.dense[index - 1]!.layer;
    ops.push({
      kind: 'denseInputAdjoint',
      inputBar,
      outBar: bar,
      weight: lowering.parameters[index]!.weight,
      equation: point ? 13 : 20,
      ...(fuse &&
        activation.kind !== 'identity' && {
          activation,
          activationSource: adjointSource(below, activation.kind),
        }),
    });
    bar = inputBar;
  }
  return ops;
}

function adjointSource(step: DenseForward, kind: ActivationKind): Tensor {
  return needsPreActivation(kind) ? step.preActivation! : step.activation;
}

/** Where adjoints of hidden values go: two buffers in turn, or a tensor each for the trace. */
class AdjointBuffers {
  readonly #lowering: Lowering;
  readonly #hosts: Tensor[];
  #count = 0;

  constructor(lowering: Lowering, layout: Layout) {
    this.#lowering = lowering;
    const widest = Math.max(...layout.dense.map(({ fanOut }) => fanOut));
    this.#hosts = lowering.traced
      ? []
      : ['bars.0', 'bars.1'].map((name) =>
          lowering.plan.declare({
            name,
            shape: ['N', widest],
            type: lowering.real,
            region: 'scratch',
          }),
        );
  }

  /** The tensor for an adjoint with the shape of `like`. */
  next(role: Role, index: number, like: Tensor): Tensor {
    const { plan, traced, names, real } = this.#lowering;
    const name = `${role}.${index}.${this.#count}`;
    if (traced) {
      this.#count++;
      const quantity = names.quantity(role, index);
      return plan.declare({ name, shape: like.shape, type: real, region: 'scratch', quantity });
    }
    return plan.within(this.#hosts[this.#count++ % 2]!, 0, { name, shape: like.shape });
  }

  /** The result of an elementwise op: in place, or a tensor of its own for the trace. */
  elementwise(role: Role, index: number, input: Tensor): Tensor {
    return this.#lowering.traced ? this.next(role, index, input) : input;
  }
}
