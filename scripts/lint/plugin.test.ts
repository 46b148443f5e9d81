/**
 * Each rule that this repository adds to oxlint, and each rule of `.oxlintrc.json` that the architecture depends on, is
 * broken here: oxlint runs on small files in the folders for which the rules hold.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../command.mjs';
import { judgeImport } from './layers.mjs';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vinculum-lint-'));
  cpSync(join(ROOT, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
  cpSync(join(ROOT, 'scripts/lint'), join(folder, 'scripts/lint'), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Probe {
  readonly path: string;
  readonly resolve: (codes: string[]) => void;
}

/** Files that wait for the next run of oxlint. */
let waiting: Probe[] = [];

/**
 * The rules that oxlint finds broken in one file. It takes longer to start oxlint than to lint many files, so one run lints all
 * files that concurrent tests ask for; a number keeps their names apart.
 */
async function broken(path: string, text: string): Promise<string[]> {
  return await new Promise((resolve) => {
    if (waiting.length === 0) setImmediate(lint);
    const place = path.replace('probe', `probe-${waiting.length}`);
    waiting.push({ path: place, resolve });
    mkdirSync(dirname(join(folder, place)), { recursive: true });
    writeFileSync(join(folder, place), text);
  });
}

function lint(): void {
  const probes = waiting;
  waiting = [];
  const program = join(ROOT, 'node_modules/oxlint/bin/oxlint');
  const result = spawnSync(
    process.execPath,
    [program, '-f', 'json', ...probes.map(({ path }) => path)],
    { cwd: folder, encoding: 'utf8' },
  );
  const report = JSON.parse(result.stdout) as {
    diagnostics: { code: string; filename: string }[];
  };
  for (const { path, resolve } of probes) {
    rmSync(join(folder, path));
    const own = report.diagnostics.filter(({ filename }) => filename === path);
    resolve(own.map(({ code }) => code).toSorted());
  }
}

test.concurrent.each([
  ['export const a: number = Math.exp(1);'],
  ['export const a: number = Math.random();'],
  ['export const a: number = 2 ** 3;'],
  ['export let a = 2;\na **= 3;'],
  ['export const { exp } = Math;'],
  ["export const a: number = Math['pow'](2, 3);"],
  ['export const a: number = globalThis.Math.sin(1);'],
])('portable-math refuses %s', async (text) => {
  expect(await broken('packages/core/src/optim/probe.ts', text)).toEqual([
    'vinculum(portable-math)',
  ]);
});

test.concurrent(
  'portable-math allows the exact functions of Math, and everything in tests and in the reference backend',
  async () => {
    const exact =
      'export const a: number = Math.sqrt(Math.abs(2)) + Math.imul(1, Math.floor(2.5));';
    expect(await broken('packages/core/src/optim/probe.ts', exact)).toEqual([]);
    const inexact = 'export const a: number = Math.exp(1) ** 2;';
    expect(await broken('packages/core/src/backends/reference/probe.ts', inexact)).toEqual([]);
    expect(await broken('packages/core/src/optim/probe.test.ts', inexact)).toEqual([]);
    expect(await broken('packages/cli/src/probe.ts', inexact)).toEqual([]);
  },
);

test.concurrent.each([
  ['packages/core/src/network/probe.ts', "export * from '../train/fit.ts';"],
  ['packages/core/src/network/probe.ts', "export const a = import('../model/network.ts');"],
  ['packages/core/src/backends/wasm/probe.ts', "export { a } from '../../lowering/lower.ts';"],
  ['packages/core/src/train/probe.ts', "export * from 'node:fs';"],
  ['packages/io/src/probe.ts', "export * from '@vinculum/cli';"],
  ['packages/cli/src/probe.ts', "export * from '../../core/src/model/network.ts';"],
  ['packages/cli/src/probe.ts', "export const a = import('../../io/src/source.ts');"],
  ['packages/io/src/probe.ts', "export type { A } from '../../core/src/model/network.ts';"],
  ['packages/conformance/src/probe.ts', "export * from '../../core/src/model/network.ts';"],
  ['packages/conformance/src/probe.ts', "export type { A } from '../../io/src/source.ts';"],
  [
    'packages/conformance/src/kernels/probe.test.ts',
    "export const a = import('../../../core/src/model/network.ts');",
  ],
])('downward-imports refuses %s: %s', async (path, text) => {
  expect(await broken(path, text)).toEqual(['vinculum(downward-imports)']);
});

test.concurrent.each([
  ['packages/core/src/train/probe.ts', "export * from '../model/network.ts';"],
  ['packages/core/src/probe.test.ts', "export * from './train/fit.ts';"],
  ['packages/core/test/probe.ts', "export * from 'vitest';"],
  [
    'packages/core/src/backends/wasm/probe.ts',
    "export type { A } from '../../program/program.ts';",
  ],
  ['packages/cli/src/probe.ts', "export * from 'vinculum';"],
  ['packages/cli/src/probe.ts', "export * from 'vinculum/internal';"],
  ['packages/conformance/src/probe.ts', "export * from 'vinculum/internal';"],
  ['packages/conformance/src/probe.ts', "export * from '../../kernels/compile/embedding.mjs';"],
])('downward-imports allows %s: %s', async (path, text) => {
  expect(await broken(path, text)).toEqual([]);
});

test.concurrent(
  'clocks, the console and process.exit are refused in the folders that must not use them',
  async () => {
    const clock = 'export const a: number = Date.now();';
    expect(await broken('packages/core/src/train/probe.ts', clock)).toEqual([
      'eslint(no-restricted-globals)',
    ]);
    expect(await broken('packages/core/src/train/probe.ts', 'console.log(1);')).toContain(
      'eslint(no-console)',
    );
    expect(await broken('packages/io/src/probe.ts', 'process.exit(1);')).toContain(
      'unicorn(no-process-exit)',
    );
  },
);

test('a file in an unknown folder is refused until the folder has its place in the layers', () => {
  expect(judgeImport('misc/a.ts', 'errors.ts', false)).toMatch(/belongs to no layer/);
  expect(judgeImport('train/a.ts', 'misc/a.ts', false)).toMatch(/belongs to no layer/);
});
