/**
 * Small C programs that are compiled with some of the kernels, for what no typed array can show: memory that may not be touched,
 * tensors larger than the machine.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ADDON_SOURCES,
  compilerName,
  findCompiler,
  GENERATED_HEADERS,
  KERNEL_SOURCES,
} from '../../../native/compile/toolchain.mjs';

/** Whether such programs can be compiled here; they need mmap and signals too. */
export const compilesPrograms: boolean =
  process.platform !== 'win32' && (await findCompiler()) !== undefined;

const FLAGS = [
  '-std=gnu11',
  '-O1',
  '-pthread',
  '-Wno-psabi',
  `-I${KERNEL_SOURCES}`,
  `-I${GENERATED_HEADERS}`,
  `-I${ADDON_SOURCES}`,
];

/**
 * Compiles and runs a program.
 *
 * @param source - a file of this folder
 * @param kernels - the names of the kernels' files that it needs
 * @param addon - the names of the addon's files that it needs besides waiting.c
 * @returns what it printed
 */
export function runProgram(
  source: string,
  kernels: readonly string[],
  addon: readonly string[] = [],
): string {
  const folder = mkdtempSync(join(tmpdir(), 'vinculum-program-'));
  try {
    const program = join(folder, 'program');
    execFileSync(compilerName(), [
      ...FLAGS,
      fileURLToPath(new URL(source, import.meta.url)),
      ...kernels.map((name) => join(KERNEL_SOURCES, `${name}.c`)),
      ...['waiting', ...addon].map((name) => join(ADDON_SOURCES, `${name}.c`)),
      '-o',
      program,
    ]);
    return execFileSync(program, { encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
