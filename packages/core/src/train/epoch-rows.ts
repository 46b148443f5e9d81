/**
 * Where a run takes the rows of an epoch from. `fit` asks for one batch after another and does not know whether all rows are in memory, as
 * in this file, or are read chunk by chunk, as in streamed-rows.ts.
 */
import type { Backend } from '../backends/contract.ts';
import type { Ending } from '../model/runner.ts';
import { shuffleRows } from '../random/shuffle.ts';
import { DataSet, type RowSet } from './data-set.ts';
import type { RowSums } from './row-sums.ts';
import type { ShardedRunner } from './sharded-runner.ts';

/** The order of the rows in an epoch. */
export interface OrderRules {
  /** Whether each epoch has another order. */
  readonly shuffle: boolean;
  readonly seed: number;
  readonly backend: Backend;
}

/** The rows of a run. */
export interface EpochRows {
  /** Rows of an epoch. */
  readonly training: number;
  /** Rows that are measured after an epoch. */
  readonly validation: number;
  /** The rows that the run's Program can see. */
  readonly data: DataSet;
  /** The indices of rows in {@link data}; those of a batch begin at {@link place}. */
  readonly order: Uint32Array;
  readonly place: number;
  /** Begins an epoch, from 1. */
  begin(epoch: number): void;
  /** Makes the batch of `count` rows ready that begins at row `start` of the epoch. */
  ready(start: number, count: number): Ending;
  /** Adds the validation rows to a pass, tile by tile; the caller awaits each promise before it continues. */
  validate(run: ShardedRunner, tile: number, pass: RowSums): Generator<Ending, void>;
}

/** The rows of a run that is given all of them at once. */
export interface MemoryParts {
  /** The training set, and after it a separate validation set, if there is one. */
  readonly parts: readonly RowSet[];
  /** Row indices over `parts` together. */
  readonly trainingRows: Uint32Array;
  readonly validationRows: Uint32Array;
}

/** Rows that are all in memory. */
export class MemoryRows implements EpochRows {
  readonly data: DataSet;
  readonly order: Uint32Array;
  place = 0;
  readonly #rows: MemoryParts;
  readonly #rules: OrderRules;

  constructor(rows: MemoryParts, rules: OrderRules) {
    this.data = new DataSet(rows.parts, rules.backend.precision);
    this.order = rows.trainingRows.slice();
    this.#rows = rows;
    this.#rules = rules;
  }

  get training(): number {
    return this.order.length;
  }

  get validation(): number {
    return this.#rows.validationRows.length;
  }

  begin(epoch: number): void {
    const { shuffle, seed, backend } = this.#rules;
    if (!shuffle) return;
    this.order.set(this.#rows.trainingRows);
    if (backend.shuffle === undefined) shuffleRows(this.order, seed, epoch);
    else backend.shuffle(this.order, seed, epoch);
  }

  ready(start: number): undefined {
    this.place = start;
  }

  validate(run: ShardedRunner, tile: number, pass: RowSums): Generator<Ending, void> {
    return run.evaluate(this.#rows.validationRows, tile, pass);
  }
}
