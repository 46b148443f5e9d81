/**
 * Lowering: (network, purpose, loss, optimiser) → Program. `train` fuses bias, activation and φ′ into the
 * matrix ops and stores only the values that the backward pass reads. `trace` lowers the same ops unfused, and
 * every quantity is stored and named. `predict` has only the forward ops. All three give the same bits.
 */
import { lowerBackward } from './lower-backward.ts';
import { lowerForward } from './lower-forward.ts';
import { lowerUpdate } from './lower-update.ts';
import { newLowering, type LoweringRequest } from './lowering.ts';
import { byPhase, type Op, type Phase, type Program } from '../program/program.ts';

/**
 * Lowers a network for a purpose.
 *
 * @returns a Program; plain data, immutable
 */
export function lower(request: LoweringRequest): Program {
  const { purpose, precision, numerics = 'portable', capacity } = request;
  const lowering = newLowering(request);
  const { plan } = lowering;
  const forward = lowerForward(lowering);
  const { prepare } = forward;
  const phases: Record<Phase, readonly Op[]> = { ...byPhase(() => []), prepare };
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
    purpose,
    precision,
    numerics,
    capacity,
    tensors: plan.tensors(),
    phases,
    layers: forward.layerOutputs,
    outputs: forward.outputs,
    arenaBytes,
  };
}
