/**
 * `npm run bench`: readies the clone, installs the peers in bench/ (no workspace, so nobody else pays for
 * them) and compares training steps in one run. Exit code 1 where a promised ratio is missed.
 */
import { run, runNpm } from './command.mjs';
import { prepare } from './setup.mjs';

prepare();
runNpm(['ci', '--prefix', 'bench', '--ignore-scripts', '--no-audit', '--no-fund'], {
  quietOutput: true,
  remedy: 'The peers could not be installed: see above; it needs the npm registry.',
});
run(process.execPath, ['bench/train-step.mjs', ...process.argv.slice(2)]);
