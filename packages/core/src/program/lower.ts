/**
 * Lowering: (network, purpose, loss, optimiser) → Program. `train` fuses bias, activation and φ′ into the
 * matrix ops and stores only what the backward pass reads; `trace` lowers the same ops unfused with every
 * quantity stored and named; `predict` has the forward ops alone. All three give the same bits.
 */
import { lowerBackward } from './lower-backward.ts';
import { lowerForward } from './lower-forward.ts';
import { lowerUpdate } from './lower-update.ts';
import { newLowering, type LoweringRequest } from './lowering.ts';
import { byPhase, type Op, type PackWeightsOp, type Phase, type Program } from './program.ts';

/**
 * Lowers a network for a purpose.
 *
 * @returns a Program; plain data, immutable
 */
export function lower(request: LoweringRequest): Program {
  const { spec, purpose, precision, capacity } = request;
  const lowering = newLowering(request);
  const { layout, plan, parameters } = lowering;
  const prepare = layout.dense.map(({ index, fanIn, fanOut }): PackWeightsOp => {
    const name = `layers.${index}.packed`;
    const shape = [packedSize(fanIn, fanOut)];
    const out = plan.declare({ name, shape, type: precision, region: 'packed' });
    return { kind: 'packWeights', out, weight: parameters[index]!.weight };
  });
  const phases: Record<Phase, readonly Op[]> = { ...byPhase(() => []), prepare };
  const forward = lowerForward(lowering, prepare);
  phases.forward = forward.training;
  if (purpose !== 'predict') {
    phases.evaluate = forward.evaluation;
    const { adjoints, check, update } = lowerUpdate(lowering);
    phases.backward = lowerBackward(lowering, forward, adjoints);
    phases.check = check;
    phases.update = update.length === 0 ? [] : [...update, ...prepare];
    const sharded = (request.update?.spareAdjoints ?? 0) > 0;
    phases.gradients = [...phases.forward, ...phases.backward, ...(sharded ? [] : check)];
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

/** Columns of the widest panel that a backend packs weights in; kernels with narrower ones use less of it. */
const PANEL_COLUMNS = 32;

function packedSize(fanIn: number, fanOut: number): number {
  return Math.ceil(fanOut / PANEL_COLUMNS) * PANEL_COLUMNS * fanIn;
}
