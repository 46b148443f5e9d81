/** The command as a process of its own, from the build: exit codes, streams, signals and pipes. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromSafetensors } from 'vinculum';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const COMMAND = fileURLToPath(new URL('../bin/vinculum.js', import.meta.url));
const PENGUINS = fileURLToPath(new URL('../../../examples/data/penguins.csv', import.meta.url));

interface Finished {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface ProcessOptions {
  readonly stdin?: string;
  /** Leaves stdin open behind what is written. */
  readonly openStdin?: boolean;
  /** Called with the signal's sender once the process runs. */
  readonly onStart?: (kill: (signal: NodeJS.Signals) => void) => void;
  /** Called with all of stderr so far; may signal. */
  readonly onMessage?: (stderr: string, kill: (signal: NodeJS.Signals) => void) => void;
  /** Ends reading stdout after its first bytes. */
  readonly closeEarly?: boolean;
}

function run(words: readonly string[], options: ProcessOptions = {}): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [COMMAND, ...words], {
      env: { ...process.env, NO_COLOR: '1' },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (options.closeEarly === true) child.stdout.destroy();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      options.onMessage?.(stderr, (signal) => child.kill(signal));
    });
    child.on('error', reject);
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal, stdout, stderr }));
    child.stdin.on('error', () => undefined);
    child.stdin.write(options.stdin ?? '');
    if (options.openStdin !== true) child.stdin.end();
    options.onStart?.((signal) => child.kill(signal));
  });
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vinculum-process-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the process', () => {
  test('trains, predicts from a pipe and evaluates, each with exit 0', async () => {
    const trained = await run(['train', PENGUINS, '-t', 'species', '-o', folder]);
    expect(trained.exitCode).toBe(0);
    expect(trained.stdout.trimEnd().split('\n').at(-1)).toMatch(
      /^held-out accuracy [01]\.\d{4} \(\d+ of 69 rows\)$/,
    );
    const model = join(folder, 'model.safetensors');
    const predicted = await run(['predict', model, '-'], {
      stdin: await readFile(PENGUINS, 'utf8'),
    });
    expect(predicted.stdout.split('\n')).toHaveLength(346);
    expect(predicted.stderr).toBe('');
    const bar = await run(['evaluate', model, PENGUINS, '-q', '--fail-under', 'accuracy=1.5']);
    expect(bar.exitCode).toBe(5);
  });

  test.each([
    [['--version'], 0],
    [['doctor', '--json'], 0],
    [['train'], 2],
    [['train', 'nowhere.csv', '-t', 'x'], 3],
    [['train', PENGUINS, '-t', 'species', '-q', '-o', '/proc/nowhere'], 1],
    [['train', PENGUINS, '-t', 'species', '-q', '--optimizer', 'sgd', '--lr', '1e30'], 4],
  ])('%j exits %i', async (words, exitCode) => {
    const finished = await run([...words, ...(exitCode === 4 ? ['-o', folder] : [])]);
    expect(finished.exitCode).toBe(exitCode);
    expect(finished.stderr).not.toMatch(/\n\s+at /);
  });

  test('Ctrl-C saves the best so far and exits 130', async () => {
    const endless = ['--epochs', '1000000', '--patience', '999999', '--split', '0.6/0.2/0.2'];
    const output = join(folder, 'stopped');
    let sent = false;
    const stopped = await run(['train', PENGUINS, '-t', 'species', '-o', output, ...endless], {
      onMessage: (stderr, kill) => {
        if (sent || !stderr.includes('epoch 3/')) return;
        sent = true;
        kill('SIGINT');
      },
    });
    expect(stopped.exitCode).toBe(130);
    expect(stopped.stdout).toMatch(/held-out accuracy/);
    expect(fromSafetensors(await readFile(join(output, 'model.safetensors'))).kind).toBe(
      'classifier',
    );
  });

  test('the second Ctrl-C ends it at once', async () => {
    const [header = '', ...rows] = (await readFile(PENGUINS, 'utf8')).trimEnd().split('\n');
    const large = join(folder, 'large.csv');
    await writeFile(large, `${header}\n${`${rows.join('\n')}\n`.repeat(100)}`);
    // To measure this network on so many rows takes seconds: that is where the second one comes.
    const slow = ['--test', large, '--hidden', '1000,1000', '--epochs', '1000000'];
    let signals = 0;
    const stopped = await run(['train', PENGUINS, '-t', 'species', '-o', folder, ...slow], {
      onMessage: (stderr, kill) => {
        if (signals === (stderr.includes('epoch 2/') ? 0 : -1)) signals = 1;
        else if (signals === 1 && stderr.includes('interrupt again to quit')) signals = 2;
        else return;
        kill('SIGINT');
      },
    });
    expect(signals).toBe(2);
    expect(stopped.exitCode === 130 || stopped.signal === 'SIGINT').toBe(true);
    expect(stopped.stdout).toBe('');
  });

  test('Ctrl-C leaves no part of a file of predictions', async () => {
    const output = join(folder, 'predictions');
    await mkdir(output);
    const model = join(folder, 'model.safetensors');
    const stopped = await run(['predict', model, '-', '-o', join(output, 'out.csv')], {
      stdin: await readFile(PENGUINS, 'utf8'),
      openStdin: true,
      onStart: (kill) => {
        const timer = setInterval(() => {
          if (readdirSync(output).length === 0) return;
          clearInterval(timer);
          // The file is there; a moment later its rows are waited for.
          setTimeout(() => kill('SIGINT'), 200);
        }, 20);
      },
    });
    expect(stopped.exitCode).toBe(130);
    expect(stopped.stderr).toBe('error: interrupted.\n');
    expect(readdirSync(output)).toEqual([]);
  });

  test('a reader that has seen enough is no fault', async () => {
    const model = join(folder, 'model.safetensors');
    const rows = (await readFile(PENGUINS, 'utf8')).split('\n').slice(1, -1).join('\n');
    const header = (await readFile(PENGUINS, 'utf8')).split('\n')[0] ?? '';
    const stdin = `${header}\n${`${rows}\n`.repeat(300)}`;
    const finished = await run(['predict', model, '-', '--proba'], { stdin, closeEarly: true });
    expect(finished.exitCode).toBe(0);
    expect(finished.stderr).toBe('');
  });

  test('a bar is missed also where nobody reads the metrics', async () => {
    const words = ['evaluate', join(folder, 'model.safetensors'), PENGUINS];
    const child = spawn(process.execPath, [COMMAND, ...words, '--fail-under', 'accuracy=1.5']);
    child.stdout.destroy();
    const exitCode = await new Promise((resolve) => child.on('close', resolve));
    expect(exitCode).toBe(5);
  });
});
