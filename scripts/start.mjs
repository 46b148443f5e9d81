/**
 * `npm start` installs and builds if needed, and then trains a classifier on the handwritten digits of this repository: an
 * ensemble, which takes a few seconds. The last line on stdout is its held-out accuracy. Further arguments are passed to `vinculum train`.
 */
import { run } from './command.mjs';
import { prepare } from './setup.mjs';

prepare();
run(process.execPath, [
  'packages/cli/bin/vinculum.js',
  'train',
  'examples/data/digits.csv',
  '-t',
  'digit',
  '-o',
  'runs/digits',
  ...process.argv.slice(2),
]);
