/**
 * `npm run build`: the C kernels to one embedded WebAssembly module (skipped by its own hash when nothing
 * changed), then the TypeScript of core, io and cli by project references.
 */
import { runNpm, runTool } from './command.mjs';

runNpm(['run', '--silent', 'build', '-w', 'packages/kernels'], {
  remedy: 'packages/kernels did not build; it needs @yowasp/clang, which `npm ci` installs.',
});
runTool('tsc', ['-b'], { remedy: 'TypeScript found errors; nothing else was built.' });
