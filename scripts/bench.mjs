/**
 * `npm run bench`: vinculum and its peers on the same work, in one run. The peers are not dependencies of this
 * repository: bench/ has its own package.json and lock file, which are installed on the first run. Python peers go to a
 * separate virtual environment. It is made only if `VINCULUM_BENCH_PYTHON` names an interpreter (3.10 to 3.13), because it
 * takes several gigabytes. Further arguments go to the benchmark.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run, runNpm } from './command.mjs';
import { installPython } from './python.mjs';
import { prepare } from './setup.mjs';

prepare();
if (!existsSync(join(ROOT, 'bench/node_modules/.package-lock.json'))) {
  runNpm(['ci', '--prefix', 'bench', '--ignore-scripts'], {
    remedy: 'The peers in bench/ could not be installed.',
  });
}
installPython('bench/.venv', 'bench/python/requirements.txt');
run(process.execPath, ['bench/main.mjs', ...process.argv.slice(2)]);
