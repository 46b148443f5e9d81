/**
 * `npm run engines`: the same bits in other versions of Node than the one at hand. `npm run cross`: the same bits on
 * another processor. The engines are npm packages in engines/, of 190 MB each, no workspace, installed here on the first run;
 * they are for linux-x64, and one for linux-arm64 that qemu-user runs.
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

/** Installs what engines/package-lock.json asks for; `--force`, since one of them is for another processor. */
function installEngines() {
  if (existsSync(join(ROOT, 'engines/node_modules/.package-lock.json'))) return;
  runNpm(['ci', '--prefix', 'engines', '--ignore-scripts', '--force'], {
    quietOutput: true,
    remedy: 'The engines could not be installed.',
  });
}
