/**
 * x and y of a call, read together, with the weight of each row: class weight × sample weight.
 */
import { readMatrix, type Matrix } from '../data/matrix.ts';
import { readTargets, type Targets } from '../data/targets.ts';
import { DataError } from '../errors.ts';
import type { Loss } from '../losses/loss.ts';
import type { NetworkState } from '../model.ts';
import { checkOptions, show } from '../options.ts';
import type { RowSet } from './data-set.ts';
import { readClassWeights, rowWeights } from './row-weights.ts';

/** What the readers need besides x and y. */
export interface PairRules {
  /** The public function, for messages. */
  readonly where: string;
  /** Prefix of `x`, `y` in messages, such as `validation.`; none by default. */
  readonly prefix?: string;
  readonly state: NetworkState;
  readonly loss: Loss;
}

/** Inputs and targets, checked. */
export interface Pair {
  readonly matrix: Matrix;
  readonly targets: Targets;
}

/**
 * Reads `{ x, y }`; what else it may have, such as `sampleWeights`, the caller names in `others`.
 *
 * @throws {TypeError} when the pair is no object with x and y, or has a name that is not known
 */
export function readPair(rules: PairRules, pair: unknown, others: readonly string[] = []): Pair {
  const { where, prefix = '', state, loss } = rules;
  if (typeof pair !== 'object' || pair === null || !('x' in pair) || !('y' in pair)) {
    throw new TypeError(
      `${where}: ${prefix === '' ? 'data' : prefix.slice(0, -1)} must be { x, y }; got ${show(pair)}.`,
    );
  }
  checkOptions(where, pair, ['x', 'y', ...others]);
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
    float32: state.spec.dtype === 'float32',
  });
  return { matrix, targets };
}

/** Options that weigh rows. */
export interface WeightOptions {
  readonly classWeights?: unknown;
  readonly sampleWeights?: unknown;
  /** What the pair may have besides x and y. */
  readonly others?: readonly string[];
}

/** Reads `{ x, y }` and the weights of all its rows. */
export function readRowSet(rules: PairRules, data: unknown, options: WeightOptions): RowSet {
  const { where, loss, state } = rules;
  const pair = readPair(rules, data, options.others);
  const factors = readClassWeights(
    where,
    options.classWeights,
    pair.targets,
    loss.kind,
    state.layout.outputs,
  );
  return weigh(rules, pair, factors, options.sampleWeights);
}

/** A pair with the weights of its rows. */
export function weigh(
  rules: PairRules,
  pair: Pair,
  factors: Float64Array | undefined,
  sampleWeights: unknown,
): RowSet {
  const name = `${rules.prefix ?? ''}sampleWeights`;
  return { ...pair, weights: rowWeights(rules.where, name, pair.targets, factors, sampleWeights) };
}

/** Refuses a set without rows. */
export function checkRows(where: string, rows: number, name = 'x'): void {
  if (rows === 0) throw new DataError(`${where}: ${name} must have at least one row; got 0.`);
}
