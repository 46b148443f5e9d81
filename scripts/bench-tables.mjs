/**
 * `npm run bench:tables -- FOLDER`: vinculum and its peers on a folder of tables (see bench/tables/main.mjs for the options). The
 * peers are Python libraries in a virtual environment of their own. It is made only if `VINCULUM_BENCH_PYTHON` names an
 * interpreter (3.10 to 3.13), because it takes several gigabytes; without it, vinculum is measured alone.
 */
import { run } from './command.mjs';
import { installPython } from './python.mjs';
import { prepare } from './setup.mjs';

prepare();
installPython('bench/.venv-tables', 'bench/python/tables-requirements.txt');
run(process.execPath, ['bench/tables/main.mjs', ...process.argv.slice(2)]);
