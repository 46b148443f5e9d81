/**
 * `npm run system` runs the tests that need more than Node: Debian's packages chromium and dataset-fashion-mnist. If one of
 * them is missing, the script fails and prints the command that installs it. No test is skipped.
 */
import { existsSync } from 'node:fs';
import { prepare } from './setup.mjs';
import { runTests } from './tests.mjs';

/** Each package of Debian with a file that shows that it is installed. VINCULUM_CHROMIUM may name another chromium. */
const NEEDED = {
  chromium: process.env['VINCULUM_CHROMIUM'] ?? '/usr/bin/chromium',
  'dataset-fashion-mnist': '/usr/share/datasets/fashion-mnist',
};

prepare();
const missing = Object.entries(NEEDED).filter(([, path]) => !existsSync(path));
for (const [name, path] of missing) {
  console.error(`${path} is missing. hint: apt-get install ${name}`);
}
if (missing.length > 0) process.exit(1);
runTests('system', ['system'], process.argv.slice(2));
