/**
 * `npm run build`: compiles the C kernels to one embedded WebAssembly module (a hash skips this step if nothing has
 * changed) and, if there is a C compiler, to the native addon; then the TypeScript of core, native, io, report, onnx and cli by
 * project references; then it bundles the core for Node.
 *
 * The two compilations of the kernels run side by side, because clang as WebAssembly uses one processor only. Both read the
 * headers that are written before them.
 */
import { writeHeaders } from '../packages/kernels/compile/headers.mjs';
import { bundleCore } from './bundle.mjs';
import { runSideBySide, runTool } from './command.mjs';
import { linkPackages } from './setup.mjs';

linkPackages();
await writeHeaders();
await runSideBySide([
  {
    script: 'packages/kernels/compile/build.mjs',
    remedy:
      'packages/kernels did not build: see above. It needs @yowasp/clang, which `npm ci` installs.',
  },
  {
    script: 'packages/native/compile/build.mjs',
    remedy: 'packages/native did not build; `npm run build -w packages/native` repeats it alone.',
  },
]);
runTool('tsc', ['-b'], { remedy: 'TypeScript found errors; nothing else was built.' });
await bundleCore();
