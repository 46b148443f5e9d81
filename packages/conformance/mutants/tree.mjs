/**
 * The trees in which bugs are planted: copies of the sources and of what was built from them, in temporary folders, and the
 * programs that run in them, each ended with all its processes when it takes too long.
 */
import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../..');

/** What a test run needs; everything else stays behind. */
const COPIED = [
  'package.json',
  'tsconfig.json',
  'tsconfig.base.json',
  'tsconfig.emit.json',
  'tsconfig.test.json',
  'vitest.config.ts',
  'examples',
  'scripts',
  'packages',
];

/**
 * What a patch may ask to be built, by which programs, and what is put back afterwards.
 *
 * @type {Record<string, { commands: readonly (readonly string[])[], outputs: readonly string[] }>}
 */
export const REBUILDS = {
  kernels: {
    commands: [['packages/kernels/compile/build.mjs']],
    outputs: [
      'packages/core/src/backends/wasm/kernels.generated.ts',
      'packages/core/src/backends/wasm/fused-kernels.generated.ts',
      'packages/kernels/generated',
    ],
  },
  native: {
    commands: [['packages/native/compile/build.mjs']],
    outputs: ['packages/native/build'],
  },
  typescript: {
    commands: [['node_modules/typescript/bin/tsc', '-b'], ['scripts/bundle.mjs']],
    outputs: ['core', 'native', 'io', 'report', 'cli'].map((name) => `packages/${name}/dist`),
  },
};

/** Where the output of a build waits while a bug is planted. */
export const KEPT = 'kept';

/**
 * Few networks are enough to see a bug. And git must take a copy for no part of a repository around it, or it
 * would apply nothing and say nothing.
 */
const ENVIRONMENT = {
  ...process.env,
  VINCULUM_EXHAUSTIVE: '0',
  GIT_CEILING_DIRECTORIES: realpathSync(tmpdir()),
};

/** No run of the tests takes a tenth of it; one that takes longer will not end. */
export const LIMIT_SECONDS = 300;

const LEFT_OUT = new Set(['node_modules', 'mutants']);

/** The groups of processes that are at work, to be ended with this one. */
const groups = new Set();

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    for (const group of groups) process.kill(-group, 'SIGKILL');
    process.exit(1);
  });
}

/** @returns {string} a copy of the sources and of what was built, with the installed packages linked */
export function copyTree() {
  const tree = mkdtempSync(join(tmpdir(), 'vinculum-mutants-'));
  for (const name of COPIED) {
    cpSync(join(ROOT, name), join(tree, name), {
      recursive: true,
      preserveTimestamps: true,
      filter: (source) => !LEFT_OUT.has(basename(source)),
    });
  }
  linkPackages(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
  return tree;
}

/**
 * Links every installed package; our own, which are links to the workspaces, lead to those of the copy, so that a process
 * that a test starts runs the copy too.
 *
 * @param {string} installed
 * @param {string} modules
 */
function linkPackages(installed, modules) {
  mkdirSync(modules, { recursive: true });
  for (const entry of readdirSync(installed, { withFileTypes: true })) {
    const from = join(installed, entry.name);
    const to = join(modules, entry.name);
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(from), to);
    else if (entry.name === '@vinculum') linkPackages(from, to);
    else symlinkSync(from, to);
  }
}

/**
 * @param {string} tree
 * @param {readonly string[]} names - of REBUILDS
 * @returns {Promise<string | undefined>} what went wrong
 */
export async function rebuild(tree, names) {
  for (const name of names) {
    const build = REBUILDS[name];
    if (build === undefined)
      return `rebuild must be of ${Object.keys(REBUILDS).join(', ')}; got ${name}`;
    for (const command of build.commands) {
      const { status, output } = await runIn(tree, process.execPath, command);
      if (status !== 0) return `${name} does not build:\n${output}`;
    }
  }
  return undefined;
}

/**
 * Ends a program that takes too long, and the processes that it started.
 *
 * @param {string} cwd
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {Promise<{ status: number, output: string, ended: boolean }>} `ended`: by itself
 */
export function runIn(cwd, program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: ENVIRONMENT,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    let ended = true;
    const add = (/** @type {Buffer} */ chunk) => (output += chunk.toString('utf8'));
    child.stdout.on('data', add);
    child.stderr.on('data', add);
    child.on('error', reject);
    const group = child.pid;
    if (group === undefined) return;
    groups.add(group);
    const limit = setTimeout(() => {
      ended = false;
      process.kill(-group, 'SIGKILL');
    }, LIMIT_SECONDS * 1000);
    child.on('close', (status) => {
      clearTimeout(limit);
      groups.delete(group);
      resolve({ status: status ?? 1, output, ended });
    });
  });
}
