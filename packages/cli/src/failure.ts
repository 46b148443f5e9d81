/**
 * How a command fails: one clear line, a hint, a stable code and an exit code. Every error that reaches the
 * top becomes a {@link CommandFailure} here; no other code decides exit codes.
 */
import {
  BackendUnavailableError,
  DataError,
  ModelFormatError,
  NonFiniteError,
  VinculumError,
} from 'vinculum';
import { faultOf, listed, printFault, type Fault } from 'vinculum/internal';
import { flagName } from './command-line/flag-name.ts';
import type { StopSignal } from './host.ts';
import { shellWord } from './rendering/shell-word.ts';

/** The exit codes of the command. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  data: 3,
  diverged: 4,
  barMissed: 5,
  interrupted: 130,
  hungUp: 129,
  terminated: 143,
} as const;

/** The exit codes of a command that a signal ended: 128 plus the number of the signal, as in shells. */
export const SIGNAL_EXIT: Readonly<Record<StopSignal, ExitCode>> = {
  SIGINT: EXIT.interrupted,
  SIGHUP: EXIT.hungUp,
  SIGTERM: EXIT.terminated,
};

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A word of the command line to be replaced by a better one, for the hint. */
export interface Replacement {
  readonly wrong: string;
  readonly right: string;
}

/** The parts of a failure in addition to its message. */
export interface FailureDetails {
  readonly exitCode?: ExitCode;
  /** Stable, for programs. */
  readonly code?: string;
  /** One line of remedy; a command or a sentence. Only a fault of the system has none. */
  readonly hint?: string;
  /** Makes a hint from the typed command with one word replaced, if the command contains that word. */
  readonly replace?: Replacement | undefined;
  readonly cause?: unknown;
}

/** The parts that every failure of our own must have, so that every fault comes with a remedy. */
export type Remedy = FailureDetails & { readonly hint: string };

/** A failure in the form that the user sees. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode;
  readonly code: string;
  readonly hint: string | undefined;
  readonly replace: Replacement | undefined;

  constructor(message: string, details: FailureDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'CommandFailure';
    this.exitCode = details.exitCode ?? EXIT.failed;
    this.code = details.code ?? 'failed';
    this.hint = details.hint;
    this.replace = details.replace;
  }
}

/** What to do when training diverged. */
export const DIVERGED_HINT = 'training diverged; try a smaller --learning-rate, or --clip 1';

/** A wrong command line: exit 2. */
export function usageFailure(message: string, details: Remedy): CommandFailure {
  return new CommandFailure(message, { exitCode: EXIT.usage, code: 'usage', ...details });
}

/** Data that cannot be used: exit 3. */
export function dataFailure(message: string, details: Remedy): CommandFailure {
  return new CommandFailure(message, { exitCode: EXIT.data, code: 'data', ...details });
}

/** The failure of a word that did not stand on the command line, so that no corrected command can be its hint. */
export function faultOfWord(error: unknown, hint: string): unknown {
  if (!(error instanceof CommandFailure)) return error;
  const { message, exitCode, code } = error;
  return new CommandFailure(message, { exitCode, code, hint, cause: error });
}

/** Turns any error into a failure. The error classes of the library have their exit codes; all other errors exit with 1. */
export function failureOf(error: unknown): CommandFailure {
  if (error instanceof CommandFailure) return error;
  if (!(error instanceof Error)) return new CommandFailure(String(error), { cause: error });
  const message = messageOf(error);
  const details = { code: error instanceof VinculumError ? error.code : 'failed', cause: error };
  if (error instanceof NonFiniteError) {
    return new CommandFailure(message, {
      ...details,
      exitCode: EXIT.diverged,
      hint: DIVERGED_HINT,
    });
  }
  if (error instanceof ModelFormatError) {
    return new CommandFailure(message, {
      ...details,
      exitCode: EXIT.data,
      hint: "MODEL is a file that 'vinculum train' wrote, such as runs/digits/model.safetensors",
    });
  }
  if (error instanceof DataError) {
    const remedy = remedyOf(error);
    return new CommandFailure(remedy ? messageOf(error, { remedy: undefined }) : message, {
      ...details,
      exitCode: EXIT.data,
      hint: remedy ? asHint(remedy) : dataHint(error),
    });
  }
  if (error instanceof BackendUnavailableError) {
    return new CommandFailure(message, {
      ...details,
      exitCode: EXIT.usage,
      hint: "'vinculum doctor' lists the backends of this machine",
    });
  }
  if ('code' in error && (error.code === 'EMFILE' || error.code === 'ENFILE')) {
    return new CommandFailure('the system must let this process open more files.', {
      ...details,
      hint: 'allow it more of them: ulimit -n 1024',
    });
  }
  return new CommandFailure(message, {
    ...details,
    ...(isSystemError(error) ? {} : { hint: 'run again with --debug to see where it happened' }),
  });
}

function dataHint(error: DataError): string {
  const { row, column } = error;
  const choices = faultOf(error)?.choices ?? [];
  if (choices.length > 0) {
    const flags = choices.map(({ option, value, does }) => {
      const flag = flagName(option);
      return `${flag}${value === '' ? '' : ` ${shellWord(value)}`} ${does}`;
    });
    return listed(flags, { last: 'or' });
  }
  if (row !== undefined) return 'correct the file there and run the command again';
  return column === undefined
    ? 'DATA is CSV with the column names in its first line; quote fields that hold commas'
    : "the file must have the columns of the training data; 'vinculum inspect MODEL' lists them";
}

/** What the fault itself says to do. The hint has it, unless a flag decides or a cell must be corrected. */
function remedyOf(error: DataError): string | undefined {
  const { remedy, choices = [] } = faultOf(error) ?? {};
  return error.row === undefined && choices.length === 0 ? remedy?.trim() : undefined;
}

/** A sentence that helps in the form of a hint: `unpack it with gunzip`. */
function asHint(sentence: string): string {
  const begin = /^[A-Z](?=[a-z ])/.test(sentence) ? sentence[0]!.toLowerCase() : sentence[0]!;
  return `${begin}${sentence.slice(1).replace(/\.$/, '')}`;
}

/**
 * Removes the function from a message, because a user of the command has not called it and gives no options to it,
 * and replaces the parts that `change` names.
 */
function messageOf(error: Error, change: Partial<Fault> = {}): string {
  const fault = faultOf(error);
  if (fault === undefined) return error.message;
  return printFault({
    ...fault,
    where: '',
    remedyInCode: undefined,
    choices: undefined,
    ...change,
  });
}

function isSystemError(error: Error): boolean {
  return 'syscall' in error && 'code' in error;
}
