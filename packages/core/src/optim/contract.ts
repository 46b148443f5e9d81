/**
 * The contract of an optimiser: one object with everything that a run needs from it, except the loop over the parameters,
 * which every backend has itself, and one function that writes its formulas for the trace. An optimiser is a file that
 * makes both, and their rows in the two tables of optimizer.ts; no other code of the core names it.
 */
import type { ScalarSlot } from '../program/scalars.ts';
import type { MomentBounds } from './moment-bounds.ts';

/** The fields that the records of all optimisers have. */
export interface OptimizerRecord {
  readonly kind: string;
  /** α. */
  readonly learningRate: number;
}

/** The flat regions that an optimiser may keep beside the parameters, each with one element for each parameter. */
export type Moment = 'firstMoments' | 'secondMoments' | 'thirdMoments';

/** The names of one parameter in LaTeX, from which an optimiser writes its formulas. */
export interface Symbols {
  /** w. */
  readonly parameter: string;
  /** w̄, the adjoint. */
  readonly adjoint: string;
  /** g′: the adjoint after clipping, with the terms of l1 and l2. */
  readonly gradient: string;
  /** The factor of the decoupled weight decay, such as `(1 - 0.01\,\alpha)\,`; empty without decay. */
  readonly decay: string;
  /** α, with the factor of the rate that the parameter has, such as `6\,\alpha`. */
  readonly rate: string;
}

/** A quantity of the update that the trace shows for each parameter. */
export interface UpdateFormula {
  /** The flat tensor that holds it. */
  readonly tensor: string;
  /** The number of the equation in the notes, or of the equation that it replaces. */
  readonly equation: number;
  /** The end of the quantity's name, after the name of the parameter, such as `FirstMoment`. */
  readonly suffix: string;
  /** The left-hand side as plain text, for a parameter given as plain text. */
  readonly symbol: (parameter: string) => string;
  /** The left-hand side in LaTeX, for a parameter given in LaTeX. */
  readonly latex: (parameter: string) => string;
  /** The right-hand side in LaTeX. */
  readonly formula: (symbols: Symbols) => string;
  /**
   * For a quantity that the update never stores, because it is part of the scalars. The trace computes it as this moment
   * times this scalar.
   */
  readonly scaled?: { readonly moment: Moment; readonly factor: ScalarSlot };
}

/** An optimiser; `Made` is the record that its factory makes, `Rule` the name of its rule. */
export interface OptimizerKind<Made extends OptimizerRecord, Rule extends string = string> {
  /** The `kind` of its records. */
  readonly kind: Made['kind'];
  /** The names of the options that its factory takes. */
  readonly options: readonly string[];
  /**
   * The name of the rule that backends apply to each parameter; optimisers whose steps differ only in the coefficients
   * share a rule.
   */
  readonly rule: Rule;
  /**
   * The record for some options, checked and with every default.
   *
   * @throws {TypeError} when an option is unknown or of a wrong kind
   * @throws {RangeError} when a value is out of its range
   */
  readonly make: (options: unknown) => Made;
  /** The moments that are kept. */
  moments(optimizer: Made): readonly Moment[];
  /** Whether the rule looks ahead along the momentum, as Nesterov's rule does. If absent, it never does. */
  nesterov?(optimizer: Made): boolean;
  /**
   * Writes the coefficients that the rule reads in step t, in float64 and from the integer t only, so that a resumed run has
   * the same numbers. Before the call every slot of an optimiser has its neutral value: see NEUTRAL_COEFFICIENTS in
   * program/scalars.ts.
   *
   * @param scalars - receives the coefficients, by the slots of program/scalars.ts
   * @param optimizer - the record
   * @param step - t, from 1
   * @param learningRate - α of this step, after the schedule
   */
  coefficientsInto(
    scalars: Float64Array,
    optimizer: Made,
    step: number,
    learningRate: number,
  ): void;
  /**
   * Updates the bounds of the moments for one step, and sets `bounds.passing` to a bound of the intermediate numbers.
   *
   * @param bounds - the bounds before the step; changed to the bounds after the step
   * @param optimizer - the record
   * @param scalars - the scalars of this step
   * @param gradient - at least |g′| for every parameter
   * @returns at least the distance that any parameter moves, without the decoupled decay
   */
  boundStep(bounds: MomentBounds, optimizer: Made, scalars: Float64Array, gradient: number): number;
}

/**
 * What the trace shows of an optimiser: the quantities of the update of step t in the order of the computation, the new
 * parameters last. It is a function beside the object, because only the trace imports it, so a bundler leaves it out of a
 * page that trains.
 */
export type UpdateFormulas<Made extends OptimizerRecord> = (
  optimizer: Made,
  step: number,
) => UpdateFormula[];
