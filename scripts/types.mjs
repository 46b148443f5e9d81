/**
 * `npm run types` runs all type checks: the build itself (the core without the types of Node and of the DOM), the
 * platform-free folders with only the types of the language, the tests, and these scripts.
 */
import { runTool } from './command.mjs';

runTool('tsc', ['-b']);
runTool('tsc', ['-p', 'packages/core/tsconfig.pure.json'], {
  remedy: 'A platform-free folder of the core uses a platform, or imports a file that does.',
});
runTool('tsc', ['-p', 'tsconfig.test.json']);
runTool('tsc', ['-p', 'scripts/tsconfig.json']);
