/**
 * The saved state of a fitted estimator: plain JSON, and the networks with their parameters, which the file format writes
 * in its own way. The state does not depend on time, place, backend or threads.
 */
import type { Label } from '../arrays/labels.ts';
import type { TablePreparation } from '../tables/preparation.ts';
import type { TargetScaler } from '../tables/scaling.ts';
import type { Network } from '../model/network.ts';
import type { Calibration } from './calibration.ts';
import type { TrainPlan } from './plan.ts';
import type { RecipeWeight } from './recipe-weights.ts';

/** Options as they are saved: JSON, without what says how to run. */
export type SavedOptions = Readonly<Record<string, unknown>>;

export interface ClassifierState {
  readonly kind: 'classifier';
  readonly version: 1;
  readonly options: SavedOptions;
  /** How it was trained; absent in files from before it was saved, where the options decide. */
  readonly plan?: TrainPlan | undefined;
  readonly preparation: TablePreparation;
  /** Of rows with several labels the indices of the labels. */
  readonly classes: readonly Label[];
  /** What the labels of a row are, if a row may have several; absent if it has one. */
  readonly labels?: 'number' | 'boolean' | undefined;
  readonly calibration?: Calibration | undefined;
  /** How much the networks of each recipe count; absent if there is one recipe. */
  readonly recipeWeights?: readonly RecipeWeight[] | undefined;
  /** Not JSON: its spec and parameters are saved as any network's. */
  readonly network: Network;
  /** All networks of an ensemble, `network` the first of them; absent if there is one network. */
  readonly members?: readonly Network[] | undefined;
}

export interface RegressorState {
  readonly kind: 'regressor';
  readonly version: 1;
  readonly options: SavedOptions;
  /** How it was trained; absent in files from before it was saved, where the options decide. */
  readonly plan?: TrainPlan | undefined;
  readonly preparation: TablePreparation;
  readonly targetScaler: TargetScaler;
  /** Whether predictions are numbers and not rows of numbers. */
  readonly vector: boolean;
  readonly calibration?: Calibration | undefined;
  /** How much the networks of each recipe count; absent if there is one recipe. */
  readonly recipeWeights?: readonly RecipeWeight[] | undefined;
  /** Not JSON: its spec and parameters are saved as any network's. */
  readonly network: Network;
  /** All networks of an ensemble, `network` the first of them; absent if there is one network. */
  readonly members?: readonly Network[] | undefined;
}

export type EstimatorState = ClassifierState | RegressorState;

/** The networks of an estimator as its state has them. */
export function savedNetworks(
  networks: readonly [Network, ...Network[]],
): Pick<EstimatorState, 'network' | 'members'> {
  const [network] = networks;
  return networks.length === 1 ? { network } : { network, members: networks };
}
