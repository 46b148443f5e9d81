/**
 * The score of a model: what its method `score` measures, and what early stopping watches with `monitor: 'score'`.
 */
import { lossFacts, type LossKind } from '../losses/loss.ts';

const SCORES = { class: 'accuracy', probabilities: 'subsetAccuracy', numbers: 'r2' } as const;

/** The metric that is the score, by the targets of the loss. */
export function scoreOf(loss: LossKind): (typeof SCORES)[keyof typeof SCORES] {
  return SCORES[lossFacts(loss).targets];
}
