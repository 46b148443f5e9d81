/**
 * x and y of a call, read together into a row set, with their weights.
 */
import { readMatrix } from '../data/matrix.ts';
import { readTargets, type Targets } from '../data/targets.ts';
import type { Loss } from '../losses/loss.ts';
import type { NetworkState } from '../model.ts';
import { show } from '../options.ts';
import type { RowSet } from './data-set.ts';
import { rowWeights } from './row-weights.ts';

/** What the readers need besides x and y. */
export interface RowSetRequest {
  /** The public function, for messages. */
  readonly where: string;
  /** Prefix of `x`, `y` in messages, such as `validation.`. */
  readonly prefix: string;
  readonly state: NetworkState;
  readonly loss: Loss;
  readonly sampleWeights: unknown;
  /** The factors of the classes, given the targets. */
  readonly classFactors: (targets: Targets) => Float64Array | undefined;
}

/**
 * Reads `{ x, y }`.
 *
 * @throws {TypeError} when the pair is no object with x and y
 */
export function readRowSet(request: RowSetRequest, pair: unknown): RowSet {
  const { where, prefix, state, loss } = request;
  if (typeof pair !== 'object' || pair === null || !('x' in pair) || !('y' in pair)) {
    throw new TypeError(
      `${where}: ${prefix === '' ? 'data' : prefix.slice(0, -1)} must be { x, y }; got ${show(pair)}.`,
    );
  }
  const matrix = readMatrix(where, pair.x, {
    name: `${prefix}x`,
    columns: state.spec.inputs,
    float32: state.spec.dtype === 'float32',
  });
  const targets = readTargets(where, pair.y, {
    loss: loss.kind,
    outputs: state.layout.outputs,
    rows: matrix.rows,
    name: `${prefix}y`,
  });
  const weights = rowWeights(where, targets, request.classFactors(targets), request.sampleWeights);
  return { matrix, targets, weights };
}
