/**
 * `npm run cross`: the addon for another processor, and the same bits there. Cross-compiles the kernels for arm64 (NEON) with
 * Debian's compiler, checks that only the fused tiles contain fused multiply-adds, packs the addon in the form of its prebuilt
 * package, and runs the long run of the conformance tests with it, and with WebAssembly, in Node for arm64 under qemu-user.
 *
 * Needs Debian's gcc-aarch64-linux-gnu, libc6-dev-arm64-cross, libstdc++6-arm64-cross and qemu-user, and engines/.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkFused } from './inspect.mjs';
import { compileAddon, fusingSets } from './toolchain.mjs';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PREFIX = 'aarch64-linux-gnu';
const NODE = join(ROOT, 'engines/node_modules/node-arm64/bin/node');

process.env['CC'] = `${PREFIX}-gcc`;
const modules = mkdtempSync(join(tmpdir(), 'vinculum-cross-'));
try {
  const folder = join(modules, '@vinculum/native-linux-arm64');
  mkdirSync(folder, { recursive: true });
  const addon = join(folder, 'vinculum.node');
  await compileAddon(addon, { arch: 'arm64' });
  if (!(await checkFused(join(folder, 'objects'), fusingSets('arm64'), `${PREFIX}-objdump`))) {
    throw new Error(`cross: ${PREFIX}-objdump must be installed.`);
  }
  console.log('arm64: only the fused tiles hold fused multiply-adds');
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({
      name: '@vinculum/native-linux-arm64',
      version: '0.1.0',
      main: 'vinculum.node',
    }),
  );
  execFileSync(
    'qemu-aarch64',
    ['-L', `/usr/${PREFIX}`, NODE, join(ROOT, 'packages/conformance/src/print-bits.ts'), 'neon'],
    { stdio: 'inherit', cwd: ROOT, env: { ...process.env, NODE_PATH: modules } },
  );
} finally {
  rmSync(modules, { recursive: true, force: true });
}
