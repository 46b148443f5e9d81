/**
 * The backward ops, from z̄ down: eq. (11)–(18) for a point, (19)–(25) for a batch. The adjoint of a hidden value
 * is needed for one layer only, so a fused program has two buffers for all of them; a traced program keeps each.
 */
import type { BackwardStep, InputAdjoint } from '../network/layers/layer.ts';
import { barOf } from '../program/notation.ts';
import type { Op, Tensor } from '../program/program.ts';
import { adjointOfLoss } from './loss-formula.ts';
import { placeOf, type Forward } from './lower-forward.ts';
import type { Lowering } from './lowering.ts';

/**
 * Lowers the backward phase.
 *
 * @param flatAdjoints - the tensor for the adjoints of the parameters
 */
export function lowerBackward(
  lowering: Lowering,
  { loss, logits, layers }: Forward,
  flatAdjoints: Tensor,
): Op[] {
  if (loss === undefined) return [];
  const { traced, request, part } = lowering;
  const { fresh, inPlace } = adjointTensors(lowering);
  const ops: Op[] = [];
  const zBar = fresh(logits.tensor, () => ({
    notation: barOf(logits.notation),
    equation: [12, 19],
    formula: adjointOfLoss(loss, request.point ?? false),
  }));
  ops.push({ ...loss, kind: 'lossAdjoint', out: zBar });
  // Below the first layer with parameters no op reads an adjoint.
  const lowest = layers.findIndex(({ place }) => place.parameters.length > 0);
  let bar: InputAdjoint | undefined = { tensor: zBar, differentiated: false };
  for (let position = layers.length - 1; position >= lowest && bar !== undefined; position--) {
    const { place, lowered } = layers[position]!;
    const parameterBar: BackwardStep['parameterBar'] = (role, describe) =>
      part(flatAdjoints, placeOf(place.parameters, role), 'Bar', describe);
    bar = lowered.backward({
      outBar: bar.tensor,
      differentiated: bar.differentiated,
      needsInput: position > lowest,
      below: traced ? undefined : layers[position - 1]?.lowered.derivative,
      push: (op) => void ops.push(op),
      parameterBar,
      fresh,
      inPlace,
    });
  }
  return ops;
}

/** The memory of the adjoints: two buffers in turn, or for the trace a separate tensor for each. */
function adjointTensors({
  layout,
  plan,
  traced,
  value,
  hidden,
}: Lowering): Pick<BackwardStep, 'fresh' | 'inPlace'> {
  const widest = layout.layers.reduce((most, { outputs }) => Math.max(most, outputs), 1);
  const hosts = traced ? [] : ['bars.0', 'bars.1'].map((name) => hidden(name, ['N', widest]));
  let count = 0;
  const fresh: BackwardStep['fresh'] = ({ shape }, describe) => {
    const name = `adjoint.${count}`;
    const host = hosts[count++ % 2];
    return host === undefined
      ? value(name, shape, describe)
      : plan.within(host, 0, { name, shape });
  };
  const inPlace: BackwardStep['inPlace'] = (bar, describe) => (traced ? fresh(bar, describe) : bar);
  return { fresh, inPlace };
}
