/**
 * What the results over many tables say about the methods: mean ranks, normalised errors and errors beside those of CatBoost. The seeds of
 * a table are averaged first, so that each table counts once. A method that failed on a table has the last rank there, and its
 * normalised error is 1.
 */
import { median } from '../median.mjs';
import { mean, ranksOf } from './scores.mjs';

/** The method that the others are divided by. */
const REFERENCE = 'catboost';
/** Added to 1 - accuracy before errors are divided, because it can be 0. */
const OFFSET = 0.01;

/**
 * @typedef {import('./results.mjs').Result} Result
 *
 * @typedef {object} Summary
 * @property {string} method
 * @property {number} errorRank - the mean over the tables
 * @property {number} lossRank
 * @property {number} normalisedError - the mean over the tables; 0 is the best method of a table, 1 the worst
 * @property {number} normalisedLoss
 * @property {number | undefined} errorRatio - geometric mean of the error beside that of CatBoost, over the tables of both
 * @property {number | undefined} lossRatio
 * @property {number} fit - median of seconds
 * @property {number | undefined} wall
 * @property {number} processor - median of seconds
 * @property {number} predict
 * @property {number} memory - median of bytes
 * @property {number} failures - tables
 *
 * @typedef {object} Mean
 * @property {string} task
 * @property {number} error - infinite if the method failed with a seed
 * @property {number} loss
 * @property {number | undefined} auc
 * @property {readonly Result[]} results - of the seeds
 */

/**
 * The means over the seeds, by table and method.
 *
 * @param {Iterable<Result>} results
 * @returns {Map<string, Map<string, Mean>>}
 */
export function meansOf(results) {
  /** @type {Map<string, Map<string, Result[]>>} */
  const groups = new Map();
  for (const result of results) {
    const methods = groups.get(result.table) ?? new Map();
    groups.set(result.table, methods);
    methods.set(result.method, [...(methods.get(result.method) ?? []), result]);
  }
  return new Map(
    [...groups].map(([table, methods]) => [
      table,
      new Map([...methods].map(([method, all]) => [method, meanOf(all)])),
    ]),
  );
}

/** @param {readonly Result[]} results - of one table and method @returns {Mean} */
function meanOf(results) {
  const of = (/** @type {'error' | 'loss'} */ key) =>
    mean(results.map((result) => result[key] ?? Number.POSITIVE_INFINITY));
  const areas = results.flatMap(({ auc }) => (auc === undefined ? [] : [auc]));
  const auc = areas.length === results.length ? mean(areas) : undefined;
  return { task: results[0]?.task ?? '', error: of('error'), loss: of('loss'), auc, results };
}

/**
 * The tables that have a result or a failure of each of the methods.
 *
 * @param {ReadonlyMap<string, ReadonlyMap<string, Mean>>} means
 * @param {readonly string[]} methods
 */
export function tablesOf(means, methods) {
  return [...means.keys()].filter((table) =>
    methods.every((method) => means.get(table)?.has(method) === true),
  );
}

/**
 * The methods over the tables that all of them have, best mean rank by log-loss and RMSE first.
 *
 * @param {ReadonlyMap<string, ReadonlyMap<string, Mean>>} means
 * @param {readonly string[]} methods
 * @returns {Summary[]}
 */
export function summarise(means, methods) {
  const rows = tablesOf(means, methods).map((table) =>
    methods.map((method) => /** @type {Mean} */ (means.get(table)?.get(method))),
  );
  const [errors, losses] = [standings(rows, 'error'), standings(rows, 'loss')];
  const reference = methods.indexOf(REFERENCE);
  const summaries = methods.map((method, at) => {
    const results = rows.flatMap((row) => row[at]?.results ?? []);
    const times = (/** @type {'fit' | 'wall' | 'processor' | 'predict' | 'memory'} */ key) =>
      median(results.map((result) => result[key]).filter((value) => value !== undefined));
    const ratio = (/** @type {'error' | 'loss'} */ key) =>
      reference < 0 ? undefined : geometricRatio(rows, at, reference, key);
    return {
      method,
      errorRank: errors.ranks[at] ?? Number.NaN,
      lossRank: losses.ranks[at] ?? Number.NaN,
      normalisedError: errors.normalised[at] ?? Number.NaN,
      normalisedLoss: losses.normalised[at] ?? Number.NaN,
      errorRatio: ratio('error'),
      lossRatio: ratio('loss'),
      fit: times('fit'),
      wall: times('wall'),
      processor: times('processor'),
      predict: times('predict'),
      memory: times('memory'),
      failures: rows.filter((row) => !Number.isFinite(row[at]?.error)).length,
    };
  });
  return summaries.toSorted((a, b) => a.lossRank - b.lossRank);
}

/**
 * The mean ranks and normalised values of the methods.
 *
 * @param {readonly (readonly Mean[])[]} rows - of each table, one for each method
 * @param {'error' | 'loss'} key
 */
function standings(rows, key) {
  const values = rows.map((row) => row.map((entry) => entry[key]));
  const ranks = values.map(ranksOf);
  const normalised = values.map(normalise);
  const methods = [...(rows[0] ?? []).keys()];
  const meansAt = (/** @type {readonly (readonly number[])[]} */ all) =>
    methods.map((at) => mean(all.map((row) => row[at] ?? Number.NaN)));
  return { ranks: meansAt(ranks), normalised: meansAt(normalised) };
}

/**
 * Values of one table between 0 (best) and 1 (worst).
 *
 * @param {readonly number[]} values
 */
export function normalise(values) {
  const finite = values.filter(Number.isFinite);
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  return values.map((value) => {
    if (!Number.isFinite(value)) return 1;
    return most === least ? 0 : (value - least) / (most - least);
  });
}

/**
 * The geometric mean, over the tables that both methods have, of one method's values beside another's.
 *
 * @param {readonly (readonly Mean[])[]} rows
 * @param {number} at - the method's place in a row
 * @param {number} reference
 * @param {'error' | 'loss'} key
 */
function geometricRatio(rows, at, reference, key) {
  const shift = (/** @type {Mean | undefined} */ entry) =>
    (entry?.[key] ?? Number.NaN) + (entry?.task === 'regression' ? 0 : OFFSET);
  const logarithms = rows
    .map((row) => Math.log(shift(row[at]) / shift(row[reference])))
    .filter(Number.isFinite);
  return logarithms.length === 0 ? undefined : Math.exp(mean(logarithms));
}
