/**
 * A search among plans: each is measured on the same splits, and the best mean wins. With successive halving all plans begin
 * with few epochs, and the best third of them goes on with three times as many, until the last few have all epochs. Estimators
 * and `vinculum tune` use this function; it knows no options or flags.
 *
 * Source: Bergstra & Bengio 2012 for the random search; Jamieson & Talwalkar 2016, "Non-stochastic best arm identification and
 * hyperparameter optimization", for successive halving, with epochs as the resource.
 */
import type { Split } from '../arrays/split.ts';
import { METRICS, type MetricName } from '../metrics/registry.ts';
import { NonFiniteError } from '../words/errors.ts';
import { crossLearn, type CrossValidation } from './cross-learn.ts';
import type { TrainPlan } from './plan.ts';
import type { RecipeRequest } from './recipe-request.ts';

/** How plans are compared. */
export const SEARCH_METHODS = ['random', 'halving'] as const;
export type SearchMethod = (typeof SEARCH_METHODS)[number];

/** The largest share of the plans that goes on is one of so many, with so many times the epochs. */
const FACTOR = 3;

/** What a search compares, and by what. */
export interface SearchRequest {
  /** Its plan has no effect. */
  readonly request: RecipeRequest;
  readonly plans: readonly TrainPlan[];
  readonly method: SearchMethod;
  readonly splits: readonly Split[];
  /** The metrics that are measured; the first one decides. */
  readonly metrics: readonly [MetricName, ...MetricName[]];
  /** Called after each measurement of a plan. */
  readonly onMeasured?: ((outcome: Outcome) => void) | undefined;
}

/** How a plan did. */
export interface Outcome {
  /** The place of the plan in the list. */
  readonly place: number;
  /** The most epochs that each of its trainings could take. */
  readonly epochs: number;
  /** Absent if a training diverged. */
  readonly scores?: CrossValidation | undefined;
}

/**
 * Measures the plans, and returns the last outcome of each in the order of the list, and the place of the best one.
 *
 * @throws as `crossLearn` does, except {NonFiniteError}: a plan that diverges is worse than every other
 */
export async function searchPlans(
  search: SearchRequest,
): Promise<{ readonly outcomes: readonly Outcome[]; readonly best: number }> {
  const { plans, metrics } = search;
  const outcomes = new Map<number, Outcome>();
  let places = [...plans.keys()];
  for (let divisor = firstDivisor(search); ; divisor /= FACTOR) {
    for (const place of places) {
      const epochs = Math.max(Math.floor(plans[place]!.epochs / divisor), 1);
      outcomes.set(place, await measured(search, place, epochs));
      search.onMeasured?.(outcomes.get(place)!);
    }
    // Sorting is stable, so of equal scores the first plan is the best.
    places = places.toSorted((a, b) => compare(outcomes.get(a)!, outcomes.get(b)!, metrics[0]));
    if (divisor === 1) break;
    places = places.slice(0, Math.ceil(places.length / FACTOR)).toSorted((a, b) => a - b);
  }
  return { outcomes: plans.map((_, place) => outcomes.get(place)!), best: places[0]! };
}

/** By what the epochs of the first round are divided; at most {@link FACTOR} plans are left in the last round, which has all. */
function firstDivisor({ method, plans }: SearchRequest): number {
  let divisor = 1;
  if (method === 'random') return divisor;
  for (let left = plans.length; left > FACTOR; left = Math.ceil(left / FACTOR)) divisor *= FACTOR;
  return divisor;
}

async function measured(search: SearchRequest, place: number, epochs: number): Promise<Outcome> {
  const { request, plans, splits, metrics } = search;
  const plan = { ...plans[place]!, epochs };
  try {
    const scores = await crossLearn({ request: { ...request, plan }, splits, metrics });
    return { place, epochs, scores };
  } catch (error) {
    if (error instanceof NonFiniteError) return { place, epochs };
    throw error;
  }
}

/** Below 0 if the first outcome is better. */
function compare(a: Outcome, b: Outcome, metric: MetricName): number {
  const [first, second] = [scoreOf(a, metric), scoreOf(b, metric)];
  return first === second ? 0 : first > second ? -1 : 1;
}

/** The mean of the metric, turned so that more is better; the least number if there is none. */
function scoreOf({ scores }: Outcome, metric: MetricName): number {
  const value = scores?.mean[metric] ?? NaN;
  if (Number.isNaN(value)) return -Infinity;
  return METRICS[metric].better === 'up' ? value : -value;
}
