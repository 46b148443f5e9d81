/**
 * The C kernels to WebAssembly bytes, with clang as an npm package (LLVM compiled to WebAssembly), so that no
 * system compiler is needed. The build and the tests that vary K_BLOCK share it.
 */
import { fork } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { GENERATED_DIRECTORY, prototypesIn, SOURCE_DIRECTORY } from './headers.mjs';

const CLANG_PROCESS = fileURLToPath(new URL('clang-process.mjs', import.meta.url));

const UNPACKER = fileURLToPath(new URL('../embedding/unpack.c', import.meta.url));

/**
 * -ffp-contract=off keeps a multiply and an add two roundings; SIMD128 without relaxed SIMD has no fused form
 * either. Loops are vectorised and unrolled by hand where it pays; the compiler's own attempts add 3 KB and gain
 * nothing. The stack comes first in memory, so that an overflow traps. A null pointer is the address 0, where
 * the stack ends: nothing is ever placed there.
 */
const FLAGS = [
  '--target=wasm32',
  '-std=c11',
  '-O2',
  '-fno-vectorize',
  '-fno-slp-vectorize',
  '-fno-unroll-loops',
  '-msimd128',
  '-matomics',
  '-mbulk-memory',
  '-mmutable-globals',
  '-ffp-contract=off',
  '-fno-math-errno',
  '-nostdlib',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-Wl,--no-entry',
  '-Wl,--import-memory',
  '-Wl,--max-memory=4294967296',
  ...prototypesIn(readFileSync(`${SOURCE_DIRECTORY}entries.h`, 'utf8')).map(
    (name) => `-Wl,--export=${name}`,
  ),
  '-Wl,--export=__heap_base',
  '-Wl,--export=__stack_pointer',
  '-Wl,--stack-first',
  '-Wl,-z,stack-size=16384',
  '-Wl,--strip-all',
  '-Wl,--compress-relocations',
];

/**
 * For the unpacker: as small as the language allows, on a stack of its own. Its model must give one bit pattern as the
 * packer and as the unpacker.
 */
const UNPACKER_FLAGS = [
  '--target=wasm32',
  '-std=c11',
  '-Oz',
  '-mnontrapping-fptoint',
  '-ffp-contract=off',
  '-nostdlib',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-Wl,--no-entry',
  '-Wl,--allow-undefined',
  '-Wl,--stack-first',
  '-Wl,-z,stack-size=1024',
  '-Wl,--strip-all',
  '-Wl,--compress-relocations',
];

/**
 * The texts of the C files and headers, the generated ones too, by name and in a fixed order. The build must have written
 * the generated headers.
 *
 * @returns {Record<string, string>}
 */
export function readSources() {
  return Object.fromEntries(
    [SOURCE_DIRECTORY, GENERATED_DIRECTORY].flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => /\.[ch]$/.test(name))
        .toSorted()
        .map((name) => [name, readFileSync(folder + name, 'utf8')]),
    ),
  );
}

/**
 * What a build depends on, for the hash: flags and sources, those of the unpacker too.
 *
 * @param {Record<string, string>} sources - as from {@link readSources}
 */
export function describeInputs(sources) {
  return JSON.stringify([FLAGS, sources, UNPACKER_FLAGS, readFileSync(UNPACKER, 'utf8')]);
}

/**
 * Compiles and links.
 *
 * @param {Record<string, string>} sources - as from {@link readSources}
 * @param {Record<string, number>} [defines] - macros that a test build varies, such as `{ K_BLOCK: 3 }`
 * @returns {Promise<{
 *   bytes: Uint8Array<ArrayBuffer>,
 *   staticBytes: number,
 *   scratchBytes: number,
 *   teamBytes: number,
 *   mostThreads: number,
 *   sharedFlag: number,
 * }>} the module; the bytes of its stack and constants, of the scratch of each thread and of a team; the most threads of a
 *   team; and the place of the byte that says whether the module's memory is shared
 * @throws {Error} with clang's own words when it refuses a source
 */
export async function compileKernels(sources, defines = {}) {
  const files = Object.keys(sources).filter((name) => name.endsWith('.c'));
  const macros = Object.entries(defines).map(([name, value]) => `-D${name}=${value}`);
  const [bytes] = await runClang([[...FLAGS, ...macros, ...files]], sources);
  if (bytes === undefined) throw new Error('internal: clang wrote no module.');
  const memory = new WebAssembly.Memory({ initial: 2, maximum: 2 });
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  const {
    __heap_base: heapBase,
    scratchBytes,
    teamBytes,
    mostThreads,
  } = /** @type {{ __heap_base: WebAssembly.Global, scratchBytes: () => number, teamBytes: () => number, mostThreads: () => number }} */ (
    /** @type {unknown} */ (instance.exports)
  );
  return {
    bytes,
    staticBytes: heapBase.value,
    scratchBytes: scratchBytes(),
    teamBytes: teamBytes(),
    mostThreads: mostThreads(),
    sharedFlag: findSharedFlag(bytes),
  };
}

/**
 * The place of the flags in the import of `env.memory`: the name, 2 for a memory, then 1 for limits with a maximum, which
 * 3 makes those of a shared one.
 *
 * @param {Uint8Array} module
 */
function findSharedFlag(module) {
  const pattern = [6, ...new TextEncoder().encode('memory'), 2, 1];
  const start = module.findIndex((_, i) => pattern.every((byte, j) => module[i + j] === byte));
  if (start < 0) throw new Error('internal: the module does not import a memory with a maximum.');
  return start + pattern.length - 1;
}

/**
 * The two modules of unpack.c: the packer is told the bits that the unpacker reads from the code.
 *
 * @returns {Promise<{ packer: Uint8Array<ArrayBuffer>, unpacker: Uint8Array<ArrayBuffer> }>}
 */
export async function compileUnpackers() {
  const args = [...UNPACKER_FLAGS, 'unpack.c'];
  const [packer, unpacker] = await runClang([['-DPACKER', ...args], args], {
    'unpack.c': readFileSync(UNPACKER, 'utf8'),
  });
  if (packer === undefined || unpacker === undefined) {
    throw new Error('internal: clang wrote no module.');
  }
  return { packer, unpacker };
}

/**
 * What clang-process.mjs answers.
 *
 * @typedef {object} ClangAnswer
 * @property {Uint8Array[]} modules - what clang linked; fewer than asked for if it refused
 * @property {string} messages - clang's own words
 */

/**
 * @param {string[][]} runs - the arguments of each run of clang
 * @param {Record<string, string>} files - its virtual directory
 * @returns {Promise<Uint8Array<ArrayBuffer>[]>} what each run linked
 */
async function runClang(runs, files) {
  const { modules, messages } = await askClang(runs, files);
  if (modules.length < runs.length) throw new Error(`clang refused the kernels:\n${messages}`);
  return modules.map((module) => new Uint8Array(module));
}

/**
 * @param {string[][]} runs - the arguments of each run of clang
 * @param {Record<string, string>} files - its virtual directory
 * @returns {Promise<ClangAnswer>}
 */
async function askClang(runs, files) {
  return await new Promise((resolve, reject) => {
    const clang = fork(CLANG_PROCESS, { execArgv: [], serialization: 'advanced' });
    clang.once('error', reject);
    clang.once('message', (answer) => resolve(/** @type {ClangAnswer} */ (answer)));
    clang.once('exit', (code, signal) =>
      reject(new Error(`clang ended without an answer: ${signal ?? `exit code ${code}`}.`)),
    );
    clang.send({ runs, files });
  });
}
