/**
 * The two ways to keep weights small. They are the same for plain gradient descent, but differ for Adam.
 *
 * `l2` (and `l1`) belong to the loss: l2·w and l1·sign w are added to the gradient after clipping, so an adaptive
 * optimiser divides them too. `weightDecay` is decoupled: w ← (1 − α λ) w comes before the step, and nothing divides
 * it. Both act in full at each step, whatever the batch size (scikit-learn divides its `alpha` by the rows of the
 * batch), and on weights only (PyTorch decays biases too).
 *
 * Source: Loshchilov & Hutter 2019, section 2.
 */
/**
 * The penalty of l1 and l2: ½ l2 Σ w² + l1 Σ |w| over the weights, summed in order in float64. A history reports it
 * beside the loss, not as a part of the loss.
 *
 * @param weights - the weights, without the biases
 * @param l1 - at least 0
 * @param l2 - at least 0
 */
export function penaltyOf(weights: ArrayLike<number>, l1: number, l2: number): number {
  if (l1 === 0 && l2 === 0) return 0;
  let squares = 0;
  let absolutes = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i]!;
    squares += weight * weight;
    absolutes += Math.abs(weight);
  }
  return 0.5 * l2 * squares + l1 * absolutes;
}
