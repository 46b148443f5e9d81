/**
 * x and y of a call, read together, with the weight of each row: class weight × sample weight.
 */
import type { Matrix } from '../arrays/matrix.ts';
import { rowWeights, sampleWeightsOf } from '../arrays/sample-weights.ts';
import { readTargets, type Targets } from '../arrays/targets.ts';
import { dataError, mustBe, typeError } from '../words/fault.ts';
import type { Loss } from '../losses/loss.ts';
import { readInputs, type NetworkState } from '../model/network.ts';
import { checkOptions, isRecord } from '../words/options.ts';
import type { RowSet } from './data-set.ts';
import { readClassWeights } from './row-weights.ts';

/** What the readers need in addition to x and y. */
export interface PairRules {
  /** The public function, for messages. */
  readonly where: string;
  /** Prefix of `x`, `y` in messages, such as `validation.`; none by default. */
  readonly prefix?: string;
  readonly state: NetworkState;
  readonly loss: Loss;
  /** The names that the pair may have besides x and y. */
  readonly others?: readonly string[];
  /** The fewest rows. Default 1. */
  readonly least?: number;
}

/** Inputs and targets, checked. */
export interface Pair {
  readonly matrix: Matrix;
  readonly targets: Targets;
}

/**
 * Reads `{ x, y }`.
 *
 * @throws {TypeError} when the pair is no object with x and y, or has a name that is not known
 * @throws {DataError} when it has no rows, or a bad value
 */
export function readPair(rules: PairRules, pair: unknown): Pair {
  const { where, prefix = '', state, loss, others = [], least = 1 } = rules;
  if (!isRecord(pair) || !('x' in pair && 'y' in pair)) {
    throw typeError(mustBe(where, prefix.slice(0, -1) || 'data', '{ x, y }', pair));
  }
  checkOptions(where, pair, ['x', 'y', ...others]);
  const matrix = readInputs(where, state, pair['x'], `${prefix}x`);
  const { rows } = matrix;
  const targets = readTargets(where, pair['y'], {
    loss: loss.kind,
    outputs: state.layout.outputs,
    rows,
    name: `${prefix}y`,
    float32: state.spec.dtype === 'float32',
  });
  if (rows < least) {
    throw dataError({
      where,
      subject: `${prefix}x`,
      rule: 'must have at least one row',
      got: rows,
    });
  }
  return { matrix, targets };
}

/** The options that give rows weights, unchecked. */
export interface WeightOptions {
  readonly classWeights?: unknown;
  readonly sampleWeights?: unknown;
}

/** Reads `{ x, y }` and the weights of all its rows. */
export function readRowSet(rules: PairRules, data: unknown, options: WeightOptions): RowSet {
  const pair = readPair(rules, data);
  return weigh(rules, pair, readFactors(rules, pair, options.classWeights), options.sampleWeights);
}

/** The factors of the classes; `'balanced'` counts the given rows, all by default. */
export function readFactors(
  { where, loss, state }: PairRules,
  { targets }: Pair,
  classWeights: unknown,
  rows?: Uint32Array,
): Float64Array | undefined {
  return readClassWeights(where, classWeights, targets, loss.kind, state.layout.outputs, rows);
}

/** A pair with the weights of its rows. */
export function weigh(
  { where, prefix = '' }: PairRules,
  pair: Pair,
  factors: Float64Array | undefined,
  sampleWeights: unknown,
): RowSet {
  const own = sampleWeightsOf(where, `${prefix}sampleWeights`, sampleWeights, pair.matrix.rows);
  return { ...pair, weights: rowWeights(pair.targets, factors, own), sampleWeights: own };
}
