/**
 * The adjoint and moment regions, the check of the merged adjoints and the update: eq. (26)–(30). The trace also
 * keeps the clipped gradient and the corrected moments m̂, v̂; the update has these corrections in its scalars.
 */
import type { Moment } from '../optim/contract.ts';
import { SUM_BLOCK, type Op, type Tensor } from '../program/program.ts';
import type { ScalarSlot } from '../program/scalars.ts';
import type { Lowering } from './lowering.ts';

export interface Update {
  /** The adjoints of all parameters, in flat order. */
  readonly adjoints: Tensor;
  readonly check: readonly Op[];
  readonly update: readonly Op[];
}

/** Lowers the check and the update. */
export function lowerUpdate(lowering: Lowering): Update {
  const { request, traced, flat, layout } = lowering;
  const flatAdjoints = flat('adjoints', 'adjoints');
  const blocks = lowering.plan.declare({
    name: 'blocks',
    shape: [2 * Math.ceil(layout.parameterCount / SUM_BLOCK)],
    type: 'float64',
  });
  const check: Op[] = [{ kind: 'sumOfSquares', source: flatAdjoints, blocks }];
  const wanted = request.update;
  if (wanted === undefined) return { adjoints: flatAdjoints, check, update: [] };
  const { rule, nesterov, scaledMoments = [] } = wanted;
  for (let spare = 0; spare < wanted.spareAdjoints; spare++) flat(`adjoints.${spare}`, 'adjoints');
  const moments = Object.fromEntries(
    wanted.moments.map((name) => [name, flat(name, name)]),
  ) as Partial<Record<Moment, Tensor>>;
  if (wanted.keepBest) flat('best', 'best');
  const scaled = (name: string, input: Tensor, factor: ScalarSlot): Op => ({
    kind: 'scale',
    out: flat(name, 'scratch'),
    input,
    factor,
  });
  const update: Op[] = [];
  if (traced) update.push(scaled('clippedAdjoints', flatAdjoints, 'clipScale'));
  update.push({
    kind: 'update',
    rule,
    parameters: lowering.flatParameters,
    adjoints: flatAdjoints,
    ...moments,
    nesterov,
    weightCount: layout.decayingCount,
  });
  // For example m̂ and v̂, for people. The update reads coefficients instead, which contain the same corrections.
  for (const { name, moment, factor } of scaledMoments) {
    update.push(scaled(name, moments[moment]!, factor));
  }
  return { adjoints: flatAdjoints, check, update };
}
