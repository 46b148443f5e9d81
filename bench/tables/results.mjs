/**
 * The file of results: one line of JSON for each table, method and seed. A run appends to it and leaves out what is there, so
 * that it can be interrupted and continued, and a further method is measured alone.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/**
 * @typedef {object} Result
 * @property {string} table
 * @property {string} task
 * @property {string} method
 * @property {number} seed
 * @property {number} [error]
 * @property {number} [loss]
 * @property {number} [auc]
 * @property {number} [fit] - seconds
 * @property {number} [wall] - seconds
 * @property {number} [processor] - seconds of all processors to fit
 * @property {number} [predict] - seconds
 * @property {number} [memory] - bytes
 * @property {string} [fault] - why there are no scores: the method failed or took too long
 * @property {string} version
 * @property {string} cpu
 * @property {number} threads
 * @property {string} date
 * @property {number} load - the load average of the machine when the fit ended
 */

/** What a result is for. @param {{ table: string, method: string, seed: number }} result */
export function keyOf({ table, method, seed }) {
  return `${table} ${method} ${seed}`;
}

/**
 * The results of a file, the last one for each table, method and seed. A line that an interrupted run left half written is left out.
 *
 * @param {string} file
 * @returns {Map<string, Result>}
 */
export function readResults(file) {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return new Map(
    text
      .split('\n')
      .flatMap(parsed)
      .map((result) => [keyOf(result), result]),
  );
}

/** @param {string} file @param {Result} result */
export function appendResult(file, result) {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const start = text === '' || text.endsWith('\n') ? '' : '\n';
  appendFileSync(file, `${start}${JSON.stringify(result)}\n`);
}

/** @param {string} line @returns {Result[]} one result, or none of a line that is not whole */
function parsed(line) {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}
