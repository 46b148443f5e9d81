/**
 * The backward ops, from z̄ down: eq. (11)–(18) for a point, (19)–(25) for a batch. Adjoints of hidden values
 * live for one layer only, so a fused program keeps two buffers for all of them; a traced one keeps each.
 */
import type { Forward } from './lower-forward.ts';
import type { DenseTensors, Lowering } from './lowering.ts';
import type { Op, Tensor } from './program.ts';
import type { Role } from './quantities.ts';

/** Lowers the backward phase. */
export function lowerBackward(
  lowering: Lowering,
  { loss, logits, dense }: Forward,
  adjoints: readonly DenseTensors[],
): Op[] {
  if (loss === undefined) return [];
  const { layout, traced, parameters } = lowering;
  const last = layout.dense.length - 1;
  const next = adjointBuffers(lowering);
  /** The result of an elementwise op: in place, or a tensor of its own for the trace. */
  const elementwise = (role: Role, index: number, input: Tensor): Tensor =>
    traced ? next(role, index, input) : input;
  let bar = next('logitsBar', last, logits);
  const ops: Op[] = [{ ...loss, kind: 'lossAdjoint', out: bar }];
  for (let index = last; index >= 0; index--) {
    const { input, dropouts, derivative } = dense[index]!;
    for (const { layer, rate } of dropouts.toReversed()) {
      const out = elementwise('activationBar', index, bar);
      ops.push({ kind: 'dropoutAdjoint', out, input: bar, rate, layer });
      bar = out;
    }
    const fused = !traced && index < last && dropouts.length === 0;
    if (derivative !== undefined && !fused) {
      const out = elementwise('preActivationBar', index, bar);
      ops.push({
        kind: 'activationAdjoint',
        out,
        input: bar,
        ...derivative,
      });
      bar = out;
    }
    const { weight, bias } = adjoints[index]!;
    ops.push({
      kind: 'denseWeightAdjoint',
      weightBar: weight,
      biasBar: bias,
      outBar: bar,
      input,
    });
    if (index === 0) break;
    const below = dense[index - 1]!;
    const dropped = below.dropouts.length > 0;
    const inputBar = next(dropped ? 'dropoutBar' : 'activationBar', index - 1, below.activation);
    ops.push({
      kind: 'denseInputAdjoint',
      inputBar,
      outBar: bar,
      weight: parameters[index]!.weight,
      ...(traced || dropped ? undefined : below.derivative),
    });
    bar = inputBar;
  }
  return ops;
}

/** Where an adjoint of the shape of `like` goes: into two buffers in turn, or a tensor each for the trace. */
function adjointBuffers({
  request,
  layout,
  plan,
  traced,
  scratch,
}: Lowering): (role: Role, index: number, like: Tensor) => Tensor {
  const widest = Math.max(...layout.dense.map(({ fanOut }) => fanOut));
  const hosts = traced
    ? []
    : ['bars.0', 'bars.1'].map((name) =>
        plan.declare({
          name,
          shape: ['N', widest],
          type: request.precision,
        }),
      );
  let count = 0;
  return (role, index, { shape }) => {
    const name = `${role}.${index}.${count++}`;
    return traced
      ? scratch(name, shape, role, index)
      : plan.within(hosts[(count - 1) % 2]!, 0, { name, shape });
  };
}
