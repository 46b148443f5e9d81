/**
 * `npm test` installs and builds if needed, and then runs every test that needs only Node. Further arguments are passed to
 * vitest: `npm test -- packages/core/src/random`.
 */
import { prepare } from './setup.mjs';
import { runTests } from './tests.mjs';

prepare();
runTests('test', ['unit', 'packages', 'conformance'], process.argv.slice(2));
