/**
 * A fault in parts, and the errors that carry a fault. The message of every error that we throw because a value broke a
 * rule is made here from its parts, and nowhere else. Therefore another package (a file reader, the command line) can
 * describe the same fault in its own words, for example with a flag instead of an option's name, without parsing text.
 */
import {
  BackendUnavailableError,
  DataError,
  ModelFormatError,
  VinculumError,
  type DataSite,
  type ErrorCode,
} from './errors.ts';
import { show } from './messages.ts';

/** The parts of a fault. They are printed as `<where>: <subject> <rule>; got <got>.<remedy>` */
export interface Fault {
  /** The public function that was called, such as `fit`; empty if a message must not name one. */
  readonly where: string;
  /** The argument, option or thing at fault, such as `batchSize`; empty if the rule is a whole sentence. */
  readonly subject: string;
  /** What the subject must be, with its verb: `must be an integer, at least 1`. */
  readonly rule: string;
  /** What it is instead, as the message shows it. */
  readonly got?: string | number | undefined;
  /** Sentences that help, with a space before them. */
  readonly remedy?: string | undefined;
  /** Help that only the author of a program can use, such as an option to set; also with a space before it. The command omits it. */
  readonly remedyInCode?: string | undefined;
  /** Options of which one value decides, for a cell that can be read in several ways. */
  readonly choices?: readonly Choice[] | undefined;
}

/** A value of an option that would decide, and what it would do: `decimal: ','` reads 3881. */
export interface Choice {
  readonly option: string;
  readonly value: string;
  /** With its verb: `reads 3881`. */
  readonly does: string;
  /** The option in a program, if it is not `option: 'value'`. */
  readonly inCode?: string | undefined;
}

/** Makes the message of a fault from its parts. No other code does. */
export function printFault(fault: Fault): string {
  const { where, subject, rule, got, remedy = '', remedyInCode = '', choices = [] } = fault;
  const claim = subject === '' ? rule : `${subject} ${rule}`;
  const found = got === undefined ? '' : `; got ${got}`;
  const options = choices.map(
    ({ option, value, does, inCode }) => ` ${inCode ?? `${option}: ${show(value)}`} ${does}.`,
  );
  const begin = where === '' ? '' : `${where}: `;
  return `${begin}${claim}${found}.${remedy}${remedyInCode}${options.join('')}`;
}

/**
 * The usual fault: a value breaks its rule.
 *
 * @param where - the public function
 * @param subject - the argument or option
 * @param rule - what it must be
 * @param got - what it is; shown by {@link show}
 * @param remedy - a sentence that helps, with a space before it
 */
export function mustBe(
  where: string,
  subject: string,
  rule: string,
  got: unknown,
  remedy = '',
): Fault {
  return { where, subject, rule: `must be ${rule}`, got: show(got), remedy };
}

/** A fault with another fault as its reason: `<subject> <rule>; <the inner fault without its function>`. */
export function withReason(where: string, subject: string, rule: string, inner: Fault): Fault {
  const reason = inner.subject === '' ? inner.rule : `${inner.subject} ${inner.rule}`;
  return { ...inner, where, subject, rule: `${rule}; ${reason}` };
}

/** A registered symbol, so that the parts are found even if one program contains two copies of this package. */
const FAULT = Symbol.for('vinculum.fault');

/** The parts that an error carries; undefined for an error that is not ours. */
export function faultOf(error: unknown): Fault | undefined {
  return error instanceof Error ? (error as { [FAULT]?: Fault })[FAULT] : undefined;
}

/** The parts of any error: the fault that it carries, or else its message as the rule. */
export function faultFrom(error: unknown): Fault {
  const message = error instanceof Error ? error.message : String(error);
  return faultOf(error) ?? { where: '', subject: '', rule: message.replace(/\.$/, '') };
}

/**
 * An error that carries a fault and has its message.
 *
 * @param fault - the parts
 * @param make - makes the error from the message
 */
export function carrying<Thrown extends Error>(
  fault: Fault,
  make: (message: string) => Thrown,
): Thrown {
  // The property is not enumerable, because a console would print the parts again below the message.
  return Object.defineProperty(make(printFault(fault)), FAULT, { value: fault });
}

/** For an operation that the operating system refused; `cause` is its error. */
export function systemError(fault: Fault, options: ErrorOptions): Error {
  return carrying(fault, (message) => new Error(message, options));
}

/** For a wrong kind of argument. */
export function typeError(fault: Fault): TypeError {
  return carrying(fault, (message) => new TypeError(message));
}

/** For `JSON.stringify` of something with weights, which it would lose in silence. */
export function withoutWeights(name: string): TypeError {
  return typeError({
    where: 'toJSON',
    subject: `JSON of a ${name}`,
    rule: 'must hold its weights, and JSON has no place for them',
    remedy: ` toSafetensors(${name}) holds everything; ${name === 'network' ? 'network.spec is the layers as JSON' : `${name}.plan and ${name}.preparation are JSON`}.`,
  });
}

/** For a value out of its range. */
export function rangeError(fault: Fault, options?: ErrorOptions): RangeError {
  return carrying(fault, (message) => new RangeError(message, options));
}

/** For data that cannot be used, with the row and column at fault. */
export function dataError(fault: Fault, site: DataSite = {}): DataError {
  return carrying(fault, (message) => new DataError(message, site));
}

/** For a model file that is damaged, foreign or of an unknown version. */
export function formatError(fault: Fault): ModelFormatError {
  return carrying(fault, (message) => new ModelFormatError(message));
}

/** For a backend that is not available here. */
export function backendError(fault: Fault): BackendUnavailableError {
  return carrying(fault, (message) => new BackendUnavailableError(message));
}

/** For an object in a state that forbids the call: busy, closed, not fitted. */
export function stateError(code: ErrorCode, fault: Fault): VinculumError {
  return carrying(fault, (message) => new VinculumError(code, message));
}
