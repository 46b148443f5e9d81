/**
 * The median, by which times are compared, because a pause of the machine makes a few of them long.
 *
 * @param {readonly number[]} values
 * @returns {number} the upper one of two in the middle; NaN without values
 */
export function median(values) {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
