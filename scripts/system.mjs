/**
 * `npm run system`: the tests that need programs beside Node: Debian's chromium and dataset-fashion-mnist. One that
 * is missing is a failure here, with the command that installs it; nothing is skipped.
 */
import { existsSync } from 'node:fs';
import { prepare } from './setup.mjs';
import { runTests } from './tests.mjs';

/** Debian's package by the file that shows it is installed; another place for chromium may be named. */
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
