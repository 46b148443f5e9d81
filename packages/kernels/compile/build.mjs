/**
 * `npm run build -w packages/kernels`: writes the C headers that follow from the tables of packages/core, compiles the C
 * kernels to one WebAssembly module and embeds it in packages/core/src/backends/wasm/kernels.generated.ts as text, so that no
 * bundler needs configuration and no file is loaded at run time. Compiles nothing while flags, sources and this script are
 * unchanged.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openPacker } from './embedding.mjs';
import { writeHeaders } from './headers.mjs';
import { countInstructions } from './inspect.mjs';
import { compileKernels, describeInputs, readSources } from './toolchain.mjs';

const GENERATED = fileURLToPath(
  new URL('../../core/src/backends/wasm/kernels.generated.ts', import.meta.url),
);

/** The module must stay small, because it is a large part of what a page downloads. */
const MAXIMUM_BYTES = 44 * 1024;

await main();

async function main() {
  await writeHeaders();
  const sources = readSources();
  const hash = createHash('sha256')
    .update(describeInputs(sources))
    .update(readFileSync(fileURLToPath(import.meta.url)))
    .update(readFileSync(new URL('embedding.mjs', import.meta.url)))
    .digest('hex');
  if (existsSync(GENERATED) && readFileSync(GENERATED, 'utf8').includes(hash)) {
    console.log('kernels: unchanged');
    return;
  }
  const start = performance.now();
  const module = await compileKernels(sources);
  checkModule(module.bytes);
  const pack = await openPacker();
  const packed = pack(module.bytes);
  writeFileSync(GENERATED, embed(module, packed, hash));
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(
    `kernels: ${packed.bytes} bytes, packed to ${packed.code.length} characters, in ${seconds} s`,
  );
}

/** @param {Uint8Array} module */
function checkModule(module) {
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
 * @param {Awaited<ReturnType<typeof compileKernels>>} module
 * @param {import('./embedding.mjs').PackedModule} packed
 * @param {string} hash - of what it was built from
 */
function embed(module, packed, hash) {
  return `/**
 * The WebAssembly module of packages/kernels; written by its build, not by hand.
 * Inputs: ${hash}
 */
import type { KernelImage } from './instance.ts';

export const KERNELS: KernelImage = {
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
export const KERNEL_BYTES = '${Buffer.from(module.bytes).toString('base64')}';
`;
}
