/**
 * `npm run conversions` compares exported models with onnxruntime, which `npm ci` of conversions/ installs (290 MB). That folder
 * is no workspace, so only the first run of this script installs it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run, runNpm } from './command.mjs';
import { prepare } from './setup.mjs';

prepare();
if (!existsSync(join(ROOT, 'conversions/node_modules/.package-lock.json'))) {
  runNpm(['ci', '--prefix', 'conversions', '--ignore-scripts'], {
    quietOutput: true,
    remedy: 'onnxruntime could not be installed.',
  });
}
run(process.execPath, ['conversions/compare.mjs', ...process.argv.slice(2)]);
