/** What an estimator has learned, as far as a later training goes on from it. */
import type { Network } from '../model/network.ts';
import type { TablePreparation } from '../tables/preparation.ts';
import type { TargetScaler } from '../tables/scaling.ts';
import type { History } from '../train/history.ts';
import type { TrainPlan } from './plan.ts';
import type { RecipeWeight } from './recipe-weights.ts';
import type { TrainerState } from '../train/trainer-state.ts';

/** What a training begins with, and what it ends with. */
export interface Learned {
  readonly networks: readonly [Network, ...Network[]];
  readonly preparation: TablePreparation;
  /** Of a regression. */
  readonly targetScaler?: TargetScaler | undefined;
  /** How much the networks of each recipe count; absent if the plan has one recipe. */
  readonly recipeWeights?: readonly RecipeWeight[] | undefined;
  /** The plan that was followed, if a limit of time made it another one. */
  readonly followed?: TrainPlan | undefined;
  /** One for each network; absent for a model that was loaded from a file. */
  readonly histories?: readonly [History, ...History[]] | undefined;
  /** Of the optimiser of each network after the last pass of `partialFit`; absent, the moments begin at 0. */
  readonly optimiserStates?: readonly TrainerState[] | undefined;
}
