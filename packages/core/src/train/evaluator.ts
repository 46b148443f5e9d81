/**
 * The forward passes of an evaluation: sets of rows, one after another, through one compiled Program. Every row is
 * predicted once, and loss and metrics both come from that.
 */
import { range } from '../arrays/split.ts';
import { currentParameters, type NetworkState } from '../model/network.ts';
import { TILE_ROWS } from '../model/prediction.ts';
import { DataSet, type RowSet } from './data-set.ts';
import type { RowSums } from './row-sums.ts';
import { BatchRunner, type BatchRequest } from './batch-runner.ts';

/** The arguments of an evaluator. */
export interface EvaluatorRequest extends Pick<BatchRequest, 'loss' | 'backend' | 'threads'> {
  readonly network: NetworkState;
  /** The pass to which rows are added. */
  readonly pass: RowSums;
}

/** There is no window for whole sets, because a window of one tile is enough for sets of any size. */
const WINDOW_LIMIT = 0;

/** Adds sets of rows to a pass; close it to give its memory back. */
export class Evaluator {
  readonly #request: EvaluatorRequest;
  #runner: BatchRunner | undefined;
  /** The request for which the runner's Program was lowered. */
  #lowered = '';

  constructor(request: EvaluatorRequest) {
    this.#request = request;
  }

  /** One forward pass over the rows of a set. */
  add(rows: RowSet): void {
    const { backend, pass } = this.#request;
    const set = new DataSet([rows], backend.precision);
    if (set.rows === 0) return;
    const runner = this.#runnerFor(set);
    const tiles = runner.evaluate(range(0, set.rows), TILE_ROWS, pass);
    while (tiles.next().done !== true);
  }

  close(): void {
    this.#runner?.close();
    this.#runner = undefined;
  }

  /** The runner of the last set if it fits this set too, that is, unless the types of their numbers differ. */
  #runnerFor(data: DataSet): BatchRunner {
    const wanted = JSON.stringify(data.request(TILE_ROWS, WINDOW_LIMIT));
    if (this.#runner !== undefined && wanted === this.#lowered) {
      this.#runner.rebind(data);
      return this.#runner;
    }
    this.close();
    this.#lowered = wanted;
    this.#runner = new BatchRunner({
      ...this.#request,
      parameters: currentParameters(this.#request.network),
      data,
      capacity: TILE_ROWS,
      windowLimit: WINDOW_LIMIT,
    });
    return this.#runner;
  }
}
