/**
 * `npm run bench`: vinculum and its peers on the same work, in one run. The peers are no dependency of this
 * repository: bench/ has its own package.json and lock file, installed here on the first run. Further arguments go
 * to the benchmark.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run, runNpm } from './command.mjs';
import { prepare } from './setup.mjs';

prepare();
if (!existsSync(join(ROOT, 'bench/node_modules/.package-lock.json'))) {
  runNpm(['ci', '--prefix', 'bench'], { remedy: 'The peers in bench/ could not be installed.' });
}
run(process.execPath, ['bench/train-step.mjs', ...process.argv.slice(2)]);
