/**
 * The optimisers as one closed union, and their table: it reads a record, says what the update needs, and computes the
 * numbers of one step. A new optimiser is a new file and a row in the lists here; if no existing rule has the form of its
 * step, each backend needs a new rule too. docs/adding-an-optimiser.md names the places in order.
 */
import { NEUTRAL_COEFFICIENTS, SCALARS, type ScalarSlot } from '../program/scalars.ts';
import { listed } from '../words/messages.ts';
import { readByKind } from '../words/options.ts';
import { ADAGRAD, adagradFormulas, type AdaGrad } from './adagrad.ts';
import { ADAM, adamFormulas, ADAMW, type Adam } from './adam.ts';
import type { Moment, OptimizerKind, UpdateFormula, UpdateFormulas } from './contract.ts';
import type { MomentBounds } from './moment-bounds.ts';
import { NADAM, nadamFormulas, type Nadam } from './nadam.ts';
import { RADAM, radamFormulas, type Radam } from './radam.ts';
import { RMSPROP, rmspropFormulas, type RmsProp } from './rmsprop.ts';
import { SGD, sgdFormulas, type Sgd } from './sgd.ts';

/** The option `optimizer` of `fit` and `trainer`. */
export type Optimizer = Adam | Sgd | RmsProp | AdaGrad | Nadam | Radam;

/** The names of the factories; each kind of record is one of them. */
export type OptimizerName = Optimizer['kind'] | 'adamw';

/** The optimisers by the names of their factories, the default first. */
const OPTIMIZERS: { readonly [Name in OptimizerName]: OptimizerKind<Made<Name>, UpdateRule> } = {
  adam: ADAM,
  adamw: ADAMW,
  sgd: SGD,
  rmsprop: RMSPROP,
  adagrad: ADAGRAD,
  nadam: NADAM,
  radam: RADAM,
};

/** The rules that every backend implements, in the order of their codes in the kernels. */
export const UPDATE_RULES = ['adam', 'sgd', 'rmsprop', 'adagrad', 'nadam'] as const;

export type UpdateRule = (typeof UPDATE_RULES)[number];

/** The record that the factory of a name makes. */
type Made<Name> = Extract<Optimizer, { readonly kind: Name extends 'adamw' ? 'adam' : Name }>;

/** The names of the factories, the default first. */
export const OPTIMIZER_NAMES: readonly OptimizerName[] = Object.keys(OPTIMIZERS) as OptimizerName[];

/** A factory, for callers that choose an optimiser by name. */
export interface OptimizerFactory {
  /** The names of its options. */
  readonly options: readonly string[];
  /**
   * @throws {TypeError} when an option is unknown or of a wrong kind
   * @throws {RangeError} when a value is out of its range
   */
  readonly make: (options: unknown) => Optimizer;
}

/** The factory of a name. */
export function optimizerFactory(name: OptimizerName): OptimizerFactory {
  return OPTIMIZERS[name];
}

function kindOf(optimizer: Optimizer): OptimizerKind<Optimizer, UpdateRule> {
  return OPTIMIZERS[optimizer.kind];
}

/**
 * Reads an optimiser from a record, made by a factory or read from a JSON file, with the checks of its factory.
 *
 * @param where - the public function, for messages
 * @param value - what was given
 * @returns the checked, complete record
 * @throws {TypeError} when it is no optimiser, or has an unknown field
 * @throws {RangeError} when a value is out of its range
 */
export function readOptimizer(where: string, value: unknown): Optimizer {
  const calls = OPTIMIZER_NAMES.map((name) => `${name}(…)`);
  return readByKind<Optimizer>(
    where,
    'optimizer',
    value,
    Object.fromEntries(Object.values(OPTIMIZERS).map(({ kind }) => [kind, OPTIMIZERS[kind].make])),
    listed(calls, { last: 'or' }),
  );
}

/** What the Program of a run must have for an optimiser. */
export interface UpdateNeeds {
  readonly rule: UpdateRule;
  readonly moments: readonly Moment[];
  readonly nesterov: boolean;
}

/** The rule of an optimiser and the moments that it keeps. */
export function updateNeeds(optimizer: Optimizer): UpdateNeeds {
  const kind = kindOf(optimizer);
  return {
    rule: kind.rule,
    moments: kind.moments(optimizer),
    nesterov: kind.nesterov?.(optimizer) ?? false,
  };
}

/**
 * Writes the numbers of step t, computed in float64 from the integer t only, so that a resumed run has the same numbers.
 *
 * @param scalars - receives every number; values of another optimiser are overwritten
 * @param optimizer - any optimiser
 * @param step - t, from 1
 * @param learningRate - α of this step, after the schedule
 */
export function coefficientsInto(
  scalars: Float64Array,
  optimizer: Optimizer,
  step: number,
  learningRate: number,
): void {
  // By index, because an iterator of pairs costs more than the rest of a tiny step's scalars.
  for (let i = 0; i < NEUTRAL_SLOTS.length; i++) scalars[NEUTRAL_SLOTS[i]!] = NEUTRAL_VALUES[i]!;
  kindOf(optimizer).coefficientsInto(scalars, optimizer, step, learningRate);
}

/** The slots of the coefficients and, in the same order, their neutral values, listed once because a step allocates nothing. */
const NEUTRAL_SLOTS = Object.keys(NEUTRAL_COEFFICIENTS).map((name) => SCALARS[name as ScalarSlot]);
const NEUTRAL_VALUES = Object.values(NEUTRAL_COEFFICIENTS);

/**
 * Updates upper bounds of the moments for one step: see {@link OptimizerKind.boundStep}.
 *
 * @returns at least the distance that any parameter moves
 */
export function boundStep(
  bounds: MomentBounds,
  optimizer: Optimizer,
  scalars: Float64Array,
  gradient: number,
): number {
  return kindOf(optimizer).boundStep(bounds, optimizer, scalars, gradient);
}

/** What the trace writes of each optimiser. It is a table of its own, so that a page without the trace does not carry it. */
const FORMULAS: { readonly [Kind in Optimizer['kind']]: UpdateFormulas<Made<Kind>> } = {
  adam: adamFormulas,
  sgd: sgdFormulas,
  rmsprop: rmspropFormulas,
  adagrad: adagradFormulas,
  nadam: nadamFormulas,
  radam: radamFormulas,
};

/** The quantities of the update of step t that the trace shows, in the order of the computation. */
export function updateFormulas(optimizer: Optimizer, step: number): UpdateFormula[] {
  // A row takes only its own records, which the type of a table cannot express.
  const formulas = FORMULAS[optimizer.kind] as UpdateFormulas<Optimizer>;
  return formulas(optimizer, step);
}

/** λ of the decoupled weight decay; 0 for an optimiser that has none. */
export function weightDecayOf(optimizer: Optimizer): number {
  return 'weightDecay' in optimizer ? optimizer.weightDecay : 0;
}
