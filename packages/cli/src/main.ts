/**
 * The entry of the command: makes the world from the process, runs, and sets the exit code. The only file that
 * touches `process`' streams, signals and exit.
 */
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { WriteStream } from 'node:tty';
import { EXIT } from './failure.ts';
import type { Host, TextOutput } from './host.ts';
import { runCommand } from './run.ts';

/**
 * A reader that has seen enough, such as `head`, closes the pipe: that is no fault of ours. What streams rows ends
 * there; any other command goes on to its end and its exit code, since a bar may be missed or a model unsaved.
 */
function outputOf(stream: WriteStream): TextOutput {
  let full = false;
  let closed = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exit(EXIT.failed);
    closed = true;
  });
  return {
    write(text) {
      if (!closed) full = !stream.write(text);
    },
    async drained() {
      await nextTurn();
      if (closed) process.exit(EXIT.ok);
      if (full && !stream.destroyed) await once(stream, 'drain');
      full = false;
    },
    isTerminal: stream.isTTY,
    get columns() {
      return stream.columns ?? 80;
    },
  };
}

function processHost(): Host {
  return {
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    stdin: process.stdin,
    environment: process.env,
    now: () => performance.now(),
    onInterrupt(listener) {
      let interrupted = false;
      const handle = (): void => {
        if (interrupted) process.exit(EXIT.interrupted);
        interrupted = true;
        listener();
      };
      process.on('SIGINT', handle);
      return () => process.off('SIGINT', handle);
    },
  };
}

process.exitCode = await runCommand(process.argv.slice(2), processHost());
// What was broken off may still be waiting for input, which would keep the process alive.
if (process.exitCode === EXIT.interrupted) process.stdin.destroy();
