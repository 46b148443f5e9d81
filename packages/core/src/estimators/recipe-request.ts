/** What the recipe is given: rows with their targets, the plan, and how to run. */
import type { Matrix } from '../arrays/matrix.ts';
import type { SplitRule } from '../arrays/split-rule.ts';
import type { BackendChoice } from '../backends/registry.ts';
import type { TablePreparation } from '../tables/preparation.ts';
import type { Table } from '../tables/table.ts';
import type { Callback } from '../train/callbacks.ts';
import type { Progress } from '../train/fit-options.ts';
import type { History } from '../train/history.ts';
import type { ClassWeights } from '../train/row-weights.ts';
import type { Learned } from './learned.ts';
import type { TrainPlan } from './plan.ts';
import type { RowStorage } from './row-storage.ts';

/** Targets as numbers, row-major: class indices (Int32Array, one column) or real rows. */
export type NumericTargets = Int32Array | Float64Array;

/** Rows and targets of one set. */
export interface TargetRows {
  readonly rows: Table | Matrix;
  readonly targets: NumericTargets;
  /** Targets of a row. */
  readonly columns: number;
  /** How much each row counts in the loss and in metrics; absent, each counts once. */
  readonly sampleWeights?: ArrayLike<number> | undefined;
  /** What a split of the rows respects in addition to their classes. */
  readonly split?: SplitRule | undefined;
}

/** How to run. Only callbacks and a limit of time can change the result; the other options change no bit. */
export interface RunOptions {
  readonly backend?: BackendChoice | undefined;
  readonly threads?: number | undefined;
  /** Called with the number of the network, from 1; members of an ensemble may go on at the same time. */
  readonly onProgress?: ((progress: Progress, member: number) => void) | undefined;
  readonly callbacks?: readonly Callback[] | undefined;
  readonly signal?: { readonly aborted: boolean } | undefined;
  /** Seconds after which no further network is begun or trained on. It changes which networks there are, and no bit of them. */
  readonly timeLimit?: number | undefined;
  /** Makes the storage in which the prepared rows of a large table wait; absent, they wait in memory. */
  readonly storage?: (() => RowStorage) | undefined;
  /** Called once the preparation is known, before the rows are prepared. */
  readonly onPrepared?: ((preparation: TablePreparation) => void) | undefined;
  /** Called when a member of an ensemble has been trained, with its number from 1; not called for a single network. */
  readonly onMemberEnd?: ((history: History, member: number, members: number) => void) | undefined;
}

/** The rows to learn from, and the plan. */
export interface RecipeRequest {
  /** The public function, for messages. */
  readonly where: string;
  readonly plan: TrainPlan;
  /** The known rows, including those that the plan holds out. */
  readonly known: TargetRows;
  /** The caller's own rows for validation, instead of a share of the known rows. */
  readonly validation?: TargetRows | undefined;
  /** What was learned before, from which the training goes on; absent, it begins anew. */
  readonly from?: Learned | undefined;
  /** Outputs of the network: classes, or targets of a row. */
  readonly outputs: number;
  /** The plan's class weights, by index. */
  readonly classWeights?: ClassWeights | undefined;
  readonly run: RunOptions;
}
