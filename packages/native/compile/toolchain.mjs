/**
 * Compiles the kernels and the addon to one shared library with the system's C compiler only, without node-gyp and without
 * a download; Node's headers come from an npm package. The build and the tests that vary its macros share this file.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
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
  const units = [...kernelUnits(arch, defines), ...addonUnits()].map((unit) => ({
    ...unit,
    object: join(objects, `${unit.name}.o`),
  }));
  await forEachAtOnce(units, ({ source, object, flags }) =>
    runCompiler([...FLAGS, ...flags, '-c', source, '-o', object]),
  );
  const shared =
    process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared'];
  await runCompiler([...shared, '-pthread', ...units.map(({ object }) => object), '-o', output]);
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

/** @typedef {{ name: string, source: string, flags: string[] }} Unit */

/**
 * @param {string} arch
 * @param {Record<string, number>} defines
 * @returns {Unit[]} every kernel for every instruction set
 */
function kernelUnits(arch, defines) {
  const sets = Object.entries(INSTRUCTION_SETS[/** @type {'x64'} */ (arch)] ?? PLAIN);
  const files = cFilesOf(KERNEL_SOURCES);
  return sets.flatMap(([set, build]) =>
    files.map((file) => ({
      name: `${file.slice(0, -2)}-${set}`,
      source: join(KERNEL_SOURCES, file),
      flags: [
        ...build.flags,
        `-I${GENERATED_HEADERS}`,
        `-DINSTRUCTION_SET=${set}`,
        '-include',
        join(GENERATED_HEADERS, 'names.h'),
        ...Object.entries({ ...build.defines, ...defines }).map(
          ([name, value]) => `-D${name}=${value}`,
        ),
      ],
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
