/**
 * The adjoint and moment regions, the check of the merged adjoints and the update: eq. (26)–(30). The trace
 * keeps besides the clipped gradient and the corrected moments m̂, v̂, which the update folds into its scalars.
 */
import type { Layout } from '../network/layout.ts';
import type { ParameterAdjoints } from './lower-backward.ts';
import type { Lowering } from './lowering.ts';
import type { Op, Region, Tensor, UpdateOp } from './program.ts';

export interface Update {
  readonly adjoints: readonly ParameterAdjoints[];
  readonly check: Op[];
  readonly update: Op[];
}

/** Lowers the check and the update. */
export function lowerUpdate(lowering: Lowering, layout: Layout): Update {
  const { plan, real, request, traced, names } = lowering;
  const shape = [layout.parameterCount];
  const flat = (name: string, region: Region): Tensor =>
    plan.declare({ name, shape, type: real, region });
  const adjoints = flat('adjoints', 'adjoints');
  const places = layout.dense.map(({ weight, bias, index }) => ({
    weightBar: plan.within(adjoints, weight.offset, {
      name: `${weight.name}Bar`,
      shape: weight.shape,
      quantity: traced ? names.quantity('weightBar', index) : undefined,
    }),
    biasBar:
      bias === undefined
        ? undefined
        : plan.within(adjoints, bias.offset, {
            name: `${bias.name}Bar`,
            shape: bias.shape,
            quantity: traced ? names.quantity('biasBar', index) : undefined,
          }),
  }));
  const check: Op[] = [{ kind: 'sumOfSquares', source: adjoints, equation: 30 }];
  const wanted = request.update;
  if (wanted === undefined) return { adjoints: places, check, update: [] };
  for (let spare = 0; spare < wanted.spareAdjoints; spare++) flat(`adjoints.${spare}`, 'adjoints');
  const firstMoments = wanted.firstMoments ? flat('firstMoments', 'firstMoments') : undefined;
  const secondMoments = wanted.secondMoments ? flat('secondMoments', 'secondMoments') : undefined;
  const thirdMoments = wanted.thirdMoments ? flat('thirdMoments', 'thirdMoments') : undefined;
  if (wanted.keepBest) flat('best', 'best');
  const op: UpdateOp = {
    kind: 'update',
    rule: wanted.rule,
    parameters: plan.tensor('parameters'),
    adjoints,
    nesterov: wanted.nesterov,
    weightCount: layout.weightCount,
    equation: 29,
    ...(firstMoments && { firstMoments }),
    ...(secondMoments && { secondMoments }),
    ...(thirdMoments && { thirdMoments }),
  };
  const update: Op[] = [op];
  if (traced) {
    const clipped = flat('clippedAdjoints', 'scratch');
    update.unshift({
      kind: 'scale',
      out: clipped,
      input: adjoints,
      factor: 'clipScale',
      equation: 30,
    });
    if (wanted.rule === 'adam')
      update.push(...corrections(flat, firstMoments!, thirdMoments ?? secondMoments!));
  }
  return { adjoints: places, check, update };
}

/**
 * m̂ and v̂, for people: the update uses a and d instead, which hold the same corrections.
 *
 * @param roots - v, or the largest v so far with AMSGrad
 */
function corrections(
  flat: (name: string, region: Region) => Tensor,
  firstMoments: Tensor,
  roots: Tensor,
): Op[] {
  return [
    {
      kind: 'scale',
      out: flat('correctedFirstMoments', 'scratch'),
      input: firstMoments,
      factor: 'firstCorrection',
      equation: 28,
    },
    {
      kind: 'scale',
      out: flat('correctedSecondMoments', 'scratch'),
      input: roots,
      factor: 'secondCorrection',
      equation: 28,
    },
  ];
}
