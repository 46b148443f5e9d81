/**
 * The entry of the command: makes the world from the process, runs, and sets the exit code. The only file that
 * touches `process`' streams, signals and exit.
 */
import { once } from 'node:events';
import type { WriteStream } from 'node:tty';
import { EXIT } from './failure.ts';
import type { Host, TextOutput } from './host.ts';
import { runCommand } from './run.ts';

function outputOf(stream: WriteStream): TextOutput {
  let full = false;
  return {
    write(text) {
      full = !stream.write(text);
    },
    async drained() {
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

/** A reader that has seen enough, such as `head`, closes the pipe: that is no fault of ours. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failed);
  });
}

process.exitCode = await runCommand(process.argv.slice(2), processHost());
// What was broken off may still be waiting for input, which would keep the process alive.
if (process.exitCode === EXIT.interrupted) process.stdin.destroy();
