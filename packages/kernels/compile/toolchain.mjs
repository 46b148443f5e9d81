/**
 * The C kernels to WebAssembly bytes, with clang as an npm package (LLVM compiled to WebAssembly), so that no
 * system compiler is needed. The build and the tests that vary K_BLOCK share it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runClang } from './clang.mjs';
import { GENERATED_DIRECTORY, prototypesIn, SOURCE_DIRECTORY } from './headers.mjs';

const UNPACKER = fileURLToPath(new URL('../embedding/unpack.c', import.meta.url));

/**
 * -ffp-contract=off keeps a multiply and an add two roundings; SIMD128 without relaxed SIMD has no fused form
 * either. Loops are vectorised and unrolled by hand where it pays; the compiler's own attempts add 3 KB and gain
 * nothing.
 */
const COMPILER_FLAGS = [
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
  '-Wall',
  '-Wextra',
  '-Werror',
];

/**
 * The stack comes first in memory, so that an overflow traps. A null pointer is the address 0, where the stack ends: nothing
 * is ever placed there.
 */
const LINKER_FLAGS = [
  '--target=wasm32',
  '-nostdlib',
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
 * Further flags of the module of fused numerics, for the only files that know of fused tiles: product.c, and those whose names begin
 * with `fused-`. Relaxed SIMD is allowed in the latter only, because clang uses its other instructions too wherever it may, and their results
 * differ between machines. The benchmark adds such files of its own.
 *
 * @type {readonly { files: RegExp, flags: readonly string[] }[]}
 */
const FUSED_FLAGS = [
  { files: /^product\.c$/, flags: ['-DHAS_FUSED=1'] },
  { files: /^fused-.*\.c$/, flags: ['-DHAS_FUSED=1', '-mrelaxed-simd'] },
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
  return JSON.stringify([
    COMPILER_FLAGS,
    LINKER_FLAGS,
    FUSED_FLAGS.map(({ files, flags }) => [files.source, flags]),
    sources,
    UNPACKER_FLAGS,
    readFileSync(UNPACKER, 'utf8'),
  ]);
}

/**
 * Compiles and links.
 *
 * @param {Record<string, string>} sources - as from {@link readSources}
 * @param {Record<string, number>} [defines] - macros that a test build varies, such as `{ K_BLOCK: 3 }`
 * @param {boolean} [fused] - whether the module has the tiles of fused numerics too
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
export async function compileKernels(sources, defines = {}, fused = false) {
  const objects = await compileObjects(sources, defines);
  if (fused) {
    for (const { files, flags } of FUSED_FLAGS) {
      const names = Object.keys(sources).filter((name) => files.test(name));
      Object.assign(objects, await compileFiles(names, sources, defines, flags));
    }
  }
  const options = [...LINKER_FLAGS, ...Object.keys(objects), '-o', 'linked.wasm'];
  const bytes = bytesOf(await runClang(options, objects), 'linked.wasm');
  // Node 20 knows relaxed SIMD only behind this flag; the module is instantiated here to read its constants.
  if (fused && !WebAssembly.validate(bytes)) setFlagsFromString('--experimental-wasm-relaxed-simd');
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
 * The objects of earlier calls, because the two modules share nearly all of them, and compiling takes by far the most time.
 *
 * @type {Map<string, Promise<Record<string, Uint8Array>>>}
 */
const compiled = new Map();

/**
 * The object of every C file, by its name, for the portable module.
 *
 * @param {Record<string, string>} sources
 * @param {Record<string, number>} defines
 * @returns {Promise<Record<string, Uint8Array>>} a new record
 */
async function compileObjects(sources, defines) {
  const key = JSON.stringify([sources, defines]);
  const files = Object.keys(sources).filter((name) => name.endsWith('.c'));
  const objects = compiled.get(key) ?? compileFiles(files, sources, defines);
  compiled.set(key, objects);
  return { ...(await objects) };
}

/**
 * @param {readonly string[]} files - C files among the sources
 * @param {Record<string, string>} sources
 * @param {Record<string, number>} defines
 * @param {readonly string[]} [flags] - further ones
 * @returns {Promise<Record<string, Uint8Array>>}
 */
async function compileFiles(files, sources, defines, flags = []) {
  const macros = Object.entries(defines).map(([name, value]) => `-D${name}=${value}`);
  const written = await runClang([...COMPILER_FLAGS, ...flags, ...macros, '-c', ...files], sources);
  return Object.fromEntries(
    files.map((file) => {
      const name = file.replace(/c$/, 'o');
      return [name, bytesOf(written, name)];
    }),
  );
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
 * The module of unpack.c.
 *
 * @param {'packer' | 'unpacker'} use - the packer is told the bits that the unpacker reads from the code
 */
export async function compileUnpacker(use) {
  const macros = use === 'packer' ? ['-DPACKER'] : [];
  const flags = [...UNPACKER_FLAGS, ...macros, '-o', 'unpack.wasm'];
  const sources = { 'unpack.c': readFileSync(UNPACKER, 'utf8') };
  return bytesOf(await runClang([...flags, 'unpack.c'], sources), 'unpack.wasm');
}

/**
 * @param {Record<string, Uint8Array>} written - as from runClang
 * @param {string} name - of a file that clang has written
 * @returns {Uint8Array<ArrayBuffer>} its bytes
 */
function bytesOf(written, name) {
  const bytes = written[name];
  if (bytes === undefined) throw new Error(`internal: clang wrote no ${name}.`);
  return new Uint8Array(bytes);
}
