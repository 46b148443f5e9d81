/**
 * What a command needs of the world: three streams, the environment and the interrupt key. Commands get it as
 * an argument, so tests run them in memory; `main.ts` makes it from the process.
 */

/** A stream of text out. */
export interface TextOutput {
  /** Queues text; never throws. */
  write(text: string): void;
  /** Resolves once the queue is short enough to go on; ends the program where nobody reads any more. */
  drained(): Promise<void>;
  readonly isTerminal: boolean;
  /** Characters in a line; 80 where there is no terminal. */
  readonly columns: number;
}

/** The world of one command. */
export interface Host {
  /** Data. */
  readonly stdout: TextOutput;
  /** Messages and progress. */
  readonly stderr: TextOutput;
  /** The bytes piped in. */
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds from some start, never backwards. */
  now(): number;
  /**
   * Calls `listener` when the user interrupts; the second interrupt ends the program at once.
   *
   * @returns takes the listener away again
   */
  onInterrupt(listener: () => void): () => void;
}
