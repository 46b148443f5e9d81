/**
 * No command loses output without an error: every command runs as a process and writes to a slow reader, to a reader that
 * closes the pipe, and to a full disk. The tests run concurrently, because they mostly wait.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../src/program.ts';
import { runInMemory } from './memory-host.ts';
import { FAST, COMMAND, PENGUINS } from './run-process.ts';

let folder = '';
const at = (name: string): string => join(folder, name);
let folders = 0;
const newFolder = (): string => at(`trained-${folders++}`);
/** The number of rows. The output for so many rows is much longer than the buffer of a pipe. */
const COPIES = 60;
let rowsInAll = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vinculum-output-'));
  const [header = '', ...rows] = (await readFile(PENGUINS, 'utf8')).trimEnd().split('\n');
  rowsInAll = rows.length * COPIES;
  await writeFile(at('many.csv'), `${header}\n${`${rows.join('\n')}\n`.repeat(COPIES)}`);
  const words = ['train', PENGUINS, '-t', 'species', ...FAST, '-q', '--epochs', '3', '-o', folder];
  await runInMemory(words);
  await mkdir(at('runs'));
  await runInMemory([...words.slice(0, -1), at('runs/one')]);
  await runInMemory(['export', model(), '-o', at('import.onnx')]);
});
afterAll(() => rm(folder, { recursive: true }));

interface Finished {
  readonly exitCode: number;
  readonly output: string;
  readonly stderr: string;
}

