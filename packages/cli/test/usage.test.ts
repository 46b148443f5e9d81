/** Every wrong call of the command gives one clear line, a hint, the right exit code and nothing on stdout. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { dense, network, toSafetensors } from 'vinculum';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { correctedCommand } from '../src/run.ts';
import { runInMemory } from './memory-host.ts';

const PENGUINS = fileURLToPath(new URL('../../../examples/data/penguins.csv', import.meta.url));

const COMMAND = fileURLToPath(new URL('../bin/vinculum.js', import.meta.url));

/** An output folder that must not exist afterwards, because the run fails before it writes. */
const OUTPUT = join(tmpdir(), 'vinculum-never-written');

let folder = '';
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vinculum-usage-'));
  const model = toSafetensors(network({ inputs: 2, layers: [dense(1)] }));
  const newer = Buffer.from(model)
    .toString('latin1')
    .replace('"formatVersion":"1"', '"formatVersion":"2"');
  const files: [string, string | Uint8Array][] = [
    ['ragged.csv', 'a,b,c\n1,2,x\n3,4\n'],
    ['quote.csv', 'a,b,c\n1,"2,x\n3,4,y\n'],
    ['header.csv', 'a,b\n'],
    ['nothing.csv', ''],
    ['twice.csv', 'a,a\n1,2\n'],
    ['oneclass.csv', 'a,b\n1,x\n2,x\n3,x\n'],
    ['notarget.csv', 'a,b\n1,\n2,\n'],
    ['binary.csv', Uint8Array.of(0, 1, 2, 3, 255, 254)],
    ['latin.csv', Buffer.from('a,caf\u00e9\n1,2\n', 'latin1')],
    ['evil.csv', 'a,\u001b[2Jb\n1,x\n2,y\n'],
    ['tiny.csv', 'a,b\n1,x\n'],
    ['short.safetensors', model.subarray(0, -1)],
    ['newer.safetensors', Buffer.from(newer, 'latin1')],
  ];
  for (const [name, content] of files) await writeFile(at(name), content);
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await rm(OUTPUT, { recursive: true, force: true });
});

interface WrongCall {
  readonly words: readonly string[];
  readonly exitCode: number;
  readonly error: RegExp;
  readonly hint: RegExp;
}

const usage: readonly WrongCall[] = [
  {
    words: ['trian', 'x.csv'],
    exitCode: 2,
    error: /^error: unknown command 'trian'\. Did you mean 'train'\?$/,
    hint: /^hint: vinculum train x\.csv$/,
  },
  {
    words: ['--foo'],
    exitCode: 2,
    error: /unknown option '--foo'/,
    hint: /'vinculum --help' lists/,
  },
  {
    words: ['help', 'trian'],
    exitCode: 2,
    error: /unknown command 'trian'/,
    hint: /^hint: vinculum help train$/,
  },
  { words: ['train'], exitCode: 2, error: /missing required argument 'data'/, hint: /-t species/ },
  {
    words: ['train', PENGUINS, '-t'],
    exitCode: 2,
    error: /'-t, --target <column>' argument missing/,
    hint: /for example: vinculum train/,
  },
  {
    words: ['train', PENGUINS, '-t', 'species', 'more'],
    exitCode: 2,
    error: /too many arguments for 'train'/,
    hint: /for example/,
  },
  {
    words: ['train', PENGUINS, '-t', 'species', '--epoch', '3'],
    exitCode: 2,
    error: /unknown option '--epoch'\. Did you mean '--epochs'\?/,
    hint: /^hint: vinculum train .*penguins\.csv -t species --epochs 3$/,
  },
  {
    words: ['train', PENGUINS, '-t', 'species', '--epochs=-1'],
    exitCode: 2,
    error: /--epochs must be an integer, at least 1; got '-1'\./,
    hint: /--epochs=200$/,
  },
  {
    words: ['train', PENGUINS, '-t', 'species', '--optimizer', 'adma'],
    exitCode: 2,
    error: /--optimizer must be one of adam, adamw, sgd, .* and \w+; got 'adma'\./,
    hint: /--optimizer adam$/,
  },
  {
    words: ['train', PENGUINS, '-t', 'species', '--momentum', '0.9'],
    exitCode: 2,
    error: /--momentum goes with sgd and rmsprop/,
    hint: /leave --momentum off/,
  },
  {
    words: ['train', PENGUINS, '-t', 'species', '--optimizer', 'sgd', '--weight-decay', '0.1'],
    exitCode: 2,
    error: /--weight-decay goes with adam, adamw and nadam; got --optimizer sgd/,
    hint: /--l2 0\.1/,
  },
  {
    words: ['train', PENGUINS],
    exitCode: 2,
    error: /needs the column to predict: -t, --target\. The columns of .* are species, island,/,
    hint: /^hint: vinculum train .*penguins\.csv -t year$/,
  },
  {
    words: ['train', PENGUINS, '-t', 'species', '--drop', 'island,species'],
    exitCode: 2,
    error: /--drop must not name the target/,
    hint: /never an input/,
  },
  {
    words: ['train', PENGUINS, '-t', 'species', '--backend', 'webgpu'],
    exitCode: 2,
    error: /--backend must be one of auto, native, wasm and reference; got 'webgpu'\./,
    hint: /--backend auto$/,
  },
  {
    words: ['train', PENGUINS, '-t', 'species', '--data-dir', '.'],
    exitCode: 2,
    error: /--data-dir goes with fashion-mnist/,
    hint: /fashion-mnist/,
  },
  {
    words: ['train', PENGUINS, '-t', 'species', '-q', '-o', OUTPUT, '--clip', '1e-60'],
    exitCode: 2,
    error: /--clip must be a finite number, above 0, once rounded to float32; got 1e-60\./,
    hint: /leave --clip off/,
  },
  {
    words: ['train', PENGUINS, '-t', 'species', '-q', '-o', OUTPUT, '--hidden', '1000000,1000000'],
    exitCode: 2,
    error: /the network must have at most \d+ parameters/,
    hint: /fewer units/,
  },
  {
    words: ['explain', 'm', 'd', '--row', '0'],
    exitCode: 2,
    error: /--row must be a data row counted from 1; got '0'\./,
    hint: /^hint: vinculum explain m d --row 1$/,
  },
  {
    words: ['explain', 'm', 'd'],
    exitCode: 2,
    error: /explain needs one of --row N and --rows A-B/,
    hint: /--row 1/,
  },
  {
    words: ['check', 'm'],
    exitCode: 2,
    error: /a model and its data, or neither/,
    hint: /check m/,
  },
  { words: ['doctor', 'x'], exitCode: 2, error: /too many arguments/, hint: /vinculum doctor/ },
];

