/**
 * Estimators to and from their saved state, for the file format: it writes the state's JSON and the network's
 * parameters, and hands back what it read. Everything read is checked here.
 */
import { readClasses, readPreparation, readTargetScaler } from '../data/read-preparation.ts';
import { ModelFormatError } from '../errors.ts';
import type { Network } from '../model.ts';
import { show } from '../options.ts';
import { classifierState, restoreClassifier, type FittedClassifier } from './classifier.ts';
import { regressorState, restoreRegressor, type FittedRegressor } from './regressor.ts';
import type { EstimatorState } from './state.ts';

/**
 * The state of a fitted estimator: `kind`, `version`, `options`, `preparation` and `classes` (or
 * `targetScaler` and `vector`) are JSON, `network` is the live network.
 *
 * @param value - anything
 * @returns the state, or undefined if `value` is no estimator
 * @throws {VinculumError} with code `not-fitted` when it is an estimator that was not fitted
 */
export function estimatorState(value: unknown): EstimatorState | undefined {
  return classifierState(value) ?? regressorState(value);
}

/**
 * The estimator of a saved state.
 *
 * @param where - the public function, for messages
 * @param json - the state's JSON (without `network`), parsed, of unknown origin
 * @param network - the network, already rebuilt
 * @throws {ModelFormatError} when a part is missing or wrong, or parts do not fit each other
 */
export function restoreEstimator(
  where: string,
  json: unknown,
  network: Network,
): FittedClassifier | FittedRegressor {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new ModelFormatError(`${where}: the estimator must be an object; got ${show(json)}.`);
  }
  const fields = new Map<string, unknown>(Object.entries(json));
  const [kind, version] = [fields.get('kind'), fields.get('version')];
  if (version !== 1 || (kind !== 'classifier' && kind !== 'regressor')) {
    throw new ModelFormatError(
      `${where}: the estimator must be a classifier or regressor of version 1; got ${show(kind)} of version ${show(version)}.`,
    );
  }
  const preparation = readPreparation(where, fields.get('preparation'));
  const options = readOptions(where, fields.get('options'));
  const outputs = outputsOf(network);
  if (preparation.width !== network.spec.inputs) {
    throw new ModelFormatError(
      `${where}: the preparation must give the network's ${network.spec.inputs} inputs; gives ${preparation.width}.`,
    );
  }
  if (kind === 'classifier') {
    const classes = readClasses(where, fields.get('classes'));
    if (classes.length !== outputs) throw widths(where, 'classes', classes.length, outputs);
    return rebuild(where, () => restoreClassifier(options, { classes, network, preparation }));
  }
  const targetScaler = readTargetScaler(where, fields.get('targetScaler'));
  const { length } = targetScaler.mean;
  if (length !== outputs) throw widths(where, 'targets', length, outputs);
  const vector = fields.get('vector');
  if (typeof vector !== 'boolean' || (vector && outputs !== 1)) {
    throw new ModelFormatError(
      `${where}: vector must be true or false, and true only for one output; got ${show(vector)}.`,
    );
  }
  return rebuild(where, () =>
    restoreRegressor(options, { network, preparation, targetScaler, vector }),
  );
}

/** Options in a file were valid when saved: a fault in them is the file's. */
function rebuild<Estimator>(where: string, build: () => Estimator): Estimator {
  try {
    return build();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ModelFormatError(`${where}: the estimator's options must be valid; ${reason}`);
  }
}

function readOptions(where: string, options: unknown): object {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return options;
  throw new ModelFormatError(`${where}: options must be an object; got ${show(options)}.`);
}

function outputsOf(network: Network): number {
  const last = network.spec.layers.findLast((layer) => layer.kind === 'dense');
  return last?.units ?? 0;
}

function widths(where: string, what: string, got: number, outputs: number): ModelFormatError {
  return new ModelFormatError(
    `${where}: there must be as many ${what} as outputs of the network, ${outputs}; got ${got}.`,
  );
}
