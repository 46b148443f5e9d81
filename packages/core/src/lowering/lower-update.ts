/**
 * The adjoint and moment regions, the check of the merged adjoints and the update: eq. (26)–(30). The trace also
 * keeps the clipped gradient and the corrected moments m̂, v̂; the update has these corrections in its scalars.
 */
import type { Layout } from '../network/layout.ts';
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
  const regions = { parameters: lowering.flatParameters, adjoints: flatAdjoints, ...moments };
  for (const { from, to, rateFactor } of rateRanges(layout)) {
    update.push({
      kind: 'update',
      rule,
      ...(to - from === layout.parameterCount ? regions : partsOf(lowering, regions, from, to)),
      nesterov,
      weightCount: from === 0 ? Math.min(to, layout.decayingCount) : 0,
      rateFactor,
    });
  }
  if (wanted.maxNorm !== undefined) update.push(...limits(lowering, wanted.maxNorm));
  // For example m̂ and v̂, for people. The update reads coefficients instead, which contain the same corrections.
  for (const { name, moment, factor } of scaledMoments) {
    update.push(scaled(name, moments[moment]!, factor));
  }
  return { adjoints: flatAdjoints, check, update };
}

/** The limits of the weights of dense layers, which are the parameters that decay. */
function limits({ layout, flatParameters, plan }: Lowering, limit: number): Op[] {
  return layout.parameters
    .filter(({ decays }) => decays)
    .map(({ name, shape, offset }) => ({
      kind: 'limitNorms',
      weight: plan.within(flatParameters, offset, { name: `${name}.limited`, shape }),
      limit,
    }));
}

/** The flat regions of an update. */
type Regions = Readonly<
  Record<'parameters' | 'adjoints', Tensor> & Partial<Record<Moment, Tensor>>
>;

/** Elements [from, to) of the regions. */
function partsOf({ plan }: Lowering, regions: Regions, from: number, to: number): Regions {
  const parts = Object.entries(regions).map(([name, host]) => [
    name,
    plan.within(host, from, { name: `${name}[${from}:${to}]`, shape: [to - from] }),
  ]);
  return Object.fromEntries(parts) as Regions;
}

/** Neighbouring elements of the flat regions with one factor of the learning rate. */
interface RateRange {
  readonly from: number;
  readonly to: number;
  /** Absent means 1. */
  readonly rateFactor: number | undefined;
}

/**
 * The ranges of a layout, the first elements last: they are the weights, and the packing of weights must follow their
 * update directly. A network without factors has one range.
 */
function rateRanges({ parameters }: Layout): RateRange[] {
  const ranges: RateRange[] = [];
  for (const { offset, size, rateFactor, decays, name } of parameters) {
    if (decays && rateFactor !== undefined) {
      throw new Error(`internal: '${name}' decays, so it cannot have a rate of its own.`);
    }
    const last = ranges[0];
    const continues = last !== undefined && last.rateFactor === rateFactor;
    if (continues) ranges[0] = { ...last, to: offset + size };
    else ranges.unshift({ from: offset, to: offset + size, rateFactor });
  }
  return ranges;
}
