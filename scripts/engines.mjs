/**
 * `npm run engines` checks that other versions of Node compute the same bits. `npm run cross` checks that another processor
 * does. The engines are npm packages of 190 MB each, for linux-x64 and one for linux-arm64, which qemu-user runs. engines/
 * is not a workspace, so they are installed only by the first run of this script.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run, runNpm } from './command.mjs';
import { prepare } from './setup.mjs';

const VERSIONS = [22, 24, 26];

prepare();
installEngines();
if (process.argv[2] === 'arm64') {
  run(process.execPath, ['packages/native/compile/cross.mjs'], {
    remedy:
      'It needs Debian’s gcc-aarch64-linux-gnu, libc6-dev-arm64-cross, libstdc++6-arm64-cross and qemu-user.',
  });
} else {
  for (const version of VERSIONS) {
    const node = join(ROOT, `engines/node_modules/node-${version}/bin/node`);
    run(node, ['--version']);
    run(node, ['packages/conformance/src/print-bits.ts']);
  }
}

/** Installs the packages of engines/package-lock.json. npm needs `--force`, because one of them is for another processor. */
function installEngines() {
  if (existsSync(join(ROOT, 'engines/node_modules/.package-lock.json'))) return;
  runNpm(['ci', '--prefix', 'engines', '--ignore-scripts', '--force'], {
    quietOutput: true,
    remedy: 'The engines could not be installed.',
  });
}
