/**
 * Lowering: (network, purpose, loss, optimiser) → Program. `train` fuses bias, activation and φ′ into the
 * matrix ops and stores only what the backward pass reads; `trace` lowers the same ops unfused with every
 * quantity stored and named; `predict` has the forward ops alone. All three give the same bits.
 */
import { layoutOf } from '../network/layout.ts';
import { lowerBackward } from './lower-backward.ts';
import { lowerForward } from './lower-forward.ts';
import { lowerUpdate } from './lower-update.ts';
import type { Lowering, LoweringRequest } from './lowering.ts';
import { MemoryPlan } from './memory.ts';
import type { Op, Phase, Program } from './program.ts';
import { namer } from './quantities.ts';

/**
 * Lowers a network for a purpose.
 *
 * @returns a Program; plain data, immutable
 */
export function lower(request: LoweringRequest): Program {
  const { spec, purpose, precision, capacity } = request;
  const layout = layoutOf(spec);
  const plan = new MemoryPlan(capacity);
  const traced = purpose === 'trace';
  const names = namer(layout.dense.length, request.point ?? false);
  const region = plan.declare({
    name: 'parameters',
    shape: [layout.parameterCount],
    type: precision,
    region: 'parameters',
  });
  const parameters = layout.dense.map(({ weight, bias, index, fanIn, fanOut }) => ({
    weight: plan.within(region, weight.offset, {
      name: weight.name,
      shape: weight.shape,
      quantity: traced ? names.quantity('weight', index) : undefined,
    }),
    bias:
      bias === undefined
        ? undefined
        : plan.within(region, bias.offset, {
            name: bias.name,
            shape: bias.shape,
            quantity: traced ? names.quantity('bias', index) : undefined,
          }),
    packed: plan.declare({
      name: `layers.${index}.packed`,
      shape: [packedSize(fanIn, fanOut)],
      type: precision,
      region: 'packed',
    }),
  }));
  const lowering: Lowering = { request, plan, names, real: precision, traced, parameters };
  const phases: Record<Phase, Op[]> = {
    prepare: [],
    forward: [],
    backward: [],
    check: [],
    update: [],
    evaluate: [],
  };
  phases.prepare = parameters.map(({ weight, packed }) => ({
    kind: 'packWeights',
    out: packed,
    weight,
  }));
  const forward = lowerForward(lowering, layout);
  if (purpose === 'predict') {
    phases.forward = forward.training;
  } else {
    phases.forward = [...phases.prepare, ...forward.training];
    phases.evaluate = forward.evaluation;
    const update = lowerUpdate(lowering, layout);
    phases.backward = lowerBackward(lowering, layout, forward, update.adjoints);
    phases.check = update.check;
    phases.update = update.update;
  }
  const arenaBytes = plan.place();
  return {
    spec,
    layout,
    purpose,
    precision,
    capacity,
    tensors: plan.tensors(),
    phases,
    arenaBytes,
  };
}

/** Columns of a panel of packed weights; the wasm kernels' tile is as wide. */
const PANEL_COLUMNS = 8;

function packedSize(fanIn: number, fanOut: number): number {
  return Math.floor((fanOut + PANEL_COLUMNS - 1) / PANEL_COLUMNS) * PANEL_COLUMNS * fanIn;
}
