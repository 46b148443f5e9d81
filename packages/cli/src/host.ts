/**
 * What a command needs of the world: three streams, the environment, a clock and the signals that ask it to end.
 * Commands get it as an argument, so tests run them in memory; `main.ts` makes it from the process.
 */

/** A stream of text out. */
export interface TextOutput {
  /** Queues text; never throws. Text behind a fault of the stream is dropped. */
  write(text: string): void;
  /**
   * Resolves when the queue is short enough to continue.
   *
   * @throws {OutputEnded} when nothing more arrives; {@link settled} says why
   */
  drained(): Promise<void>;
  /** Resolves when the queue is empty, with the fate of the text. */
  settled(): Promise<OutputFate>;
  readonly isTerminal: boolean;
  /** Characters in a line; 80 if there is no terminal. */
  readonly columns: number;
}

/** All of the text was written; or its reader has read enough and closed; or some of it was lost for a reason. */
export type OutputFate = 'written' | 'closed' | Error;

/** Thrown to end a command whose output has no reader any more. */
export class OutputEnded extends Error {
  constructor() {
    super('the output has ended.');
    this.name = 'OutputEnded';
  }
}

/** A signal that asks the command to end: from the interrupt key, from another program, from a lost terminal. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** The world of one command. */
export interface Host {
  /** Data. */
  readonly stdout: TextOutput;
  /** Messages and progress. A fault of this stream never ends a command. */
  readonly stderr: TextOutput;
  /** The bytes piped in. */
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds from some start, never backwards. */
  now(): number;
  /** The time of day, for files that say when a run ended. */
  date(): Date;
  /**
   * Calls `listener` at the first signal; the second ends the program at once. While nobody listens, the first one
   * does.
   *
   * @returns takes the listener away again
   */
  onStop(listener: (signal: StopSignal) => void): () => void;
}
