/**
 * `npm start`: readies the clone, then runs the main job: a classifier trained on the handwritten digits that
 * ship with the repository. The last line on stdout is its held-out accuracy. Further arguments go to `train`.
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
