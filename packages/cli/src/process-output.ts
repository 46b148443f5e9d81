/**
 * A stream of the process as an output of the command. It keeps count of what has left by the callbacks of its writes,
 * because the stream's `drain` event may come before anybody waits for it.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Writable } from 'node:stream';
import { OutputEnded, type OutputFate, type TextOutput } from './host.ts';

/** The codes of a reader that went away. */
const CLOSED = ['EPIPE', 'ECONNRESET'];

/** stdout or stderr. A stream that is no terminal has neither of the two properties, although Node's types say otherwise. */
type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** One of the two as an output of the command. */
export class ProcessOutput implements TextOutput {
  readonly #stream: OutputStream;
  /** Writes that have not left yet. */
  #pending = 0;
  #fault: NodeJS.ErrnoException | undefined;
  /** Wakes whoever waits for a write to leave. */
  #wake: (() => void) | undefined;

  constructor(stream: OutputStream) {
    this.#stream = stream;
    stream.on('error', (error) => this.#settle(error));
  }

  get isTerminal(): boolean {
    return this.#stream.isTTY ?? false;
  }

  get columns(): number {
    return this.#stream.columns ?? 80;
  }

  write(text: string): void {
    if (this.#fault !== undefined) return;
    this.#pending++;
    this.#stream.write(text, (error) => {
      this.#pending--;
      this.#settle(error ?? undefined);
    });
  }

  async drained(): Promise<void> {
    // This waits for a turn of the event loop, because the fault of a write is reported in the next turn.
    await nextTurn();
    while (this.#fault === undefined && this.#isLong()) await this.#progress();
    if (this.#fault !== undefined) throw new OutputEnded();
  }

  async settled(): Promise<OutputFate> {
    while (this.#fault === undefined && this.#pending > 0) await this.#progress();
    if (this.#fault === undefined) return 'written';
    return CLOSED.includes(this.#fault.code ?? '') ? 'closed' : this.#fault;
  }

  #isLong(): boolean {
    return this.#stream.writableLength >= this.#stream.writableHighWaterMark;
  }

  #progress(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #settle(fault: NodeJS.ErrnoException | undefined): void {
    this.#fault ??= fault;
    this.#wake?.();
    this.#wake = undefined;
  }
}
