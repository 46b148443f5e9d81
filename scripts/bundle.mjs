/**
 * Bundles the core for Node: `packages/core/dist/node/` has a few files instead of one module for each source file. It is made
 * from the output of TypeScript. Without the bundle, importing `vinculum` took 100 ms of the 140 ms to a first prediction,
 * nearly all of it for finding and opening modules; with it, the import takes 20 ms. Bundlers for the browser still read
 * the modules themselves, because they leave out the modules that a page does not import.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { ROOT } from './command.mjs';

const DIST = join(ROOT, 'packages/core/dist');

/** Writes the bundle. All entries share one chunk, so that a class of one entry is the same class in the others. */
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
