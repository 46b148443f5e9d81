/**
 * What every fitted estimator shows of its training, whatever it predicts.
 */
import type { Network } from '../model/network.ts';
import type { TablePreparation } from '../tables/preparation.ts';
import type { DataNote } from '../tables/reading/reading.ts';
import type { History } from '../train/history.ts';
import type { Calibration } from './calibration.ts';
import type { OutOfFold } from './out-of-fold.ts';
import type { RecipeWeight } from './recipe-weights.ts';

/** The common part of fitted classifiers and regressors. */
export interface FittedEstimator {
  /** The trained network, of an ensemble the first one. Outputs: probabilities in the order of the classes, or scaled targets. */
  readonly network: Network;
  /** All networks: one, or the members of an ensemble, whose outputs are averaged. */
  readonly networks: readonly Network[];
  /** How much the networks of each recipe count, for a plan of several recipes; undefined if all networks count the same. */
  readonly recipeWeights: readonly RecipeWeight[] | undefined;
  /** How the rows become the network's inputs. */
  readonly preparation: TablePreparation;
  /** What was left out of the rows, or read as something else than it seems. */
  readonly notes: readonly DataNote[];
  /** Of the fit, of an ensemble that of its first network; without epochs for a model that was loaded from a file. */
  readonly history: History;
  /** Those of all networks; none for a model that was loaded from a file. */
  readonly histories: readonly History[];
  /** The epochs of that history: scikit-learn's `n_iter_`. */
  readonly nIter: number;
  /** The mean training loss of each of these epochs: scikit-learn's `loss_curve_`. */
  readonly lossCurve: readonly number[];
  /** The smallest of them, Infinity if there are none: scikit-learn's `best_loss_`. */
  readonly bestLoss: number;
  /**
   * Outputs for rows that the network (of an ensemble some network) had not learned from, which are all rows if the plan has folds.
   * undefined if no rows were held out, and for a model that was loaded from a file.
   */
  readonly outOfFold: OutOfFold | undefined;
  /** How sure the model may be, as these rows say; undefined if they say nothing. */
  readonly calibration: Calibration | undefined;
}