/** Runs the command in a shell. `into`, a redirection or a pipe, receives its stdout. */
async function runInto(words: readonly string[], into: string): Promise<Finished> {
  // A POSIX shell does not give the exit code of the left side of a pipe, so the script writes it to a file.
  const code = at(`code-${Math.random()}`);
  const script = `{ "$NODE" "$0" "$@"; echo $? > "$CODE"; } ${into}`;
  const child = spawn('sh', ['-c', script, COMMAND, ...words], {
    env: { ...process.env, NODE: process.execPath, CODE: code },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  await new Promise((resolve) => child.on('close', resolve));
  return { exitCode: Number(await readFile(code, 'utf8')), output, stderr };
}

const model = (): string => at('model.safetensors');

/** Every command that writes to stdout, and the forms of its output. */
const CALLS: readonly (readonly [name: string, words: () => string[]])[] = [
  ['--version', () => ['--version']],
  ['--help', () => ['--help']],
  [
    'train',
    () => ['train', PENGUINS, '-t', 'species', ...FAST, '--epochs', '2', '-o', newFolder()],
  ],
  [
    'cv',
    () => ['cv', PENGUINS, '-t', 'species', '--preset', 'fast', '--epochs', '2', '--folds', '2'],
  ],
  [
    'tune',
    () => [
      'tune',
      PENGUINS,
      '-t',
      'species',
      '--preset',
      'fast',
      '--epochs',
      '2',
      '--folds',
      '2',
      '--trials',
      '2',
    ],
  ],
  ['predict', () => ['predict', model(), at('many.csv'), '--proba']],
  ['predict', () => ['predict', model(), at('many.csv'), '--proba', '-f', 'jsonl']],
  ['evaluate', () => ['evaluate', model(), PENGUINS]],
  ['report', () => ['report', model(), PENGUINS, '-o', '-']],
  ['runs', () => ['runs', at('runs')]],
  ['compare', () => ['compare', at('runs/one'), at('runs/one'), '--json']],
  ['explain', () => ['explain', model(), PENGUINS, '--rows', '1-64', '--full']],
  ['explain', () => ['explain', model(), PENGUINS, '--rows', '1-64', '--json']],
  ['check', () => ['check', model(), PENGUINS, '--rows', '1-1']],
  ['describe', () => ['describe', PENGUINS]],
  ['inspect', () => ['inspect', model(), '--json']],
  ['export', () => ['export', model(), '-o', at('model.onnx'), '--json']],
  ['import', () => ['import', at('import.onnx'), '-o', at('imported.safetensors')]],
  ['doctor', () => ['doctor', '--json']],
  ['completion', () => ['completion', 'bash']],
];

test('every command has a row in the table of this file', () => {
  expect([...new Set(CALLS.map(([name]) => name))].filter((name) => !name.startsWith('-'))).toEqual(
    COMMANDS.map(({ name }) => name),
  );
});

describe('a slow reader', () => {
  test.concurrent.each(CALLS)('gets the whole output of %s', async (_name, words) => {
    const same = words();
    const slow = await runInto(same, '| { sleep 0.4; cat; }');
    expect(slow.exitCode).toBe(0);
    const whole = await runInMemory(same, { environment: { NO_COLOR: '1' } });
    expect(linesOf(slow.output)).toEqual(linesOf(whole.stdout));
  });

  test.concurrent('gets a line for every row, however often it stops reading', async () => {
    // The reader reads a little at a time, so that the pipe is full many times.
    const reader = `| "$NODE" -e 'process.stdin.on("data", (d) => { process.stdout.write(d); process.stdin.pause(); setTimeout(() => process.stdin.resume(), 2); })'`;
    const words = ['predict', model(), at('many.csv'), '--proba'];
    const slow = await runInto(words, reader);
    expect(slow.exitCode).toBe(0);
    expect(slow.output.split('\n')).toHaveLength(rowsInAll + 2);
  });
});

describe('a reader that closes the pipe', () => {
  test.concurrent.each(CALLS)('is no error for %s', async (_name, words) => {
    const { exitCode, stderr } = await runInto(words(), '| head -c 1');
    expect(stderr).not.toMatch(/error|\n\s+at /);
    expect(exitCode).toBe(0);
  });
});

describe.skipIf(!existsSync('/dev/full'))('a full disk', () => {
  test.concurrent.each(CALLS)('is reported by %s, which exits with 1', async (_name, words) => {
    const { exitCode, stderr } = await runInto(words(), '> /dev/full');
    expect(stderr).toMatch(
      /^error: stdout must be a place to write to; no space is left\. .*\nhint: .*\n$/m,
    );
    expect(stderr.match(/error:/g)).toHaveLength(1);
    expect(exitCode).toBe(1);
  });

  test.concurrent('makes the command write a lost error document to stderr', async () => {
    const { exitCode, stderr } = await runInto(
      ['inspect', 'no-such-file', '--json'],
      '> /dev/full',
    );
    expect(stderr).toMatch(/no space is left/);
    expect(exitCode).toBe(3);
  });

  test.concurrent('does not change the exit code of a missed bar', async () => {
    const words = ['evaluate', model(), PENGUINS, '--fail-under', 'accuracy=1.5'];
    expect((await runInto(words, '> /dev/full')).exitCode).toBe(5);
  });

  test.concurrent('for stderr ends no command', async () => {
    const output = at('full-stderr');
    const words = ['train', PENGUINS, '-t', 'species', ...FAST, '--epochs', '3', '-o', output];
    const { exitCode } = await runInto(words, `2> /dev/full > "${at('result')}"`);
    expect(exitCode).toBe(0);
    expect(existsSync(join(output, 'model.safetensors'))).toBe(true);
    expect(await readFile(at('result'), 'utf8')).toMatch(/held-out accuracy/);
  });
});

/** Replaces the numbers that are measured, because they differ from run to run. */
function linesOf(output: string): string[] {
  return output
    .replaceAll(/"environment":\{[^}]*\}/g, '')
    .replaceAll(/"gain":[\d.]+/g, '')
    .replaceAll(/"(finished|seconds)":[^,}]+/g, '')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, 'some day')
    .replaceAll(/\d+(\.\d+)? m?s\b/g, 'a while')
    .replaceAll(/\d+(\.\d+)?(?= times as fast)|(?<="gain":)\d+(\.\d+)?/g, 'a ratio')
    .split('\n');
}
