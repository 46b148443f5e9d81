/**
 * The backward ops, from z̄ down: eq. (11)–(18) for a point, (19)–(25) for a batch. The adjoint of a hidden value
 * is needed for one layer only, so a fused program has two buffers for all of them; a traced program keeps each.
 */
import type { InputAdjoint } from '../network/layers/layer.ts';
import type { Op, Origin, Tensor } from '../program/program.ts';
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
  const { traced, part } = lowering;
  const adjoints = adjointTensors(lowering);
  const ops: Op[] = [];
  const zBar = adjoints.fresh(logits, { role: 'zBar' });
  ops.push({ ...loss, kind: 'lossAdjoint', out: zBar });
  // Below the first layer with parameters no op reads an adjoint.
  const lowest = layers.findIndex(({ place }) => place.parameters.length > 0);
  let bar: InputAdjoint | undefined = { tensor: zBar, differentiated: false };
  for (let i = layers.length - 1; i >= lowest && bar !== undefined; i--) {
    const { position, place, lowered } = layers[i]!;
    bar = lowered.backward({
      outBar: bar.tensor,
      differentiated: bar.differentiated,
      needsInput: i > lowest,
      below: traced ? undefined : layers[i - 1]?.lowered.derivative,
      push: (op) => void ops.push(op),
      parameterBar: (role) => part(flatAdjoints, placeOf(place.parameters, role), 'Bar', position),
      fresh: (role, like) => adjoints.fresh(like, { layer: position, role }),
      inPlace: (role, over) => adjoints.inPlace(over, { layer: position, role }),
    });
  }
  return ops;
}

/** Functions that give an adjoint its tensor, as `fresh` and `inPlace` of a layer's backward step do. */
interface AdjointTensors {
  readonly fresh: (like: Tensor, origin: Origin) => Tensor;
  readonly inPlace: (bar: Tensor, origin: Origin) => Tensor;
}

/** The memory of the adjoints: two buffers in turn, or for the trace a separate tensor for each. */
function adjointTensors({ layout, plan, traced, value, hidden }: Lowering): AdjointTensors {
  const widest = layout.layers.reduce((most, { outputs }) => Math.max(most, outputs), 1);
  const hosts = traced ? [] : ['bars.0', 'bars.1'].map((name) => hidden(name, ['N', widest]));
  let count = 0;
  const fresh: AdjointTensors['fresh'] = ({ shape }, origin) => {
    const name = `adjoint.${count}`;
    const host = hosts[count++ % 2];
    return host === undefined ? value(name, shape, origin) : plan.within(host, 0, { name, shape });
  };
  return { fresh, inPlace: (bar, origin) => (traced ? fresh(bar, origin) : bar) };
}
