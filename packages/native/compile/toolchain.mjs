/**
 * Compiles the kernels and the addon to one shared library with the system's C compiler only, without node-gyp and without
 * a download; Node's headers come from an npm package. The build and the tests that vary its macros share this file.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { include_dir as nodeHeaders } from 'node-api-headers';
import { INSTRUCTION_SETS, PLAIN } from './instruction-sets.mjs';

const runFile = promisify(execFile);

export const KERNEL_SOURCES = fileURLToPath(new URL('../../kernels/src/', import.meta.url));
export const ADDON_SOURCES = fileURLToPath(new URL('../addon/', import.meta.url));

/** The headers that the build of the kernels generates; it must have run. */
export const GENERATED_HEADERS = fileURLToPath(
  new URL('../../kernels/generated/', import.meta.url),
);

/**
 * A multiply and an add stay two roundings, whatever the instruction set has, because the compiler may not contract them; the
 * fused tiles ask for fused instructions by name. Nothing else here lets a compiler change a value: without traps and errno, comparisons and roots become single instructions.
 */
const FLAGS = [
  '-std=gnu11',
  '-O3',
  '-fPIC',
  '-pthread',
  '-fvisibility=hidden',
  '-ffp-contract=off',
  '-fno-math-errno',
  '-fno-trapping-math',
  '-Wall',
  '-Wextra',
  '-Werror',
  // A vector in an argument has another layout with and without AVX; such functions have a name for each build here.
  '-Wno-psabi',
];

/** @returns {string} the compiler: `CC`, or cc */
export function compilerName() {
  return process.env['CC'] || 'cc';
}

/** @returns {Promise<string | undefined>} the first line of the compiler's version; undefined if there is no compiler */
export async function findCompiler() {
  try {
    const { stdout } = await runFile(compilerName(), ['--version']);
    return stdout.split('\n')[0];
  } catch {
    return undefined;
  }
}

/** What a build depends on in addition to its sources. */
export function describeFlags() {
  return JSON.stringify([FLAGS, INSTRUCTION_SETS, PLAIN]);
}

/**
 * Compiles and links.
 *
 * @param {string} output - path of the addon
 * @param {object} [options]
 * @param {Record<string, number>} [options.defines] - macros of the kernels that a test build varies, such as `{ K_BLOCK: 3 }`
 * @param {string} [options.arch] - of the target, by Node's name; `CC` must compile for it
 * @throws {Error} with the compiler's own words when it refuses a source
 */
export async function compileAddon(output, { defines = {}, arch = process.arch } = {}) {
  const objects = join(output, '../objects');
  mkdirSync(objects, { recursive: true });
  const builds = kernelBuilds(arch, defines, objects);
  await forEachAtOnce(builds, precompileHeaders);
  const units = [...kernelUnits(builds), ...addonUnits()].map((unit) => ({
    ...unit,
    object: join(objects, `${unit.name}.o`),
  }));
  await forEachAtOnce(units, compileUnit);
  const shared =
    process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared'];
  await runCompiler([...shared, '-pthread', ...units.map(({ object }) => object), '-o', output]);
  for (const { prefix } of builds) rmSync(precompiledOf(prefix), { force: true });
}

/**
 * @param {string} [arch] - by Node's name
 * @returns {string[]} the instruction sets that have the tiles of fused numerics
 */
export function fusingSets(arch = process.arch) {
  return Object.entries(INSTRUCTION_SETS[/** @type {'x64'} */ (arch)] ?? PLAIN).flatMap(
    ([set, { defines }]) => ('HAS_FUSED' in defines ? [set] : []),
  );
}

/**
 * @typedef {object} Build - of all kernels for one instruction set
 * @property {string} set - its name
 * @property {string[]} flags
 * @property {string} prefix - the path of a header that is included before each kernel
 */

/**
 * @param {string} arch
 * @param {Record<string, number>} defines
 * @param {string} folder - for the prefix headers
 * @returns {Build[]}
 */