const data: readonly (Omit<WrongCall, 'words'> & { readonly words: () => readonly string[] })[] = [
  {
    words: () => ['train', PENGUINS.replace('penguins', 'penguin'), '-t', 'species'],
    exitCode: 3,
    error: /^error: there is no file '.*penguin\.csv'\.$/,
    hint: /^hint: vinculum train .*penguins\.csv -t species$/,
  },
  {
    words: () => ['train', at('elsewhere.csv'), '-t', 'x'],
    exitCode: 3,
    error: /there is no file/,
    hint: /DATA is a CSV file/,
  },
  {
    words: () => ['train', folder, '-t', 'x'],
    exitCode: 3,
    error: /it is a folder/,
    hint: /CSV/,
  },
  {
    words: () => ['train', PENGUINS, '-t', 'specis'],
    exitCode: 3,
    error: /there is no column 'specis'\. Did you mean 'species'\?/,
    hint: /-t species$/,
  },
  {
    words: () => ['train', PENGUINS, '-t', 'species', '--drop', 'yeer,sex'],
    exitCode: 3,
    error: /--drop: there is no column 'yeer'/,
    hint: /--drop year,sex$/,
  },
  {
    words: () => ['train', PENGUINS, '-t', 'island', '--task', 'regression'],
    exitCode: 3,
    error: /must hold numbers for a regression; it holds text such as 'Torgersen'/,
    hint: /--task/,
  },
  {
    words: () => ['train', at('ragged.csv'), '-t', 'c'],
    exitCode: 3,
    error: /row 2 \(line 3\) must have 3 fields/,
    hint: /correct the file/,
  },
  {
    words: () => ['train', at('quote.csv'), '-t', 'c'],
    exitCode: 3,
    error: /closing quote/,
    hint: /./,
  },
  {
    words: () => ['train', at('header.csv'), '-t', 'b'],
    exitCode: 3,
    error: /only a header/,
    hint: /./,
  },
  {
    words: () => ['train', at('nothing.csv'), '-t', 'b'],
    exitCode: 3,
    error: /no text/,
    hint: /CSV/,
  },
  { words: () => ['train', at('twice.csv'), '-t', 'a'], exitCode: 3, error: /differ/, hint: /./ },
  {
    words: () => ['train', at('binary.csv'), '-t', 'a'],
    exitCode: 3,
    error: /must be text; got a binary file/,
    hint: /CSV/,
  },
  {
    words: () => ['train', at('latin.csv'), '-t', 'a'],
    exitCode: 3,
    error: /must be UTF-8 text; got other bytes near offset 5\. Save it as UTF-8\.$/,
    hint: /--encoding windows-1252/,
  },
  {
    words: () => ['train', at('oneclass.csv'), '-t', 'b'],
    exitCode: 3,
    error: /at least 2 classes; every row is 'x'/,
    hint: /./,
  },
  {
    words: () => ['train', at('notarget.csv'), '-t', 'b'],
    exitCode: 3,
    error: /must have values; it has none/,
    hint: /./,
  },
  {
    words: () => ['train', at('tiny.csv'), '-t', 'b'],
    exitCode: 3,
    error: /at least 2/,
    hint: /./,
  },
  {
    words: () => ['predict', at('not-there-at-all.safetensors'), PENGUINS],
    exitCode: 3,
    error: /there is no file/,
    hint: /vinculum train/,
  },
  {
    words: () => ['predict', folder, PENGUINS],
    exitCode: 3,
    error: /must be a readable model file; it is a folder/,
    hint: /model\.safetensors/,
  },
  {
    words: () => ['inspect', PENGUINS],
    exitCode: 3,
    error:
      /penguins\.csv' must be a model that vinculum saved; the file has no safetensors header\.$/,
    hint: /vinculum train/,
  },
  {
    words: () => ['predict', at('short.safetensors'), PENGUINS],
    exitCode: 3,
    error: /short\.safetensors' must be a model .*; the data must have .* The file is cut off\.$/,
    hint: /vinculum train/,
  },
  {
    words: () => ['predict', at('newer.safetensors'), PENGUINS],
    exitCode: 3,
    error: /newer\.safetensors' must be a model .*; formatVersion must be '1'; got '2'/,
    hint: /update vinculum/,
  },
  {
    words: () => ['predict', PENGUINS, 'model.safetensors'],
    exitCode: 3,
    error: /the model comes first/,
    hint: /put model\.safetensors before/,
  },
];

