/** The command as a process of its own, from the build, with its streams and signals in the hands of a test. */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The script that a user's `vinculum` runs. */
export const COMMAND: string = fileURLToPath(new URL('../bin/vinculum.js', import.meta.url));

/** A data set that ships with the repository: 344 rows, the target 'species'. */
export const PENGUINS: string = fileURLToPath(
  new URL('../../../examples/data/penguins.csv', import.meta.url),
);

/**
 * For the tests of what depends neither on the preset nor on the report: one small network takes a hundredth of the time of the default
 * preset, and a report takes as long as such a network.
 */
export const FAST: readonly string[] = ['--preset', 'fast', '--no-report'];

/** What a process left. */
export interface Finished {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a process is given, and who listens to it. */
export interface ProcessOptions {
  readonly stdin?: string;
  /** Leaves stdin open behind what is written. */
  readonly openStdin?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  readonly onStart?: (child: ChildProcess) => void;
  /** Called with all of stderr so far. */
  readonly onMessage?: (stderr: string, child: ChildProcess) => void;
}

/** Runs the command until its end. */
export function runProcess(
  words: readonly string[],
  options: ProcessOptions = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [COMMAND, ...words], {
      env: { ...process.env, ...options.environment },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      options.onMessage?.(stderr, child);
    });
    child.on('error', reject);
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal, stdout, stderr }));
    child.stdin.on('error', () => undefined);
    child.stdin.write(options.stdin ?? '');
    if (options.openStdin !== true) child.stdin.end();
    options.onStart?.(child);
  });
}
