/**
 * Prints the hash of the long run on every float32 backend of the engine that runs this file, on one thread and on three,
 * and fails if a hash is not the expected one. Other engines run this file unchanged: `npm run engines`, `npm run cross`.
 *
 *     node packages/conformance/src/print-bits.ts [BACKEND …]
 */
import { wasmBackend } from 'vinculum/internal';
import { HASH_OF_LONG_RUN, hashOfLongRun } from './long-run.ts';
import { nativeBuilds } from './native-builds.ts';

const wanted = process.argv.slice(2);
const backends = [
  { name: 'wasm', backend: wasmBackend },
  ...nativeBuilds().map(({ instructionSet, backend }) => ({ name: instructionSet, backend })),
];

for (const { name, backend } of backends) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const threads of [1, 3]) {
    const hash = await hashOfLongRun(backend, { threads });
    const verdict = hash === HASH_OF_LONG_RUN ? 'same bits' : 'OTHER BITS';
    process.stdout.write(`${name}, ${threads} threads: ${hash.slice(0, 16)} ${verdict}\n`);
    if (hash !== HASH_OF_LONG_RUN) process.exitCode = 1;
  }
}
