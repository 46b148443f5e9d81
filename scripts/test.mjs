/**
 * `npm test`: installs and builds if needed, then runs every test that needs no other program. Further arguments go to
 * vitest: `npm test -- packages/core/src/random`.
 */
import { prepare } from './setup.mjs';
import { runTests } from './tests.mjs';

prepare();
runTests('test', ['unit', 'conformance'], process.argv.slice(2));
