/**
 * `npm run types`: all type checks. The build itself (core without Node's types and without the DOM's), the
 * platform-free folders with nothing but the language, the tests, and these scripts.
 */
import { runTool } from './command.mjs';

runTool('tsc', ['-b']);
runTool('tsc', ['-p', 'packages/core/tsconfig.pure.json'], {
  remedy: 'A platform-free folder of the core uses a platform, or imports a file that does.',
});
runTool('tsc', ['-p', 'tsconfig.test.json']);
runTool('tsc', ['-p', 'scripts/tsconfig.json']);
