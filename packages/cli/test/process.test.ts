/** The command as a process of its own, from the build: exit codes, streams, signals and pipes. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromSafetensors } from 'vinculum';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const COMMAND = fileURLToPath(new URL('../bin/vinculum.js', import.meta.url));
const PENGUINS = fileURLToPath(new URL('../../../examples/data/penguins.csv', import.meta.url));

interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface ProcessOptions {
  readonly stdin?: string;
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
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.stdin ?? '');
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

  test('a reader that has seen enough is no fault', async () => {
    const model = join(folder, 'model.safetensors');
    const rows = (await readFile(PENGUINS, 'utf8')).split('\n').slice(1, -1).join('\n');
    const header = (await readFile(PENGUINS, 'utf8')).split('\n')[0] ?? '';
    const stdin = `${header}\n${`${rows}\n`.repeat(300)}`;
    const finished = await run(['predict', model, '-', '--proba'], { stdin, closeEarly: true });
    expect(finished.exitCode).toBe(0);
    expect(finished.stderr).toBe('');
  });
});
