/**
 * Runs projects of vitest. If `VINCULUM_TEST_RESULTS` names a folder, it writes a JSON report of each run there, so that
 * `scripts/ci-count.mjs` can count the tests.
 */
import { join } from 'node:path';
import { runTool } from './command.mjs';

/**
 * Runs the tests of some projects of vitest.config.ts. If a test fails, it ends the process with the exit code of vitest.
 *
 * @param {string} name - the name of the report
 * @param {readonly string[]} projects - unit, conformance, system
 * @param {readonly string[]} [args] - further arguments for vitest
 * @param {Record<string, string>} [env] - variables to add
 */
export function runTests(name, projects, args = [], env = {}) {
  const folder = process.env['VINCULUM_TEST_RESULTS'];
  const reports =
    folder === undefined
      ? []
      : ['--reporter=default', '--reporter=json', `--outputFile.json=${join(folder, name)}.json`];
  runTool(
    'vitest',
    ['run', ...projects.flatMap((one) => ['--project', one]), ...reports, ...args],
    {
      env,
      remedy: 'Tests failed: see above; `npm test -- PATH` runs those of one file or folder.',
    },
  );
}
