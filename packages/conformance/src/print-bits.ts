/**
 * Prints the hash of the long run on every float32 backend of the engine that runs this file, on one thread and on three,
 * and fails if a hash is not the expected one. Other engines run this file unchanged: `npm run engines`, `npm run cross`.
 *
 *     node packages/conformance/src/print-bits.ts [BACKEND …]
 */
import { everyBackend, HASHES } from './every-backend.ts';
import { hashOfLongRun } from './long-run.ts';

const wanted = process.argv.slice(2);
const backends = everyBackend();

if (!backends.some(({ name, numerics }) => name === 'wasm' && numerics === 'fused')) {
  process.stdout.write('wasm, fused: this processor has no fused multiply-add for it\n');
}
for (const { name, numerics, backend } of backends) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const threads of [1, 3]) {
    const hash = await hashOfLongRun(backend, { threads });
    const same = hash === HASHES[numerics];
    const verdict = same ? 'same bits' : 'OTHER BITS';
    process.stdout.write(
      `${name}, ${numerics}, ${threads} threads: ${hash.slice(0, 16)} ${verdict}\n`,
    );
    if (!same) process.exitCode = 1;
  }
}
