/**
 * The scores of predictions on the rows for testing. All methods are judged by this file, so that no library's own rule for a zero
 * probability or an unseen class makes a difference.
 */

/** The least probability that the logarithmic loss counts: float32's epsilon, because some methods compute in float32. */
const LEAST = 2 ** -23;

/**
 * @typedef {object} Answer
 * @property {(string | number)[]} predictions
 * @property {string[]} [classes]
 * @property {number[][]} [probabilities] - of each row, in the order of `classes`
 *
 * @typedef {object} Scores
 * @property {number} error - 1 - accuracy, or the root of the mean squared error
 * @property {number} loss - the mean of -ln p of the true class, or the root of the mean squared error
 * @property {number} [auc] - the area under the ROC curve; of two classes only
 */

/**
 * @param {Answer} answer
 * @param {readonly string[]} targets
 * @param {'binary' | 'multiclass' | 'regression'} task
 * @returns {Scores}
 * @throws {Error} if there is not one prediction for each row, or one is not a number
 */
export function score({ predictions, classes = [], probabilities = [] }, targets, task) {
  if (predictions.length !== targets.length) {
    throw new Error(`${predictions.length} predictions for ${targets.length} rows`);
  }
  if (task === 'regression') {
    const error = Math.sqrt(mean(targets.map((y, i) => (Number(y) - Number(predictions[i])) ** 2)));
    if (!Number.isFinite(error)) throw new Error('a prediction is not a number');
    return { error, loss: error };
  }
  const columns = new Map(classes.map((name, i) => [name.trim(), i]));
  const chances = targets.map((label, row) => {
    const column = columns.get(label);
    return column === undefined ? 0 : (probabilities[row]?.[column] ?? Number.NaN);
  });
  const scores = {
    error: mean(targets.map((label, i) => (String(predictions[i]).trim() === label ? 0 : 1))),
    loss: mean(chances.map((p) => -Math.log(Math.min(1, p < LEAST ? LEAST : p)))),
  };
  if (!Number.isFinite(scores.loss)) throw new Error('a probability is not a number');
  if (task !== 'binary' || classes.length !== 2) return scores;
  const positive = [...columns.keys()].toSorted()[1] ?? '';
  const column = columns.get(positive) ?? 1;
  const ofPositive = probabilities.map((row) => row[column] ?? Number.NaN);
  return {
    ...scores,
    auc: areaUnderCurve(
      ofPositive,
      targets.map((label) => label === positive),
    ),
  };
}

/**
 * The share of the pairs of a positive and a negative row in which the positive one has the larger value; equal values count half.
 *
 * @param {readonly number[]} values
 * @param {readonly boolean[]} isPositive
 */
export function areaUnderCurve(values, isPositive) {
  const ranks = ranksOf(values);
  const positives = isPositive.filter(Boolean).length;
  const sum = ranks.reduce((total, rank, i) => total + (isPositive[i] ? rank : 0), 0);
  return (sum - (positives * (positives + 1)) / 2) / (positives * (isPositive.length - positives));
}

/**
 * Ranks from 1, the smallest first; equal values share the mean of their ranks.
 *
 * @param {readonly number[]} values
 * @returns {number[]}
 */
export function ranksOf(values) {
  const order = values.map((_, i) => i);
  const at = (/** @type {number} */ place) => values[order[place] ?? 0] ?? Number.NaN;
  order.sort((a, b) => {
    const [x, y] = [values[a] ?? 0, values[b] ?? 0];
    return x === y ? a - b : x < y ? -1 : 1;
  });
  const ranks = values.map(() => 0);
  for (let first = 0; first < order.length;) {
    let end = first + 1;
    while (end < order.length && at(end) === at(first)) end++;
    for (const i of order.slice(first, end)) ranks[i] = (first + 1 + end) / 2;
    first = end;
  }
  return ranks;
}

/** @param {readonly number[]} values */
export function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
