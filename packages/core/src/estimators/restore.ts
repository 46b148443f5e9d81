/**
 * Estimators to and from their saved state, for the file format: it writes the state's JSON and the network's
 * parameters, and hands back what it read. Everything read is checked here.
 */
import {
  BOOLEAN,
  OBJECT,
  oneOf,
  readClasses,
  readPreparation,
  readTargetScaler,
  recordOf,
} from '../data/read-preparation.ts';
import { ModelFormatError } from '../errors.ts';
import type { Network } from '../model.ts';
import { restoreClassifier, type FittedClassifier } from './classifier.ts';
import { Estimator } from './estimator.ts';
import { restoreRegressor, type FittedRegressor } from './regressor.ts';
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
  return value instanceof Estimator ? value.toState() : undefined;
}

const SHARED = { version: oneOf(1), options: OBJECT, preparation: readPreparation };
const KIND = recordOf({ kind: oneOf('classifier', 'regressor') });
const STATES = {
  classifier: recordOf({ ...SHARED, classes: readClasses }),
  regressor: recordOf({ ...SHARED, targetScaler: readTargetScaler, vector: BOOLEAN }),
};

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
  const state = STATES[KIND(where, 'estimator', json).kind](where, 'estimator', json);
  const { options, preparation } = state;
  const { inputs, layers } = network.spec;
  const outputs = layers.findLast((layer) => layer.kind === 'dense')?.units ?? 0;
  const sameCount = (what: string, got: number, wanted: number): void => {
    if (got === wanted) return;
    throw new ModelFormatError(
      `${where}: there must be as many ${what} as the network has, ${wanted}; got ${got}.`,
    );
  };
  sameCount('inputs', preparation.width, inputs);
  if ('classes' in state) sameCount('classes as outputs', state.classes.length, outputs);
  else {
    sameCount('targets as outputs', state.targetScaler.mean.length, outputs);
    if (state.vector) sameCount('numbers a row', 1, outputs);
  }
  try {
    if ('classes' in state) {
      return restoreClassifier(options, { network, preparation, classes: state.classes });
    }
    const { targetScaler, vector } = state;
    return restoreRegressor(options, { network, preparation, targetScaler, vector });
  } catch (error) {
    // Options in a file were valid when saved: a fault in them is the file's.
    const reason = error instanceof Error ? error.message : String(error);
    throw new ModelFormatError(`${where}: the estimator's options must be valid; ${reason}`);
  }
}
