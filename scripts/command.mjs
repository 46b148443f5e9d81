/**
 * Runs a program for the scripts beside this file. Its output is not changed, and a failure ends the script with the
 * program's exit code and one line that says what to do. This file needs only Node, because `npm start` and `npm test`
 * use it before anything is installed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

/** The root of the repository, without a slash at the end. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

/** The programs of node_modules that the scripts run, each with its file. Node runs the file, because npx is slower and needs a shell. */
const TOOLS = {
  attw: 'node_modules/@arethetypeswrong/cli/dist/index.js',
  knip: 'node_modules/knip/bin/knip.js',
  oxlint: 'node_modules/oxlint/bin/oxlint',
  prettier: 'node_modules/prettier/bin/prettier.cjs',
  publint: 'node_modules/publint/src/cli.js',
  tsc: 'node_modules/typescript/bin/tsc',
  vitest: 'node_modules/vitest/vitest.mjs',
};

/**
 * @typedef {object} RunOptions
 * @property {string} [remedy] - the line to print if the program fails: what to do about it
 * @property {boolean} [quietOutput] - sends the program's stdout to stderr, so that stdout stays for the data
 * @property {Record<string, string>} [env] - variables to add to the environment
 */

/**
 * Runs a program to its end.
 *
 * @param {string} program - an executable
 * @param {readonly string[]} args - its arguments, passed as they are
 * @param {RunOptions} [options] - see {@link RunOptions}
 * @returns {number} the exit code; 128 + the signal's number if a signal ended the program
 */
export function execute(program, args, options = {}) {
  const result = spawnSync(program, args, {
    cwd: ROOT,
    stdio: ['inherit', options.quietOutput === true ? 2 : 'inherit', 'inherit'],
    env: { ...process.env, ...options.env },
  });
  if (result.error !== undefined) {
    console.error(`${program} could not be started: ${result.error.message}`);
    return 127;
  }
  if (result.signal !== null) return 128 + constants.signals[result.signal];
  return result.status ?? 1;
}

/**
 * Runs a program and ends this script with its exit code if it fails.
 *
 * @param {string} program - an executable
 * @param {readonly string[]} args - its arguments
 * @param {RunOptions} [options] - see {@link RunOptions}
 */
export function run(program, args, options = {}) {
  const code = execute(program, args, options);
  if (code === 0) return;
  if (options.remedy !== undefined) console.error(options.remedy);
  process.exit(code);
}

/**
 * Runs scripts of this repository side by side. If some fail, this script ends with the exit code of the first in the list that
 * did, after all have ended.
 *
 * @param {readonly { script: string, remedy: string }[]} jobs - paths from {@link ROOT}, and what to do about a failure
 */
export async function runSideBySide(jobs) {
  const codes = await Promise.all(jobs.map(({ script }) => executeScript(script)));
  jobs.forEach(({ remedy }, i) => {
    if (codes[i] !== 0) console.error(remedy);
  });
  const failed = codes.find((code) => code !== 0);
  if (failed !== undefined) process.exit(failed);
}

/**
 * @param {string} script
 * @returns {Promise<number>} its exit code
 */
async function executeScript(script) {
  return await new Promise((resolve, reject) => {
    spawn(process.execPath, [script], { cwd: ROOT, stdio: 'inherit' })
      .once('error', reject)
      .once('exit', (code, signal) =>
        resolve(code ?? 128 + constants.signals[signal ?? 'SIGTERM']),
      );
  });
}

/**
 * Runs a program of node_modules, like {@link run}.
 *
 * @param {keyof typeof TOOLS} tool - its name
 * @param {readonly string[]} args - its arguments
 * @param {RunOptions} [options] - see {@link RunOptions}
 */
export function runTool(tool, args, options = {}) {
  run(process.execPath, [TOOLS[tool], ...args], options);
}

/**
 * Runs npm. If npm started this script, the same npm is used.
 *
 * @param {readonly string[]} args - its arguments
 * @param {RunOptions} [options] - see {@link RunOptions}
 */
export function runNpm(args, options = {}) {
  const script = process.env['npm_execpath'];
  if (script !== undefined && /\.c?js$/.test(script)) {
    run(process.execPath, [script, ...args], options);
  } else {
    run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, options);
  }
}
