/**
 * `npm run build -w packages/native`: compiles the addon if there is a C compiler. If there is none, it says so in one line,
 * and vinculum computes with WebAssembly. It does nothing while sources, flags and compiler are unchanged.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkFused } from './inspect.mjs';
import {
  ADDON_SOURCES,
  compileAddon,
  compilerName,
  describeFlags,
  findCompiler,
  fusingSets,
  GENERATED_HEADERS,
  KERNEL_SOURCES,
} from './toolchain.mjs';

const OUTPUT = fileURLToPath(new URL('../build/vinculum.node', import.meta.url));
const STAMP = join(dirname(OUTPUT), 'inputs.txt');

await main();

async function main() {
  const compiler = await findCompiler();
  if (compiler === undefined) {
    rmSync(dirname(OUTPUT), { recursive: true, force: true });
    console.log(`native: no C compiler ('${compilerName()}' does not run); WebAssembly is used.`);
    return;
  }
  if (!existsSync(GENERATED_HEADERS)) {
    throw new Error(
      'native: the headers of the kernels are missing; `npm run build -w packages/kernels` writes them.',
    );
  }
  const inputs = fingerprint(compiler);
  if (existsSync(OUTPUT) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === inputs) {
    console.log('native: unchanged');
    return;
  }
  const start = performance.now();
  // A running process may have the old addon mapped: a new file takes its place.
  rmSync(dirname(OUTPUT), { recursive: true, force: true });
  mkdirSync(dirname(OUTPUT), { recursive: true });
  await compileAddon(OUTPUT);
  try {
    await checkFused(join(dirname(OUTPUT), 'objects'), fusingSets());
  } catch (error) {
    rmSync(OUTPUT);
    throw error;
  }
  writeFileSync(STAMP, inputs);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`native: ${readFileSync(OUTPUT).length} bytes in ${seconds} s`);
}

/** @param {string} compiler */
function fingerprint(compiler) {
  const hash = createHash('sha256').update(compiler).update(describeFlags());
  for (const folder of [
    KERNEL_SOURCES,
    GENERATED_HEADERS,
    ADDON_SOURCES,
    fileURLToPath(new URL('.', import.meta.url)),
  ]) {
    for (const name of readdirSync(folder).toSorted()) {
      if (/\.(c|h|mjs)$/.test(name)) hash.update(name).update(readFileSync(join(folder, name)));
    }
  }
  return hash.digest('hex');
}