describe('a wrong call', () => {
  test.each(usage)('$words', (call) => expectRefusal(call.words, call));
});

describe('bad data', () => {
  test.each(data.map((call, index) => ({ ...call, index })))('case $index: $error', (call) =>
    expectRefusal(call.words(), call),
  );

  test('does not print the control characters of names from files', async () => {
    const { stderr } = await runInMemory(['train', at('evil.csv'), '-t', 'zzz']);
    expect(stderr).not.toContain('\u001b');
    expect(stderr).toMatch(/columns are a and .*\[2Jb/);
  });

  test('leaves no folder and no model behind', async () => {
    const output = at('out');
    await runInMemory(['train', at('ragged.csv'), '-t', 'c', '-o', output]);
    expect(await readdir(folder)).not.toContain('out');
  });
});

describe('the environment', () => {
  test.each([
    [{ VINCULUM_BACKEND: 'webgpu' }, /VINCULUM_BACKEND must be one of/],
    [{ VINCULUM_BACKEND: 'nativ' }, /VINCULUM_BACKEND must be one of/],
    [
      { VINCULUM_THREADS: '8', VINCULUM_BACKEND: 'reference' },
      /needs a backend with threads; 'reference' computes with one/,
    ],
    [{ VINCULUM_THREADS: '1000' }, /VINCULUM_THREADS must be an integer from 1 to 256/],
    [{ VINCULUM_THREADS: 'x' }, /VINCULUM_THREADS must be an integer from 1 to 256/],
    [
      { VINCULUM_ISA: 'avx2', VINCULUM_BACKEND: 'wasm' },
      /VINCULUM_ISA=avx2 belongs to the native backend; 'wasm'/,
    ],
    [{ VINCULUM_ISA: 'avx3' }, /VINCULUM_ISA must be one of/],
  ])('%o is an error, never passed over', async (environment: Record<string, string>, error) => {
    const run = await runInMemory(['train', PENGUINS, '-t', 'species'], { environment });
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toMatch(error);
    const doctor = await runInMemory(['doctor'], { environment });
    expect(doctor.exitCode).toBe(1);
    expect(doctor.stdout).toMatch(/The settings do not work here/);
    expect(doctor.stdout).toMatch(error);
    const told = await runInMemory(['doctor', '--json'], { environment });
    expect((JSON.parse(told.stdout) as { problem: string }).problem).toMatch(error);
  });
});

describe('errors with --json', () => {
  test('are one document on stdout, with nothing on stderr', async () => {
    const run = await runInMemory(['train', PENGUINS, '-t', 'specis', '--json']);
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toBe('');
    expect(JSON.parse(run.stdout)).toEqual({
      schema: 'vinculum.error/1',
      code: 'data',
      message: "--target: there is no column 'specis'. Did you mean 'species'?",
      hint: `vinculum train ${PENGUINS} -t species --json`,
    });
  });

  test('have a code for each kind', async () => {
    const codeOf = async (words: readonly string[]): Promise<unknown> => {
      const { stdout } = await runInMemory([...words, '--json']);
      return (JSON.parse(stdout) as { code: unknown }).code;
    };
    expect(await codeOf(['train'])).toBe('usage');
    expect(await codeOf(['inspect', PENGUINS])).toBe('model-format');
    const threads = ['--backend', 'reference', '--threads', '2'];
    expect(await codeOf(['train', PENGUINS, '-t', 'species', ...threads])).toBe(
      'backend-unavailable',
    );
  });
});

describe('numerics that cannot be had here', () => {
  test('are an error that names the reason and the way on', async () => {
    const words = ['train', PENGUINS, '-t', 'species', '-o', OUTPUT, '--backend', 'native'];
    // A process of its own, because the instruction set is chosen once.
    const run = promisify(execFile)(process.execPath, [COMMAND, ...words], {
      env: { ...process.env, VINCULUM_ISA: 'baseline', VINCULUM_NUMERICS: 'fused' },
    });
    await expect(run).rejects.toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^error: .*\.\nhint: 'reference' works here, and so does 'auto'\n$/,
      ),
    });
  });

  test('that are no word at all are told the two there are', async () => {
    const run = await runInMemory(['predict', at('tiny.csv'), at('tiny.csv')], {
      environment: { VINCULUM_NUMERICS: 'fussed' },
    });
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(
      "VINCULUM_NUMERICS must be one of portable and fused; got 'fussed'.",
    );
  });
});

