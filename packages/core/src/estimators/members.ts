/**
 * How the networks of an ensemble differ: each member has a seed of its own, for its weights, the order of its rows and its
 * dropout, and each holds out another fold of the rows for early stopping. A plan without an ensemble has one member, whose
 * seed is the seed of the plan.
 */
import { blockInto, PURPOSES } from '../random/streams.ts';
import type { Fold } from '../arrays/split.ts';
import type { Ensemble, TrainPlan } from './plan.ts';

/** One network of a plan. */
export interface Member {
  readonly seed: number;
  readonly fold: Fold;
}

/** With fewer folds than this a network would not learn from more than a quarter of the rows. */
const FEWEST_FOLDS = 4;

/**
 * The part `ensemble` of a plan; nothing for a single network.
 *
 * @param crossFits - whether each row is to be held out by a network, because the user has named no share of rows to hold out
 */
export function ensemblePart(
  members: number,
  crossFits: boolean,
): { readonly ensemble?: Ensemble } {
  if (members === 1) return {};
  return { ensemble: { members, ...(crossFits && members >= FEWEST_FOLDS && { folds: members }) } };
}

/** A plan with another number of networks. */
export function withMembers(plan: TrainPlan, members: number): TrainPlan {
  const { ensemble, ...single } = plan;
  if (members === (ensemble?.members ?? 1)) return plan;
  return { ...single, ...ensemblePart(members, ensemble?.folds !== undefined) };
}

/** Seeds are integers below 2^53: one word of 32 bits, and 21 bits of another. */
const HIGH_BITS = 0x1fffff;
const TWO_TO_32 = 4294967296;

/** The members of a plan, in the order in which their outputs are added. */
export function membersOf({ seed, ensemble }: TrainPlan): Member[] {
  const count = ensemble?.members ?? 1;
  return Array.from({ length: count }, (_, index) => ({
    seed: seedOfMember(seed, index),
    fold: { index, count },
  }));
}

/**
 * The seed of a member. Member 0 has the plan's own seed. The others have random ones, because ensembles of neighbouring seeds
 * would share most of their networks if the seeds of the members were seed + 1, seed + 2, ….
 */
function seedOfMember(seed: number, index: number): number {
  if (index === 0) return seed;
  const words = new Uint32Array(4);
  blockInto(words, seed, PURPOSES.member, 0, index, 0, 0);
  return (words[1]! & HIGH_BITS) * TWO_TO_32 + words[0]!;
}