function kernelBuilds(arch, defines, folder) {
  const sets = Object.entries(INSTRUCTION_SETS[/** @type {'x64'} */ (arch)] ?? PLAIN);
  return sets.map(([set, build]) => ({
    set,
    flags: [
      ...build.flags,
      `-I${KERNEL_SOURCES}`,
      `-I${GENERATED_HEADERS}`,
      `-DINSTRUCTION_SET=${set}`,
      ...Object.entries({ ...build.defines, ...defines }).map(
        ([name, value]) => `-D${name}=${value}`,
      ),
    ],
    prefix: join(folder, `prefix-${set}.h`),
  }));
}

/**
 * Writes the prefix header of a build and precompiles it beside itself, where compilers look for it. The compiler's own headers
 * of intrinsics have 60,000 lines, so reading them anew for each kernel took more than half of the time of the build: 20 instead
 * of 9 seconds of CPU time. A compiler that cannot precompile it reads the header itself.
 *
 * @param {Build} build
 */
async function precompileHeaders({ flags, prefix }) {
  writeFileSync(prefix, '#include "names.h"\n#include "vector.h"\n');
  const precompiled = precompiledOf(prefix);
  try {
    await runCompiler([...FLAGS, ...flags, '-x', 'c-header', prefix, '-o', precompiled]);
  } catch {
    rmSync(precompiled, { force: true });
  }
}

/**
 * @typedef {object} Unit - what becomes one object file
 * @property {string} name
 * @property {string} source
 * @property {string[]} flags
 * @property {string} [prefix] - the path of a header that is included first
 */

/**
 * Compiles a unit. GCC before version 13 can only load a precompiled header at the address at which it was written, which a
 * system may refuse; so a failure may be that of the precompiled header, and the unit is compiled once more without it.
 *
 * @param {Unit & { object: string }} unit
 */
async function compileUnit({ source, object, flags, prefix }) {
  const included = prefix === undefined ? [] : ['-include', prefix];
  const args = [...FLAGS, ...flags, ...included, '-c', source, '-o', object];
  try {
    await runCompiler(args);
  } catch (error) {
    if (prefix === undefined || !existsSync(precompiledOf(prefix))) throw error;
    rmSync(precompiledOf(prefix), { force: true });
    await runCompiler(args);
  }
}

/**
 * The file beside a header in which compilers look for its precompiled form.
 *
 * @param {string} header
 */
function precompiledOf(header) {
  return `${header}.gch`;
}

/**
 * @param {readonly Build[]} builds
 * @returns {Unit[]} every kernel for every instruction set
 */
function kernelUnits(builds) {
  const files = cFilesOf(KERNEL_SOURCES);
  return builds.flatMap(({ set, flags, prefix }) =>
    files.map((file) => ({
      name: `${file.slice(0, -2)}-${set}`,
      source: join(KERNEL_SOURCES, file),
      flags,
      prefix,
    })),
  );
}

/** @returns {Unit[]} */
function addonUnits() {
  return cFilesOf(ADDON_SOURCES).map((file) => ({
    name: file.slice(0, -2),
    source: join(ADDON_SOURCES, file),
    flags: [`-I${KERNEL_SOURCES}`, `-I${GENERATED_HEADERS}`, `-I${nodeHeaders}`],
  }));
}

/** @param {string} folder */
function cFilesOf(folder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.c'))
    .toSorted();
}

/** @param {string[]} args */
async function runCompiler(args) {
  try {
    await runFile(compilerName(), args);
  } catch (error) {
    const { stderr } = /** @type {{ stderr?: string }} */ (error);
    throw new Error(`${compilerName()} refused the kernels:\n${stderr}`, { cause: error });
  }
}

/**
 * @template Item
 * @param {readonly Item[]} items
 * @param {(item: Item) => Promise<void>} task - run for as many items at once as there are processors
 */
async function forEachAtOnce(items, task) {
  const waiting = [...items];
  const work = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await task(item);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
}
