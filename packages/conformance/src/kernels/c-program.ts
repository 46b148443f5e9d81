/**
 * Small C programs that are compiled together with some of the kernels. They test what a typed array cannot show: memory
 * that must not be touched, and tensors larger than the memory of the machine.
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

/** Whether such programs can be compiled here. They need a C compiler, mmap and signals. */
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
 * @param kernels - the files of packages/kernels/src that it needs, without `.c`
 * @param addon - the files of packages/native/addon that it needs besides waiting.c, without `.c`
 * @returns its output
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
