/**
 * `npm run build`: compiles the C kernels to one embedded WebAssembly module (a hash skips this step if nothing has
 * changed) and, if there is a C compiler, to the native addon; then the TypeScript of core, native, io, report and cli by
 * project references; then it bundles the core for Node.
 */
import { bundleCore } from './bundle.mjs';
import { runNpm, runTool } from './command.mjs';
import { linkPackages } from './setup.mjs';

linkPackages();

runNpm(['run', '--silent', 'build', '-w', 'packages/kernels'], {
  remedy: 'packages/kernels did not build; it needs @yowasp/clang, which `npm ci` installs.',
});
runNpm(['run', '--silent', 'build', '-w', 'packages/native'], {
  remedy: 'packages/native did not build; `npm run build -w packages/native` repeats it alone.',
});
runTool('tsc', ['-b'], { remedy: 'TypeScript found errors; nothing else was built.' });
await bundleCore();
