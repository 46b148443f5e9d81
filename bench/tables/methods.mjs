/**
 * The methods of the comparison on tables, ours first. A preset of vinculum is a row with the flags that a user gives. `stage` says
 * when a method is run: all tables are done by the methods of a stage before the next stage begins, so that the cheap methods are
 * there early.
 *
 * @typedef {object} Method
 * @property {string} name - in options and in the results
 * @property {string} title
 * @property {number} stage
 * @property {readonly string[]} [flags] - of `vinculum train`; absent of a peer
 * @property {number} [maxRows] - the most rows of a table on which it is run, because it is slow
 */

/** @type {readonly Method[]} */
export const METHODS = [
  { name: 'fast', title: '**vinculum** fast', stage: 0, flags: ['--preset', 'fast'] },
  { name: 'balanced', title: '**vinculum** balanced', stage: 0, flags: ['--preset', 'balanced'] },
  { name: 'best', title: '**vinculum** best', stage: 1, flags: ['--preset', 'best'] },
  { name: 'linear', title: 'linear (scikit-learn)', stage: 0 },
  { name: 'mlp', title: 'MLP (scikit-learn)', stage: 0 },
  { name: 'forest', title: 'random forest (scikit-learn)', stage: 0 },
  { name: 'hgb', title: 'HistGradientBoosting', stage: 0 },
  { name: 'lightgbm', title: 'LightGBM', stage: 0 },
  { name: 'xgboost', title: 'XGBoost', stage: 0 },
  { name: 'catboost', title: 'CatBoost', stage: 1 },
  { name: 'realmlp', title: 'RealMLP-TD (pytabkit)', stage: 2, maxRows: 10_000 },
  { name: 'tabm', title: 'TabM (pytabkit)', stage: 3, maxRows: 2_000 },
];

/**
 * A method with flags of its own, for an experiment.
 *
 * @param {string} text - such as 'wide: --hidden 256,256 --epochs 100'
 * @returns {Method}
 * @throws {Error} if it has no name, or the name of another method
 */
export function variant(text) {
  const [, name, flags = ''] = /^([\w.-]+)\s*:(.*)$/.exec(text) ?? [];
  if (name === undefined) {
    throw new Error(`--variant must be 'NAME: FLAGS'; got '${text}'.`);
  }
  if (METHODS.some((method) => method.name === name)) {
    throw new Error(`--variant must have a name that no method has; got '${name}'.`);
  }
  const words = flags.trim().split(/\s+/).filter(Boolean);
  return { name, title: `**vinculum** ${name}`, stage: 0, flags: words };
}
