/**
 * The world of a command in memory: what it writes is kept as text, and an interrupt is a function call.
 */
import type { Host, StopSignal, TextOutput } from '../src/host.ts';
import { runCommand } from '../src/run.ts';

/** How a run in memory is set up. */
export interface MemoryOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  /** Whether both streams are terminals. */
  readonly terminal?: boolean;
  readonly columns?: number;
  /** Called after every write to stderr; given what was written and a way to interrupt. */
  readonly onMessage?: (text: string, interrupt: () => void) => void;
}

/** What a run left behind. */
export interface MemoryRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in this process. */
export async function runInMemory(
  words: readonly string[],
  options: MemoryOptions = {},
): Promise<MemoryRun> {
  const out: string[] = [];
  const messages: string[] = [];
  const listeners = new Set<(signal: StopSignal) => void>();
  const interrupt = (): void => {
    for (const listener of listeners) listener('SIGINT');
  };
  const output = (texts: string[], after?: (text: string) => void): TextOutput => ({
    write(text) {
      texts.push(text);
      after?.(text);
    },
    drained: async () => undefined,
    settled: async () => 'written',
    isTerminal: options.terminal === true,
    columns: options.columns ?? 80,
  });
  const host: Host = {
    stdout: output(out),
    stderr: output(messages, (text) => options.onMessage?.(text, interrupt)),
    stdin: bytesOf(options.stdin ?? ''),
    environment: options.environment ?? {},
    now: () => performance.now(),
    date: () => new Date('2026-01-02T03:04:05Z'),
    onStop(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const exitCode = await runCommand(words, host);
  return { exitCode, stdout: out.join(''), stderr: messages.join('') };
}

async function* bytesOf(content: string | Uint8Array): AsyncGenerator<Uint8Array> {
  yield typeof content === 'string' ? new TextEncoder().encode(content) : content;
}
