/**
 * Test projects. `unit` and `conformance` run the sources (no build of the TypeScript needed, though the
 * generated WebAssembly module must exist) and make up `npm test`; `system` needs programs that Node does
 * not bring (a browser, the Fashion-MNIST files) and runs only from `scripts/system.mjs`.
 */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const atRoot = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const resolve = {
  alias: [
    { find: /^vinculum$/, replacement: atRoot('packages/core/src/index.node.ts') },
    { find: /^vinculum\/fused$/, replacement: atRoot('packages/core/src/fused.ts') },
    { find: /^vinculum\/internal$/, replacement: atRoot('packages/core/src/internal.ts') },
    { find: /^@vinculum\/io$/, replacement: atRoot('packages/io/src/index.ts') },
    { find: /^@vinculum\/report$/, replacement: atRoot('packages/report/src/index.ts') },
  ],
};

const shared = { environment: 'node', testTimeout: 60_000, hookTimeout: 60_000 } as const;

export default defineConfig({
  test: {
    // By itself vitest leaves one processor free, which is half of a machine with two.
    maxWorkers: Math.min(4, availableParallelism()),
    projects: [
      {
        resolve,
        test: {
          ...shared,
          name: 'unit',
          include: [
            'packages/{core,io,report,cli,kernels}/{src,test}/**/*.test.ts',
            'scripts/**/*.test.ts',
            'docs/**/*.test.ts',
          ],
        },
      },
      {
        resolve,
        test: {
          ...shared,
          name: 'conformance',
          include: ['packages/conformance/src/**/*.test.ts'],
        },
      },
      {
        resolve,
        test: {
          ...shared,
          name: 'system',
          include: ['packages/conformance/{browser,system}/**/*.test.ts'],
          testTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
