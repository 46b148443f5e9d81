/**
 * The test projects. `npm test` runs `unit` (the core), `packages` (the other packages, the documents and the scripts) and
 * `conformance`. They test the sources, but they need a build, because some tests start the command or a program as a process,
 * and a process runs the build. `system` needs more than Node (a browser,
 * the Fashion-MNIST files), so only `scripts/system.mjs` runs it.
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
    { find: /^@vinculum\/report\/page$/, replacement: atRoot('packages/report/src/page.ts') },
    { find: /^@vinculum\/onnx$/, replacement: atRoot('packages/onnx/src/index.ts') },
  ],
};

// The result of a test must not depend on the settings of the person who runs it. Every process that vitest or a test starts
// inherits them, so they end here.
const SETTINGS = [
  'FORCE_COLOR',
  'NO_COLOR',
  'VINCULUM_BACKEND',
  'VINCULUM_ISA',
  'VINCULUM_NUMERICS',
  'VINCULUM_THREADS',
];
for (const name of SETTINGS) Reflect.deleteProperty(process.env, name);

const shared = { environment: 'node', testTimeout: 60_000, hookTimeout: 60_000 } as const;

/**
 * Tests of the core that need a process of their own: how much memory a call takes depends on what the engine has compiled, and
 * for which types.
 */
const ALONE = ['packages/core/src/train/allocation.test.ts'];

export default defineConfig({
  test: {
    // By default vitest leaves one processor free, which would be half of a machine with two.
    maxWorkers: Math.min(4, availableParallelism()),
    projects: [
      {
        resolve,
        test: {
          ...shared,
          name: 'unit',
          include: ['packages/core/src/**/*.test.ts'],
          exclude: ALONE,
          setupFiles: [
            atRoot('scripts/shared-process.mjs'),
            atRoot('packages/core/test/restore-backends.ts'),
          ],
          // A process for each file took almost half of the time of these tests. A test that changes something for its whole
          // process (the environment, the working folder, a global) sets it back.
          isolate: false,
        },
      },
      {
        resolve,
        test: {
          ...shared,
          name: 'packages',
          include: [
            'packages/{io,report,onnx,cli,kernels}/{src,test}/**/*.test.ts',
            'scripts/**/*.test.ts',
            'docs/**/*.test.ts',
          ],
          setupFiles: [atRoot('scripts/shared-process.mjs')],
          isolate: false,
        },
      },
      {
        resolve,
        test: {
          ...shared,
          name: 'conformance',
          include: ['packages/conformance/src/**/*.test.ts', ...ALONE],
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
