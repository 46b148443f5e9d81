/**
 * Converts estimators to and from their saved state, for the file format. The format writes the state's JSON and the
 * network's parameters, and passes here what it has read. Everything that was read is checked here.
 */
import { mustBe, rangeError } from '../words/fault.ts';
import { showAll } from '../words/messages.ts';
import {
  OBJECT,
  readClasses,
  readPreparation,
  readTargetScaler,
  recordOf,
  VERSION,
} from '../tables/read-preparation.ts';
import { lossFacts, type LossFacts } from '../losses/loss.ts';
import type { Network } from '../model/network.ts';
import { layoutOf } from '../network/layout.ts';
import { booleanOption, choiceOption, isRecord, listOf, optional } from '../words/options.ts';
import { readCalibration } from './calibration.ts';
import {
  restoreClassifier,
  type FittedClassifier,
  type FittedMultilabelClassifier,
} from './classifier.ts';
import { Estimator } from './estimator.ts';
import { restoreRegressor, type FittedRegressor } from './regressor.ts';
import { readRecipeWeight, type RecipeWeight } from './recipe-weights.ts';
import { readTrainPlan, type TrainPlan } from './plan.ts';
import type { EstimatorState } from './state.ts';

/**
 * The state of a fitted estimator: `kind`, `version`, `options`, `preparation` and `classes` (or
 * `targetScaler` and `vector`) are JSON, `network` is the live network.
 *
 * @param value - anything; a state is returned as it is
 * @returns the state, or undefined if `value` is no estimator
 * @throws {VinculumError} with code `not-fitted` when it is an estimator that was not fitted
 */
export function estimatorState(value: unknown): EstimatorState | undefined {
  if (value instanceof Estimator) return value.toState();
  const isState =
    isRecord(value) && (value['kind'] === 'classifier' || value['kind'] === 'regressor');
  return isState ? (value as unknown as EstimatorState) : undefined;
}

const SHARED = {
  version: VERSION,
  options: OBJECT,
  plan: optional((where, _name, value) => readTrainPlan(where, value)),
  preparation: readPreparation,
  calibration: optional(readCalibration),
  recipeWeights: optional(listOf(readRecipeWeight)),
};
const KIND = choiceOption(['classifier', 'regressor']);
const STATES = {
  classifier: recordOf({
    ...SHARED,
    classes: readClasses,
    labels: optional(choiceOption<'number' | 'boolean'>(['number', 'boolean'])),
  }),
  regressor: recordOf({ ...SHARED, targetScaler: readTargetScaler, vector: booleanOption() }),
};

/**
 * The estimator of a saved state.
 *
 * @param where - the public function, for messages
 * @param json - the state's JSON (without `network`), parsed, of unknown origin
 * @param networks - the networks, already rebuilt; those of an ensemble have the same layers
 * @throws {TypeError} when a part is missing or wrong
 * @throws {RangeError} when a value is wrong, or parts do not fit each other
 */
export function restoreEstimator(
  where: string,
  json: unknown,
  networks: readonly [Network, ...Network[]],
): FittedClassifier | FittedMultilabelClassifier | FittedRegressor {
  const { kind } = recordOf({ kind: KIND })(where, 'estimator', json);
  const state = STATES[kind](where, 'estimator', json);
  const { options, plan, preparation, calibration, recipeWeights } = state;
  const targets =
    kind === 'regressor'
      ? 'numbers'
      : 'labels' in state && state.labels !== undefined
        ? 'probabilities'
        : 'class';
  checkPlan(where, targets, plan);
  const [network] = networks;
  const { outputs } = layoutOf(network.spec);
  const sameCount = (what: string, got: number, wanted: number): void => {
    if (got === wanted) return;
    throw rangeError({
      where,
      subject: '',
      rule: `there must be as many ${what} as the network has, ${wanted}`,
      got,
    });
  };
  for (const one of networks) {
    sameCount('inputs', preparation.width, one.spec.inputs);
    sameCount('outputs', layoutOf(one.spec).outputs, outputs);
  }
  checkRecipeWeights(where, recipeWeights, plan, networks.length);
  if ('classes' in state) {
    sameCount('classes as outputs', state.classes.length, outputs);
    const { classes, labels } = state;
    const parts = { networks, preparation, classes, labels, calibration, recipeWeights };
    return restoreClassifier(options, parts, plan);
  }
  const { targetScaler, vector } = state;
  const judged = networks.length / (recipeWeights?.length ?? 1);
  if (calibration?.heldOut !== undefined && calibration.heldOut.length !== judged) {
    const rule = `must have one entry for each network of a recipe, ${judged}`;
    throw rangeError({
      where,
      subject: 'calibration.heldOut',
      rule,
      got: calibration.heldOut.length,
    });
  }
  for (const { errors } of calibration?.heldOut ?? [])
    sameCount('lists of errors as outputs', errors.length, outputs);
  sameCount('targets as outputs', targetScaler.mean.length, outputs);
  if (vector) sameCount('numbers a row', 1, outputs);
  return restoreRegressor(
    options,
    { networks, preparation, targetScaler, vector, calibration, recipeWeights },
    plan,
  );
}

const LEARNS = {
  numbers: 'a regressor',
  class: 'a classifier',
  probabilities: 'a classifier of several labels a row',
};

/** Each recipe has as many networks, and is one of those of the plan. */
function checkRecipeWeights(
  where: string,
  weights: readonly RecipeWeight[] | undefined,
  plan: TrainPlan | undefined,
  networks: number,
): void {
  if (weights === undefined) return;
  const recipes = plan?.ensemble?.recipes?.length ?? 0;
  if (weights.every(({ recipe }) => recipe < recipes) && networks % weights.length === 0) return;
  throw rangeError({
    where,
    subject: 'recipeWeights',
    rule: `must name some of the ${recipes} recipes of the plan, with as many of the ${networks} networks each`,
    got: showAll(weights.map(({ recipe }) => recipe)),
  });
}

/** A plan must learn what the estimator predicts. */
function checkPlan(
  where: string,
  targets: LossFacts['targets'],
  plan: TrainPlan | undefined,
): void {
  if (plan === undefined || lossFacts(plan.loss.kind).targets === targets) return;
  throw rangeError(
    mustBe(where, 'plan.loss', `a loss that ${LEARNS[targets]} minimises`, plan.loss.kind),
  );
}
