/**
 * The errors that a caller may want to distinguish. An argument of a wrong kind is a plain `TypeError`, and a wrong
 * value is a plain `RangeError`. The classes here have a stable `code` for all other errors.
 */

/** The stable codes of {@link VinculumError}; a program may branch on them. */
export type ErrorCode =
  | 'non-finite'
  | 'backend-unavailable'
  | 'model-format'
  | 'data'
  | 'busy'
  | 'not-fitted'
  | 'closed'
  | 'aborted';

/** The base of vinculum's own errors: a message for people and a `code` for programs. */
export class VinculumError extends Error {
  /** Stable across releases. */
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.name = 'VinculumError';
    this.code = code;
  }
}

/** The place where a step found a number that is not finite. Indices count from 0, `step` from 1. */
export interface NonFiniteSite {
  /** The optimiser step that was refused; 0 outside training. */
  readonly step: number;
  /** The parameter's layer K as in `layers.K.weight`, or -1 if the cause is in no layer. */
  readonly layer: number;
  /** The name of the tensor. */
  readonly tensor: string;
  /** The flat index of the first such element in that tensor. */
  readonly index: number;
  /** The offending value. */
  readonly value: number;
}

/** A loss, gradient or parameter became NaN or infinite. The state is as it was before the step. */
export class NonFiniteError extends VinculumError {
  readonly site: NonFiniteSite;

  constructor(message: string, site: NonFiniteSite) {
    super('non-finite', message);
    this.name = 'NonFiniteError';
    this.site = site;
  }
}

/** A backend, instruction set or thread count was asked for by name and is not available here. */
export class BackendUnavailableError extends VinculumError {
  constructor(message: string) {
    super('backend-unavailable', message);
    this.name = 'BackendUnavailableError';
  }
}

/** A model file is damaged, foreign or of an unknown version. */
export class ModelFormatError extends VinculumError {
  constructor(message: string) {
    super('model-format', message);
    this.name = 'ModelFormatError';
  }
}

/** The place of a fault in the data. `row` counts data rows from 1, `column` is a name or an index from 0. */
export interface DataSite {
  readonly row?: number | undefined;
  readonly column?: string | number | undefined;
}

/** Data cannot be used as they are: a missing column, a bad number, a label out of range. */
export class DataError extends VinculumError {
  readonly row: number | undefined;
  readonly column: string | number | undefined;

  constructor(message: string, site: DataSite = {}) {
    super('data', message);
    this.name = 'DataError';
    this.row = site.row;
    this.column = site.column;
  }
}