describe('help', () => {
  test('is written to stdout, with the examples first', async () => {
    for (const words of [[], ['--help'], ['help']]) {
      const run = await runInMemory(words);
      expect(run.exitCode).toBe(0);
      expect(run.stdout).toMatch(/^Examples:\n {2}\$ vinculum train/);
      expect(run.stderr).toBe('');
    }
    const train = await runInMemory(['train', '--help']);
    expect(train.stdout).toMatch(/^Example:\n {2}\$ vinculum train/);
    for (const option of ['--target', '--hidden', '--learning-rate', '--json', '--seed']) {
      expect(train.stdout).toContain(option);
    }
  });

  test('is replaced by the version alone with --version', async () => {
    const { exitCode, stdout } = await runInMemory(['--version']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('of an internal error shows a stack only with --debug', async () => {
    const plain = await runInMemory(['train', at('ragged.csv'), '-t', 'c']);
    expect(plain.stderr).not.toMatch(/\n\s+at /);
    const debug = await runInMemory(['train', at('ragged.csv'), '-t', 'c', '--debug']);
    expect(debug.stderr).toMatch(/\n\s+at /);
    const evil = await runInMemory(['train', at('evil.csv'), '-t', 'zzz', '--debug']);
    expect(evil.stderr).toMatch(/\n\s+at /);
    expect(evil.stderr).not.toContain('\u001b');
  });
});

describe('colour', () => {
  const fault = ['train', 'no-such-file.csv', '-t', 'x'];

  test.each([
    [{ terminal: true }, true],
    [{ terminal: false }, false],
    [{ terminal: true, environment: { NO_COLOR: '1' } }, false],
    [{ terminal: true, environment: { NO_COLOR: '' } }, true],
    [{ terminal: true, environment: { TERM: 'dumb' } }, false],
    [{ terminal: false, environment: { FORCE_COLOR: '1' } }, true],
    [{ terminal: true, environment: { FORCE_COLOR: '0' } }, false],
  ])('%o: %s', async (options, coloured) => {
    const { stderr } = await runInMemory(fault, options);
    expect(stderr.includes('\u001b[')).toBe(coloured);
  });
});

describe('correctedCommand', () => {
  test('replaces a word that is alone, after =, before = or between commas', () => {
    expect(correctedCommand(['a', 'b c'], 'a', 'x y')).toBe("vinculum 'x y' 'b c'");
    expect(correctedCommand(['--n=a'], 'a', 'b')).toBe('vinculum --n=b');
    expect(correctedCommand(['acuracy=0.9'], 'acuracy', 'accuracy')).toBe('vinculum accuracy=0.9');
    expect(correctedCommand(['p,q,r'], 'q', 's')).toBe('vinculum p,s,r');
    expect(correctedCommand(['p'], 'q', 's')).toBe(undefined);
  });
});

async function expectRefusal(
  words: readonly string[],
  { exitCode, error, hint }: Omit<WrongCall, 'words'>,
): Promise<void> {
  const run = await runInMemory(words);
  const lines = run.stderr.trimEnd().split('\n');
  expect(run.stdout).toBe('');
  expect(run.exitCode).toBe(exitCode);
  expect(lines[0]).toMatch(error);
  expect(lines[1]).toMatch(hint);
  expect(lines[1]).toMatch(/^hint: /);
  expect(lines).toHaveLength(2);
}
