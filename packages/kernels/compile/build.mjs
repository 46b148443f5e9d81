/**
 * `npm run build -w packages/kernels`: writes the C headers that follow from the tables of packages/core, compiles the C
 * kernels to two WebAssembly modules, of portable and of fused numerics, and embeds each in a file of
 * packages/core/src/backends/wasm as text, so that no bundler needs configuration and no file is loaded at run time. Compiles nothing while flags, sources and this script are
 * unchanged.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openPacker } from './embedding.mjs';
import { writeHeaders } from './headers.mjs';
import { countInstructions } from './inspect.mjs';
import { compileKernels, describeInputs, readSources } from './toolchain.mjs';

const FOLDER = fileURLToPath(new URL('../../core/src/backends/wasm/', import.meta.url));

/** The portable module must stay small, because it is a large part of what a page downloads; the fused one is loaded on demand. */
const MAXIMUM_BYTES = 53 * 1024;

/** The two modules: their files, the names that these export, and whether they have the tiles of fused numerics. */
const MODULES = [
  { file: 'kernels.generated.ts', name: 'KERNELS', fused: false },
  { file: 'fused-kernels.generated.ts', name: 'FUSED_KERNELS', fused: true },
];

await main();

async function main() {
  await writeHeaders();
  const sources = readSources();
  const hash = createHash('sha256')
    .update(describeInputs(sources))
    .update(readFileSync(fileURLToPath(import.meta.url)))
    .update(readFileSync(new URL('embedding.mjs', import.meta.url)))
    .digest('hex');
  const stale = MODULES.filter(({ file }) => {
    const path = FOLDER + file;
    return !existsSync(path) || !readFileSync(path, 'utf8').includes(hash);
  });
  if (stale.length === 0) {
    console.log('kernels: unchanged');
    return;
  }
  const pack = await openPacker();
  for (const { file, name, fused } of stale) {
    const start = performance.now();
    const module = await compileKernels(sources, {}, fused);
    if (fused) checkFused(module.bytes);
    else checkPortable(module.bytes);
    const packed = pack(module.bytes);
    writeFileSync(FOLDER + file, embed(name, module, packed, hash));
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(
      `kernels: ${fused ? 'fused' : 'portable'}, ${packed.bytes} bytes, packed to ${packed.code.length} characters, in ${seconds} s`,
    );
  }
}

/**
 * Relaxed SIMD only as the multiply-add of the tiles; a function that has it has no other multiplication.
 *
 * @param {Uint8Array} module
 */
function checkFused(module) {
  const { relaxed, fused, mixed } = countInstructions(module);
  if (fused > 0 && relaxed === fused && mixed === 0) return;
  throw new Error(
    `kernels: the fused module must hold relaxed SIMD as f32x4.relaxed_madd of the tiles only; got ${fused} of ${relaxed}, and ${mixed} functions that multiply too.`,
  );
}

/** @param {Uint8Array} module */
function checkPortable(module) {
  if (module.length > MAXIMUM_BYTES) {
    throw new Error(
      `kernels: the module must be at most ${MAXIMUM_BYTES} bytes; got ${module.length}.`,
    );
  }
  const { multiplications, relaxed } = countInstructions(module);
  if (multiplications === 0) throw new Error('kernels: the module has no SIMD code.');
  if (relaxed > 0) {
    throw new Error(
      `kernels: the module must hold no relaxed SIMD, which rounds as the machine likes; got ${relaxed}.`,
    );
  }
}

/**
 * @param {string} name - of the exported image
 * @param {Awaited<ReturnType<typeof compileKernels>>} module
 * @param {import('./embedding.mjs').PackedModule} packed
 * @param {string} hash - of what it was built from
 */
function embed(name, module, packed, hash) {
  return `/**
 * The WebAssembly module of packages/kernels; written by its build, not by hand.
 * Inputs: ${hash}
 */
import type { KernelImage } from './instance.ts';

export const ${name}: KernelImage = {
  staticBytes: ${module.staticBytes},
  scratchBytes: ${module.scratchBytes},
  teamBytes: ${module.teamBytes},
  mostThreads: ${module.mostThreads},
  sharedFlag: ${module.sharedFlag},
  packed: {
    bytes: ${packed.bytes},
    unpacker: '${packed.unpacker}',
    code: '${packed.code}',
  },
};

/** The same module without packing, in base 64, for Node, where 20 ms at the start matter and kilobytes do not. */
export const ${name}_BYTES = '${Buffer.from(module.bytes).toString('base64')}';
`;
}
