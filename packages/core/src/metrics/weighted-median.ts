/**
 * The median of values that count as often as their weights say.
 */

/**
 * The value that half of the weight does not exceed; if exactly half of the weight ends between two values, their mean. With equal
 * weights it is the usual median. Values of weight 0 are not there.
 *
 * @param order - the places of the values, by ascending value
 * @param weights - at the place of its value; absent, each value counts once
 * @returns NaN without values, or without weight
 *
 * Source: Hyndman & Fan 1996, definition 2; scikit-learn's `_weighted_percentile` with `average=True`.
 */
export function medianInOrder(
  values: ArrayLike<number>,
  order: ArrayLike<number>,
  weights?: ArrayLike<number>,
): number {
  const weightOf = (place: number): number => weights?.[place] ?? 1;
  let total = 0;
  for (let i = 0; i < order.length; i++) total += weightOf(order[i]!);
  let sum = 0;
  let lower: number | undefined;
  for (let i = 0; i < order.length; i++) {
    const place = order[i]!;
    if (weightOf(place) === 0) continue;
    if (lower !== undefined) return (lower + values[place]!) / 2;
    sum += weightOf(place);
    if (sum - total / 2 > Number.EPSILON) return values[place]!;
    if (sum >= total / 2) lower = values[place]!;
  }
  return lower ?? NaN;
}
