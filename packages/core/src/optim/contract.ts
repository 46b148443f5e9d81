/**
 * What an optimiser is to the rest of the library: one object for each, with everything that is asked of it but the loop
 * over the parameters, which every backend writes for itself. An optimiser is a file that makes such an object and a row in
 * the table of optimizer.ts; nothing else in the core names it.
 */
import type { ScalarSlot } from '../program/scalars.ts';
import type { MomentBounds } from './moment-bounds.ts';

/** What the records of all optimisers share. */
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
}

/** A quantity of the update that the trace shows for each parameter. */
export interface UpdateFormula {
  /** The flat tensor that holds it. */
  readonly tensor: string;
  /** The number of the equation of the notes that it is, or stands for. */
  readonly equation: number;
  /** What follows the parameter's name in the name of the quantity, such as `FirstMoment`. */
  readonly suffix: string;
  /** The left-hand side as plain text, for a parameter given as plain text. */
  readonly symbol: (parameter: string) => string;
  /** The left-hand side in LaTeX, for a parameter given in LaTeX. */
  readonly latex: (parameter: string) => string;
  /** The right-hand side in LaTeX. */
  readonly formula: (symbols: Symbols) => string;
  /**
   * For a quantity that the update folds into its scalars and never stores: the trace computes it as this moment times
   * this scalar.
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
  /** Whether the rule looks ahead along the momentum, as Nesterov's does. Absent, it never does. */
  nesterov?(optimizer: Made): boolean;
  /**
   * Writes what the rule reads in step t, in float64 and from the integer t alone, so that a resumed run has the same
   * numbers. Every slot of an optimiser holds its neutral value before: see NEUTRAL_COEFFICIENTS in program/scalars.ts.
   *
   * @param scalars - receives them, by the slots of program/scalars.ts
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
   * Carries the bounds of the moments over one step, and sets `bounds.passing` to a bound of the numbers on the way.
   *
   * @param bounds - hold before the step; when it returns, they hold after it
   * @param optimizer - the record
   * @param scalars - of this step
   * @param gradient - at least |g′| for every parameter
   * @returns at least the distance that any parameter moves, without the decoupled decay
   */
  boundStep(bounds: MomentBounds, optimizer: Made, scalars: Float64Array, gradient: number): number;
  /** The quantities of the update of step t in the order of the computation, the new parameters last. */
  formulas(optimizer: Made, step: number): UpdateFormula[];
}
