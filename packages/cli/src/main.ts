/**
 * The entry of the command: makes the world from the process, runs, and sets the exit code. With the two files named
 * after the process it is the only one that touches `process`' streams, signals and exit.
 */
import { SIGNAL_EXIT, type ExitCode } from './failure.ts';
import type { Host } from './host.ts';
import { ProcessOutput } from './process-output.ts';
import { processStops } from './process-signals.ts';
import { runCommand } from './run.ts';

let stdin: NodeJS.ReadStream | undefined;

const host: Host = {
  stdout: new ProcessOutput(process.stdout),
  stderr: new ProcessOutput(process.stderr),
  // Opened by the first command that reads it: an open stdin keeps the process alive.
  get stdin() {
    return (stdin ??= process.stdin);
  },
  environment: process.env,
  now: () => performance.now(),
  date: () => new Date(),
  onStop: processStops(),
};

const exitCode = await runCommand(process.argv.slice(2), host);
process.exitCode = exitCode;
// A command that ended before its input did leaves stdin open, which would keep the process alive.
stdin?.destroy();
if (Object.values(SIGNAL_EXIT).includes(exitCode as ExitCode)) {
  // The command does not wait for pending reads or computations, because nobody needs their results any more.
  await host.stderr.settled();
  process.exit();
}
