/**
 * Virtual environments for the Python peers of the benchmarks.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run } from './command.mjs';

/**
 * Makes a virtual environment with the newest versions of some libraries, unless it is there or `VINCULUM_BENCH_PYTHON` names no interpreter.
 *
 * @param {string} folder - within the repository
 * @param {string} requirements - a file within the repository
 */
export function installPython(folder, requirements) {
  const python = process.env['VINCULUM_BENCH_PYTHON'];
  const venv = join(ROOT, folder);
  if (python === undefined || existsSync(venv)) return;
  run(python, ['-m', 'venv', venv]);
  run(join(venv, 'bin/pip'), ['install', '-q', '-r', join(ROOT, requirements)], {
    remedy: `The Python peers could not be installed; remove ${folder} to try again.`,
  });
}
