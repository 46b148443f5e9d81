/**
 * The contract of a schedule: one object with everything that the library needs from it. A schedule is a file that makes
 * such an object and a row in the table of plain.ts; no other code of the core names it. The rate is a pure function of the
 * record, the position in the run and, for a schedule that follows the losses, of a plain state that the run keeps in its
 * RunState, so that a resumed run continues with the same rates.
 */

/** The length of a run. An epoch is a whole number of steps, including its last batch. */
export interface RunLength {
  /** Steps of an epoch, at least 1. */
  readonly stepsPerEpoch: number;
  /** Epochs of the run. */
  readonly epochs: number;
  /** Training rows of an epoch. */
  readonly rowsPerEpoch: number;
}

/** What a schedule remembers from epoch to epoch: plain numbers, which a file can hold. */
export type ScheduleState = Readonly<Record<string, number>>;

/** The state of a schedule that remembers nothing. */
export const NO_STATE: ScheduleState = Object.freeze({});

/** The numbers of a finished epoch that a schedule may follow. */
export interface EpochOutcome {
  /** The loss of the validation rows; without any, of the training rows. */
  readonly loss: number;
  /** What early stopping watches, negated if a higher value is better; without early stopping it is `loss`. */
  readonly watched: number;
}

/** The fields that the records of all schedules have. */
export interface ScheduleRecord {
  readonly kind: string;
}

/** A schedule; `Made` is the record that its factory makes, `State` what it remembers. */
export interface ScheduleKind<
  Made extends ScheduleRecord,
  State extends ScheduleState = ScheduleState,
> {
  /** The `kind` of its records, and the name of its factory. */
  readonly kind: Made['kind'];
  /** The names of the options that its factory takes. */
  readonly options: readonly string[];
  /**
   * The record for some options, checked and with every default.
   *
   * @throws {TypeError} when an option is missing, unknown or of a wrong kind
   * @throws {RangeError} when a value is out of its range
   */
  readonly make: (options: unknown) => Made;
  /** The name of the schedule where it is chosen by a word, as after `--schedule` of the command. */
  readonly word: string;
  /** The record that the word means, with usual values for a run of at most so many epochs. */
  usual(epochs: number): Made;
  /**
   * The rate of a step.
   *
   * @param schedule - the record
   * @param baseRate - α of the optimiser
   * @param at - steps done before, from 0
   * @param length - the run
   * @param state - what the schedule remembers
   */
  rate(schedule: Made, baseRate: number, at: number, length: RunLength, state: State): number;
  /** The state before the first epoch. If absent, the schedule remembers nothing. */
  start?(schedule: Made): State;
  /** The state after one more epoch. If absent, the state stays as it is. */
  after?(schedule: Made, baseRate: number, state: State, outcome: EpochOutcome): State;
  /** Whether the schedule ends the run in this state. If absent, it never does. */
  ends?(schedule: Made, state: State): boolean;
}

/**
 * The epoch of a step, from 0.
 *
 * @param step - steps done before, from 0
 * @param length - the run
 */
export function epochOf(step: number, length: RunLength): number {
  return Math.floor(step / length.stepsPerEpoch);
}

/** An equal part of a run's epochs, as a whole number; at least 1. */
export function partOf(epochs: number, parts: number): number {
  return Math.max(1, Math.floor(epochs / parts + 0.5));
}
