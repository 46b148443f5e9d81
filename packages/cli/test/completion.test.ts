/** The scripts of `vinculum completion`, called in the way in which a shell calls them. */
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { ACTIVATIONS } from '../src/choices.ts';
import { COMMANDS } from '../src/program.ts';
import { runInMemory } from './memory-host.ts';

const hasBash = spawnSync('bash', ['--version']).status === 0;

/** The words that bash offers for the last word of a command line. */
async function offered(...words: string[]): Promise<string[]> {
  const { stdout: script } = await runInMemory(['completion', 'bash']);
  const ask =
    'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _vinculum; printf "%s\\n" "${COMPREPLY[@]}"';
  const shell = spawnSync('bash', ['-c', `${script}${ask}`, 'bash', 'vinculum', ...words], {
    encoding: 'utf8',
  });
  expect(shell.stderr).toBe('');
  return shell.stdout.split('\n').filter((word) => word !== '');
}

describe.skipIf(!hasBash)('bash', () => {
  test('offers every command', async () => {
    expect(await offered('')).toEqual([
      ...COMMANDS.map(({ name }) => name),
      'help',
      '--help',
      '--version',
    ]);
    expect(await offered('ev')).toEqual(['evaluate']);
  });

  test('offers the flags of the command', async () => {
    expect(await offered('train', 'x.csv', '--le')).toEqual(['--learning-rate']);
    expect(await offered('predict', '--le')).toEqual([]);
  });

  test('offers the choices of a flag, which are those of the library', async () => {
    expect(await offered('train', 'x.csv', '--activation', '')).toEqual([...ACTIVATIONS]);
    expect(await offered('predict', 'm', '-f', '')).toEqual(['csv', 'jsonl']);
  });

  test('offers paths for every other word', async () => {
    expect(await offered('inspect', 'package.jso')).toEqual(['package.json']);
  });
});

test('fish and zsh know every flag too', async () => {
  const { stdout: fish } = await runInMemory(['completion', 'fish']);
  expect(fish).toContain("__fish_seen_subcommand_from train' -l optimizer -x -a 'adam adamw");
  const { stdout: zsh } = await runInMemory(['completion', 'zsh']);
  expect(zsh).toMatch(/^#compdef vinculum\n/);
  expect(zsh).toContain('--optimizer');
});

test('an unknown shell is refused with the nearest as hint', async () => {
  const run = await runInMemory(['completion', 'bsh']);
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toBe(
    "error: SHELL must be one of bash, zsh and fish; got 'bsh'.\nhint: vinculum completion bash\n",
  );
});
