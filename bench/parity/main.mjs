/**
 * `node bench/parity/main.mjs`: the estimators without preset beside scikit-learn's MLP with its defaults, on its small data sets.
 * For each seed the rows are divided by scikit-learn (a quarter to test, classes stratified) and standardised, and both learn from the
 * same rows. It prints the mean test score of both and the standard error of each over the splits; ours may differ by that of
 * scikit-learn. Each split is learned with several random states, because one test row of a small set is as much as a standard error.
 *
 * `VINCULUM_BENCH_PYTHON` names an interpreter with scikit-learn. Options: `--solver adam|sgd|lbfgs`, `--seeds N` splits, `--starts N`
 * random states for each.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Classifier, Regressor } from '../../packages/core/dist/index.node.js';

const { solver, seeds, starts } = parseArgs({
  options: {
    solver: { type: 'string', default: 'adam' },
    seeds: { type: 'string', default: '10' },
    starts: { type: 'string', default: '3' },
  },
}).values;

/** @type {Map<string, { ours: number[], theirs: number[] }>} */
const scores = new Map();
const python = process.env['VINCULUM_BENCH_PYTHON'] ?? 'python3';
const peer = spawn(python, ['parity_side.py', solver, seeds, starts], {
  cwd: fileURLToPath(new URL('../python', import.meta.url)),
  stdio: ['ignore', 'pipe', 'inherit'],
});
for await (const line of createInterface({ input: peer.stdout })) {
  const { version, name, states, train, test, scores: theirs } = JSON.parse(line);
  if (version !== undefined) {
    console.log(
      `scikit-learn ${version}, solver ${solver}, ${seeds} splits, ${starts} random states for each`,
    );
    continue;
  }
  const own = [];
  for (const randomState of states) {
    const options = { solver, randomState };
    const model = name === 'diabetes' ? new Regressor(options) : new Classifier(options);
    own.push((await model.fit(train.x, train.y)).score(test.x, test.y));
  }
  const both = scores.get(name) ?? { ours: [], theirs: [] };
  both.ours.push(meanOf(own));
  both.theirs.push(meanOf(theirs));
  scores.set(name, both);
}
for (const [name, { ours, theirs }] of scores) {
  const [own, other] = [meanOf(ours), meanOf(theirs)];
  const error = errorOf(theirs);
  const verdict = own >= other - error ? (own <= other + error ? 'within' : 'above') : 'BELOW';
  console.log(
    `${name.padEnd(14)} scikit-learn ${other.toFixed(4)} ± ${error.toFixed(4)}   vinculum ${own.toFixed(4)} ± ${errorOf(ours).toFixed(4)}   ${verdict}`,
  );
}

/** @param {readonly number[]} values */
function meanOf(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The standard error of the mean. @param {readonly number[]} values */
function errorOf(values) {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}
