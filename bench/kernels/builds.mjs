/**
 * Builds the kernels together with the rungs of the ladders: a WebAssembly module, and an addon for the instruction set that
 * the native backend chooses on this machine, each with the flags of the build that ships. Both have the same interface for
 * the ladders: one memory, and rungs that are called with addresses in it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { include_dir as nodeHeaders } from 'node-api-headers';
import { compileKernels, readSources } from '../../packages/kernels/compile/toolchain.mjs';
import { INSTRUCTION_SETS, PLAIN } from '../../packages/native/compile/instruction-sets.mjs';
import {
  ADDON_SOURCES,
  compilerName,
  describeFlags,
  findCompiler,
  GENERATED_HEADERS,
  KERNEL_SOURCES,
} from '../../packages/native/compile/toolchain.mjs';
import { openNative as chooseSet } from '../../packages/native/dist/index.js';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const MEMORY_BYTES = 2 ** 26;

/**
 * @typedef {object} Build
 * @property {string} title - for people
 * @property {ArrayBuffer} buffer - the memory
 * @property {number} lanes - floats of a vector
 * @property {number} free - the first address that the ladders may use
 * @property {number} scratchBytes - the scratch that a rung needs
 * @property {boolean} fused - whether it has the kernels and rungs of fused numerics
 * @property {(name: string) => Rung} rung - the rung of that name
 *
 * @typedef {(turns: number, op: number, scalars: number, arena: number, scratch: number) => void} Rung - runs `turns` times
 */

/**
 * @param {boolean} fused - whether the module has the kernels and rungs of fused numerics
 * @returns {Promise<Build>}
 */
export async function openWasm(fused) {
  // Node must use the optimising compiler from the beginning. By default it would do so only after many calls of a rung.
  setFlagsFromString('--no-liftoff');
  const sources = { ...readSources(), ...readRungs() };
  const { bytes, staticBytes, scratchBytes } = await compileKernels(sources, {}, fused);
  const pages = MEMORY_BYTES / 65_536;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { exports } = (await WebAssembly.instantiate(bytes, { env: { memory } })).instance;
  return {
    title: `WebAssembly ${fused ? 'relaxed SIMD' : 'SIMD128'}, Node ${process.version}`,
    buffer: memory.buffer,
    lanes: 4,
    free: staticBytes,
    scratchBytes,
    fused,
    rung: (name) => wasmRung(exports, name),
  };
}

function wasmRung(exports, name) {
  const once = exports[name];
  if (once === undefined) throw new Error(`internal: there is no rung ${name}.`);
  return (turns, op, scalars, arena, scratch) => {
    for (let turn = 0; turn < turns; turn++) once(op, scalars, arena, scratch);
  };
}

/** The C files and headers of the rungs, without ladder-addon.c, which only the addon needs. */
function readRungs() {
  const names = readdirSync(FOLDER).filter((name) => /^(?:rungs|fused|expand).*\.[ch]$/.test(name));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')]));
}

/**
 * @returns {Promise<Build | undefined>} undefined if there is no C compiler
 */
export async function openNative() {
  if ((await findCompiler()) === undefined) return undefined;
  const { instructionSet: set } = chooseSet();
  const { flags, defines } = (INSTRUCTION_SETS[process.arch] ?? PLAIN)[set];
  const folder = mkdtempSync(join(tmpdir(), 'vinculum-ladder-'));
  const addon = join(folder, 'ladder.node');
  try {
    execFileSync(compilerName(), [
      // The description of the shipped addon's build begins with its compiler flags.
      ...JSON.parse(describeFlags())[0],
      ...flags,
      ...Object.entries(defines).map(([name, value]) => `-D${name}=${value}`),
      `-I${KERNEL_SOURCES}`,
      `-I${GENERATED_HEADERS}`,
      `-I${nodeHeaders}`,
      ...sourcesOf(KERNEL_SOURCES),
      ...sourcesOf(FOLDER),
      join(ADDON_SOURCES, 'waiting.c'),
      ...(process.platform === 'darwin'
        ? ['-bundle', '-undefined', 'dynamic_lookup']
        : ['-shared']),
      '-o',
      addon,
    ]);
    const binding = createRequire(import.meta.url)(addon);
    return {
      title: set,
      buffer: binding.allocate(MEMORY_BYTES),
      lanes: defines.F32V_LANES,
      free: 0,
      scratchBytes: binding.scratchBytes,
      fused: 'HAS_FUSED' in defines,
      rung: (name) => nativeRung(binding, addon, name),
    };
  } finally {
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  }
}

/** The C files of a folder. */
function sourcesOf(folder) {
  const names = readdirSync(folder).filter((name) => name.endsWith('.c'));
  return names.map((name) => join(folder, name));
}

function nativeRung(binding, addon, name) {
  const rung = binding.find(addon, name);
  if (rung === undefined) throw new Error(`internal: there is no rung ${name}.`);
  return (turns, op, scalars, arena, scratch) => {
    binding.call(rung, turns, op, scalars, arena, scratch);
  };
}
