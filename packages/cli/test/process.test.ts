/** The built command as a process: exit codes and pipes. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FAST, COMMAND, PENGUINS, runProcess } from './run-process.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vinculum-process-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the process', () => {
  test('trains, predicts from a pipe and evaluates, each with exit 0', async () => {
    const trained = await runProcess(['train', PENGUINS, '-t', 'species', ...FAST, '-o', folder]);
    expect(trained.exitCode).toBe(0);
    expect(trained.stdout.trimEnd().split('\n').at(-1)).toMatch(
      /^held-out accuracy [01]\.\d{4} \(\d+ of 69 rows\)$/,
    );
    const model = join(folder, 'model.safetensors');
    const predicted = await runProcess(['predict', model, '-'], {
      stdin: await readFile(PENGUINS, 'utf8'),
    });
    expect(predicted.stdout.split('\n')).toHaveLength(346);
    expect(predicted.stderr).toBe('');
    const bar = await runProcess([
      'evaluate',
      model,
      PENGUINS,
      '-q',
      '--fail-under',
      'accuracy=1.5',
    ]);
    expect(bar.exitCode).toBe(5);
  });

  test.each([
    [['--version'], 0],
    [['doctor', '--json'], 0],
    [['train'], 2],
    [['train', 'nowhere.csv', '-t', 'x'], 3],
    // The file never ends, but the command reads only the header of a model at first.
    [['inspect', '/dev/zero'], 3],
    [['train', PENGUINS, '-t', 'species', ...FAST, '-q', '-o', '/proc/nowhere'], 1],
    [['train', PENGUINS, '-t', 'species', ...FAST, '-q', '--optimizer', 'sgd', '--lr', '1e30'], 4],
  ])('%j exits %i', async (words, exitCode) => {
    const finished = await runProcess([...words, ...(exitCode === 4 ? ['-o', folder] : [])]);
    expect(finished.exitCode).toBe(exitCode);
    expect(finished.stderr).not.toMatch(/\n\s+at /);
  });

  test.each([{}, { CI: '1' }, { CI: 'true', TERM: 'xterm-256color' }])(
    'writes no colour into a pipe in the environment %j',
    async (environment) => {
      const finished = await runProcess(['train', 'nowhere.csv', '-t', 'x'], { environment });
      expect(finished.stderr).toMatch(/^error: .*\nhint: .*\n$/);
    },
  );

  test.each([24, 28, 32, 36, 48])(
    'works or fails with one error line and a hint if it may open only %i files',
    async (limit) => {
      const script = `ulimit -n ${limit}; exec "$@"`;
      const child = spawn('sh', ['-c', script, 'sh', process.execPath, COMMAND, '--version']);
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      const exitCode = await new Promise((resolve) => child.on('close', resolve));
      expect(stderr).toMatch(exitCode === 0 ? /^$/ : /^error: .*\nhint: .*\n$/);
    },
  );

  test('exits with the code of a missed bar even if no one reads the metrics', async () => {
    const words = ['evaluate', join(folder, 'model.safetensors'), PENGUINS];
    const child = spawn(process.execPath, [COMMAND, ...words, '--fail-under', 'accuracy=1.5']);
    child.stdout.destroy();
    const exitCode = await new Promise((resolve) => child.on('close', resolve));
    expect(exitCode).toBe(5);
  });
});
