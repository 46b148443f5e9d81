/**
 * The options of a step by a plan: the same for a whole training as for a pass of `partialFit`.
 */
import type { StepOptions } from '../train/settings.ts';
import type { RecipeRequest } from './recipe-request.ts';

/**
 * What a plan says of a step.
 *
 * @param batchSize - rows of a step
 */
export function stepOptionsOf(
  { plan, classWeights }: RecipeRequest,
  batchSize: number,
): StepOptions {
  return {
    loss: plan.loss,
    optimizer: plan.optimizer,
    batchSize,
    l1: plan.l1,
    l2: plan.l2 + plan.l2ByBatch / batchSize,
    maxNorm: plan.maxNorm,
    clip: plan.clip,
    classWeights,
    numerics: plan.numerics,
    // An undefined option has the same effect as an absent option, but the type of the options does not express that.
  } as StepOptions;
}
