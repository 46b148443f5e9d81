/**
 * The core for Node as few files instead of 160 modules: `packages/core/dist/node/`, made from what TypeScript wrote. Importing
 * `vinculum` took 100 ms of the 140 ms to a first prediction, nearly all of it to find and open modules; as one file it takes 20.
 * Bundlers for the browser still read the modules themselves, because they leave out what a page does not import.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { ROOT } from './command.mjs';

const DIST = join(ROOT, 'packages/core/dist');

/** Writes the bundle; all entries share their chunk, so that a class of one is the class of the other. */
export async function bundleCore() {
  const out = join(DIST, 'node');
  rmSync(out, { recursive: true, force: true });
  const bundle = await rolldown({
    input: {
      index: join(DIST, 'index.node.js'),
      internal: join(DIST, 'internal.js'),
      fused: join(DIST, 'fused.js'),
    },
    platform: 'node',
    external: [/^node:/, '@vinculum/native', 'vinculum/fused'],
    treeshake: false,
    onLog(level, log) {
      throw new Error(`bundle: ${level}: ${log.message}`);
    },
  });
  await bundle.write({ dir: out, format: 'esm', sourcemap: true, chunkFileNames: '[name].js' });
  await bundle.close();
}

if (import.meta.filename === process.argv[1]) await bundleCore();
